import { balance } from '../balance.ts';
import type { Vitals } from '../outcome.ts';
import type { PlayerBody } from '../players.ts';
import { classOf, type SimState } from '../state.ts';
import { paceOf } from './control.ts';
import { hastened, statOf } from './stats.ts';

/** Energy stands in 16 bits on the wire. */
const LARGEST_ENERGY = 65_535;

export function maxEnergyOf(state: SimState, body: PlayerBody): number {
  const { energy } = classOf(state, body.classId);
  if (!energy) return 0;
  const sum = energy.base + energy.perLevel * (body.level - 1) + statOf(state, body.slot, 'maxEnergy');
  return Math.min(LARGEST_ENERGY, Math.max(0, Math.round(sum)));
}

/** What comes back each second. */
export function energyPerSecond(state: SimState, body: PlayerBody): number {
  const { energyPermillePerSecond, energyPermillePerIntellect } = balance.combat;
  const permille = energyPermillePerSecond + statOf(state, body.slot, 'intellect') * energyPermillePerIntellect;
  return Math.ceil((maxEnergyOf(state, body) * Math.max(0, permille)) / 1_000);
}

export function hasEnergy(state: SimState, slot: number, cost: number): boolean {
  const body = state.players.get(slot);
  return !body || body.energy >= costOf(state, body, cost);
}

/** Classes without energy pay none. */
function costOf(state: SimState, body: PlayerBody, cost: number): number {
  return classOf(state, body.classId).energy ? cost : 0;
}

/** Takes an ability's cost; NPCs pay with time alone. */
export function pay(state: SimState, slot: number, cost: number): void {
  const body = state.players.get(slot);
  if (!body || cost === 0) return;
  body.energy = Math.max(0, body.energy - costOf(state, body, cost));
  body.isVitalsNew = true;
}

/** Gives a second's share back. */
export function regainEnergy(state: SimState, body: PlayerBody): void {
  const max = maxEnergyOf(state, body);
  body.energy = Math.min(max, body.energy + energyPerSecond(state, body));
}

/** Tells a player its energy, pace and reach when they have changed otherwise than by time; what is above full is gone. */
export function tellVitals(state: SimState, body: PlayerBody): void {
  const { slot } = body;
  if (!body.isVitalsNew && state.auras.changed[slot] === 0) return;
  body.energy = Math.min(body.energy, maxEnergyOf(state, body));
  const pace = paceOf(state, slot);
  if (pace !== body.pace) {
    body.formerPace = Math.max(body.pace, pace);
    body.paceTick = state.tick;
    body.pace = pace;
  }
  body.isVitalsNew = false;
  state.outcome.vitals.push({ slot, ...vitalsOf(state, body) });
}

/** How a body fares, for its player alone. */
export function vitalsOf(state: SimState, body: PlayerBody): Omit<Vitals, 'slot'> {
  const { slot, weapon } = body;
  const plain = state.zone.abilities[0]!;
  return {
    energy: body.energy,
    maxEnergy: maxEnergyOf(state, body),
    energyPerSecond: energyPerSecond(state, body),
    pacePermille: body.pace,
    attackRange: weapon?.range ?? plain.range,
    attackTicks: hastened(state, slot, weapon?.intervalTicks ?? plain.cooldownTicks),
  };
}
