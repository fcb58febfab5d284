import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { SimState } from '../state.ts';
import { endAura } from './aura-end.ts';
import type { Aura } from './auras.ts';
import { harm } from './harm.ts';
import { heal } from './healing.ts';
import { mitigationOf } from './stats.ts';
import { rollAmount } from './strike.ts';

/** Lets what lasts do its share of this tick, and ends what is over. */
export function advanceAuras(state: SimState): void {
  for (const [slot, list] of state.auras.bodies()) {
    if (list.every(({ endTick, nextTick }) => state.tick < endTick && (nextTick === 0 || state.tick < nextTick)))
      continue;
    // Each of them may end others, by killing.
    for (const aura of [...list]) advance(state, slot, aura);
  }
}

function advance(state: SimState, slot: number, aura: Aura): void {
  const { tick, entities } = state;
  if (state.auras.at(slot, aura.place) !== aura) return;
  if (aura.nextTick > 0 && tick >= aura.nextTick) {
    work(state, slot, aura);
    if (state.auras.at(slot, aura.place) !== aura || entities.state[slot] === entityStates.dead) return;
  }
  if (tick >= aura.endTick) endAura(state, slot, aura);
}

/** One share of what hurts or heals over time. */
function work(state: SimState, slot: number, aura: Aura): void {
  const { effect, source, ability, bonus } = aura;
  if (effect.kind !== 'damage-over-time' && effect.kind !== 'heal-over-time') return;
  aura.nextTick += effect.everyTicks;
  const amount = rollAmount(state, source, { ...effect, bonus });
  if (effect.kind === 'heal-over-time') {
    heal(state, source, slot, ability, amount);
    return;
  }
  const mitigation = mitigationOf(state, slot, effect.school, state.entities.level[source]!);
  harm(state, { source, target: slot, ability, amount: amount * (1 - mitigation), outcome: 'hit' });
}
