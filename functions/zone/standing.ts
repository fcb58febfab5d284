import type { Zone } from '#content/schema/zone.ts';
import { zones } from '#content/zones.ts';
import { isStaff, type Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { isLive, retryAfterMs } from './rules.ts';
import { type Presence, readPresence } from './store.ts';
import { type Lease, readLease } from './store-leases.ts';

/** @throws GameError `zone.not_found`. */
export function zoneNamed(zoneId: Slug): Zone {
  const zone = zones.find(zoneId);
  if (!zone) throw new GameError('zone.not_found');
  return zone;
}

/** Those who look after the game go where they must. */
export function goesAnywhere(roles: readonly Role[]): boolean {
  return isStaff(roles) && roles.some((role) => role === 'gm' || role === 'admin');
}

/** Nobody runs the unit of this lease now, as far as it tells. The fact `retryAfterMs` is exacter than the header. */
export function unavailable(lease: Lease | undefined, nowMs: number): GameError {
  const waitMs = retryAfterMs(lease, nowMs, systemRandom);
  return new GameError('zone.unavailable', { retryAfterMs: waitMs }, { retryAfterSeconds: waitMs / SECOND_MS });
}

/** Somebody in the world, and the lease of the unit that they are in. */
export interface Standing {
  readonly presence: Presence & { readonly zoneId: Slug; readonly epoch: number };
  readonly lease: Lease | undefined;
  /** That life of the unit goes on: orders reach it. */
  readonly isReached: boolean;
}

/**
 * Where in the world a character is.
 * @param zoneId the zone in which it has to be; unset: any
 * @throws GameError `zone.not_in_world` when it is in none, or in another.
 */
export async function standingOf(characterId: CharacterId, nowMs: number, zoneId?: Slug): Promise<Standing> {
  const presence = await readPresence(characterId);
  const { zoneId: unitId, epoch } = presence ?? {};
  if (!presence || unitId === undefined || epoch === undefined) throw new GameError('zone.not_in_world');
  if (zoneId !== undefined && zoneOf(unitId) !== zoneId) throw new GameError('zone.not_in_world');
  const lease = await readLease(unitId);
  const isReached = lease !== undefined && lease.epoch === epoch && isLive(lease, nowMs);
  return { presence: { ...presence, zoneId: unitId, epoch }, lease, isReached };
}

/**
 * The same, for what its unit has to carry out.
 * @throws GameError `zone.unavailable` while nobody runs that.
 */
export async function reachedStanding(...of: Parameters<typeof standingOf>): Promise<Standing> {
  const standing = await standingOf(...of);
  const [, nowMs] = of;
  if (!standing.isReached) throw unavailable(standing.lease, nowMs);
  return standing;
}
