import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import { requestLeave, showPresence } from './leaving.ts';
import type { PlayerBody } from './players.ts';
import type { SimState } from './state.ts';

/** A player has given a sign of life: it moved, acted or spoke. What a client sends by itself does not count. */
export function stir(state: SimState, body: PlayerBody): void {
  body.activeTick = state.tick;
  if (!body.isAfk) return;
  body.isAfk = false;
  showPresence(state, body);
}

/** Marks those whom nobody plays, and puts them out when it lasts; looks at each once a second, spread over the ticks. */
export function watchIdleness(state: SimState): void {
  const { afkTicks, putOutTicks } = balance.idleness;
  for (const body of state.players.values()) {
    if ((state.tick + body.slot) % TICK_HZ !== 0) continue;
    const idleTicks = state.tick - body.activeTick;
    if (!body.isAfk && idleTicks >= afkTicks) {
      body.isAfk = true;
      showPresence(state, body);
    }
    if (idleTicks < putOutTicks || body.leaveManner !== undefined) continue;
    const { slot, characterId } = body;
    state.outcome.idle.push({ slot, characterId, idleTicks });
    requestLeave(state, slot, 'logout');
  }
}
