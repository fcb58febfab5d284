import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { SICKNESS_ABILITY } from './abilities/ability-numbers.ts';
import { energyPerSecond, maxEnergyOf } from './abilities/energy.ts';
import { sicken } from './abilities/player-death.ts';
import type { CarriedState } from './definition.ts';
import type { PlayerBody } from './players.ts';
import type { SimState } from './state.ts';
import { takeTonic, tonicsOf } from './tonics.ts';

const TICK_MS = 1_000 / TICK_HZ;
/** A hostile act longer ago than this is none any more, whatever asks for it. */
const HOSTILE_REMEMBERED_TICKS = 60 * TICK_HZ;

/**
 * What a body takes with it when it leaves, so that going and coming back, or crossing into another zone, resets nothing:
 * cooldowns that still run, spent energy, how long ago it fought, its weakness, its flag and what it has used. What others
 * have laid on it ends here. Undefined: nothing.
 */
export function carriedBy(state: SimState, body: PlayerBody): CarriedState | undefined {
  const { tick, zone, auras } = state;
  const leftMs = (untilTick: number) => (untilTick > tick ? (untilTick - tick) * TICK_MS : undefined);
  const readyInMs: Record<string, number> = {};
  for (const [ability, readyTick] of body.readyTick)
    if (readyTick > tick) readyInMs[zone.abilities[ability]!.id] = (readyTick - tick) * TICK_MS;
  const hostileTicks = tick - body.lastHostileTick;
  const sickness = auras.of(body.slot).find(({ ability }) => ability === SICKNESS_ABILITY);
  const tonics = tonicsOf(state, body.slot).flatMap(({ effect, endTick }) =>
    effect.kind === 'buff' && endTick > tick ? [{ stats: effect.stats, forMs: (endTick - tick) * TICK_MS }] : [],
  );
  const others = set({
    globalReadyInMs: leftMs(body.globalReadyTick),
    hostileAgoMs: hostileTicks < HOSTILE_REMEMBERED_TICKS ? hostileTicks * TICK_MS : undefined,
    energy: body.energy < maxEnergyOf(state, body) ? body.energy : undefined,
    sickForMs: leftMs(sickness?.endTick ?? 0),
    wantsPvp: body.wantsPvp || undefined,
    pvpForMs: leftMs(body.pvpUntilTick),
    tonics: tonics.length > 0 ? tonics : undefined,
  });
  const isNothing = Object.keys(readyInMs).length + Object.keys(others).length === 0;
  return isNothing ? undefined : { readyInMs, ...others };
}

function set<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * Gives a body that has just entered, with all the energy that it can have, what it has carried; `elapsedMs` has passed
 * since it was noted.
 */
export function takeUp(state: SimState, body: PlayerBody, carried: CarriedState, elapsedMs: number): void {
  const { tick, zone } = state;
  const ticks = (ms: number): number => Math.ceil(ms / TICK_MS);
  /** The tick at which a span ends that had so long to go when it was noted; 0: it is over. */
  const endOf = (leftMs = 0): number => (leftMs > elapsedMs ? tick + ticks(leftMs - elapsedMs) : 0);
  zone.abilities.forEach(({ id }, ability) => {
    const readyTick = endOf(carried.readyInMs[id]);
    if (readyTick > 0) body.readyTick.set(ability, readyTick);
  });
  body.globalReadyTick = endOf(carried.globalReadyInMs);
  if (carried.hostileAgoMs !== undefined) body.lastHostileTick = tick - ticks(carried.hostileAgoMs + elapsedMs);
  const sickUntilTick = endOf(carried.sickForMs);
  if (sickUntilTick > 0) sicken(state, body, sickUntilTick - tick);
  for (const { stats, forMs } of carried.tonics ?? []) {
    const untilTick = endOf(forMs);
    if (untilTick > 0) takeTonic(state, body.slot, { stats, ticks: untilTick - tick });
  }
  const max = maxEnergyOf(state, body);
  const regained = energyPerSecond(state, body) * Math.floor(elapsedMs / 1_000);
  body.energy = Math.min(max, (carried.energy ?? max) + regained);
  body.wantsPvp = carried.wantsPvp ?? false;
  body.pvpUntilTick = endOf(carried.pvpForMs);
}
