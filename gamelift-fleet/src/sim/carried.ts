import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CarriedState } from './definition.ts';
import type { PlayerBody } from './players.ts';
import type { SimState } from './state.ts';

const TICK_MS = 1_000 / TICK_HZ;
/** A hostile act longer ago than this is none any more, whatever asks for it. */
const HOSTILE_REMEMBERED_TICKS = 60 * TICK_HZ;

/**
 * What a body takes with it when it leaves, so that going and coming back, or crossing into another zone, resets nothing:
 * cooldowns that still run and how long ago it fought. Undefined: nothing.
 */
export function carriedBy(state: SimState, body: PlayerBody): CarriedState | undefined {
  const { tick, zone } = state;
  const readyInMs: Record<string, number> = {};
  for (const [ability, readyTick] of body.readyTick)
    if (readyTick > tick) readyInMs[zone.abilities[ability]!.id] = (readyTick - tick) * TICK_MS;
  const hostileTicks = tick - body.lastHostileTick;
  const isHostile = hostileTicks < HOSTILE_REMEMBERED_TICKS;
  if (!isHostile && Object.keys(readyInMs).length === 0) return undefined;
  return isHostile ? { readyInMs, hostileAgoMs: hostileTicks * TICK_MS } : { readyInMs };
}

/** Gives a body that has just entered what it has carried; `elapsedMs` has passed since it was noted. */
export function takeUp(state: SimState, body: PlayerBody, carried: CarriedState, elapsedMs: number): void {
  const { tick, zone } = state;
  const ticks = (ms: number): number => Math.ceil(ms / TICK_MS);
  zone.abilities.forEach(({ id }, ability) => {
    const leftMs = (carried.readyInMs[id] ?? 0) - elapsedMs;
    if (leftMs > 0) body.readyTick.set(ability, tick + ticks(leftMs));
  });
  if (carried.hostileAgoMs !== undefined) body.lastHostileTick = tick - ticks(carried.hostileAgoMs + elapsedMs);
}
