import { balance } from '../balance.ts';
import { showPresence } from '../leaving.ts';
import type { PlayerBody } from '../players.ts';
import { isFighting, type SimState } from '../state.ts';

/** A player's choice to fight players or not; giving it up takes a while without a hostile act. */
export function choosePvp(state: SimState, slot: number, wants: boolean): void {
  const body = state.players.get(slot);
  if (!body || body.wantsPvp === wants) return;
  if (!wants) keepFlag(state, body);
  body.wantsPvp = wants;
  showPresence(state, body);
}

function keepFlag(state: SimState, body: PlayerBody): void {
  body.pvpUntilTick = state.tick + balance.pvp.calmTicks;
}

/** A player strikes another: outside of a duel both stay flagged for a while. */
export function struckPlayer(state: SimState, striker: PlayerBody, struck: PlayerBody): void {
  if (state.duels.opponentOf(striker.slot) === struck.slot) return;
  for (const body of [striker, struck]) {
    keepFlag(state, body);
    showPresence(state, body);
  }
}

/** Who helps one that fights players takes part. */
export function helpedPlayer(state: SimState, helper: number, helped: number): void {
  const [by, at] = [state.players.get(helper), state.players.get(helped)];
  if (!by || !at || state.duels.opponentOf(helped) !== 0) return;
  if (state.tick >= at.pvpUntilTick || !isFighting(state, at)) return;
  keepFlag(state, by);
  showPresence(state, by);
}

/** Takes flags away whose time is over; once a second for each, spread over the ticks. */
export function fadeFlag(state: SimState, body: PlayerBody): void {
  if (body.pvpUntilTick === 0 || state.tick < body.pvpUntilTick) return;
  body.pvpUntilTick = 0;
  showPresence(state, body);
}
