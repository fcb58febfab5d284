import { startingZone } from '#content/zones.ts';
import { issueTicket } from '#functions/auth/public.ts';
import { progressionRequest } from '#functions/progression/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { unitParts, zoneOf } from '#shared/kernel/zone-unit.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { enterZone } from '../contract.ts';
import { layerFor } from '../layers.ts';
import { CLOSED_RETRY_SECONDS, isAnswering, isUnderWay, mayEnter } from '../rules.ts';
import { goesAnywhere, unavailable, zoneNamed } from '../standing.ts';
import { type Presence, readPresenceBeside } from '../store.ts';
import { type Lease, readLease } from '../store-leases.ts';
import { listUnits } from '../store-units.ts';

export const handler = endpointHandler(enterZone, async ({ input, actor, nowMs, commit, fail }) => {
  const asked = zoneNamed(input.params.zoneId);
  const { accountId, characterId } = actor;
  // Of all who come back at once each asks for this: one request for what nearly all of them need.
  const known = await readPresenceBeside(characterId, asked.id, progressionRequest(characterId));
  const { presence } = known;
  const level = known.other?.level;
  const journey = presence?.journey && isUnderWay(presence.journey, nowMs) ? presence.journey : undefined;
  const zone = journey ? zoneNamed(journey.toZone) : asked;
  if (level === undefined || !mayEnter(zone, level)) {
    throw fail('zone.level_too_low', { requiredLevel: zone.levelRange.min });
  }
  const bound = presence?.lastZone ?? startingZone.id;
  if (!journey && zone.id !== bound && !goesAnywhere(actor.roles)) throw fail('zone.elsewhere', { zoneId: bound });
  const unitId = journey ? journey.toUnit : standsIn(presence, zone.id);
  const own = await leaseOf(unitId, known.lease, nowMs);
  const lease = own ?? (await leaseOfLayer({ accountId, characterId }, zone.id, nowMs));
  const use = { purpose: 'zone', zoneId: lease.zoneId, characterId, presenceVer: presence?.ver ?? 0 } as const;
  const { ticket, expiresAtMs, write } = issueTicket(actor, use, nowMs);
  const reply = { url: lease.url, ticket, expiresAt: toIso(expiresAtMs), ...unitParts(lease.zoneId) };
  return commit({ writes: [write] }, reply);
});

/** The unit of this zone in which the character still is, as far as is known. */
function standsIn(presence: Presence | undefined, zoneId: Slug): Slug | undefined {
  const unitId = presence?.zoneId;
  return unitId !== undefined && zoneOf(unitId) === zoneId ? unitId : undefined;
}

/**
 * Who runs exactly this unit; `read` is a lease that has been read already, perhaps of this one. While the unit is between
 * two owners its body waits for nobody else: the character does. Undefined where it is to be chosen, or is closed.
 */
async function leaseOf(unitId: Slug | undefined, read: Lease | undefined, nowMs: number): Promise<Lease | undefined> {
  if (unitId === undefined) return undefined;
  const lease = read?.zoneId === unitId ? read : await readLease(unitId);
  if (lease && isAnswering(lease, nowMs)) return lease;
  const isWanted = unitParts(unitId).layer === 1 || (await listUnits(unitId)).includes(unitId);
  if (isWanted) throw unavailable(lease, nowMs);
  return undefined;
}

async function leaseOfLayer(who: Parameters<typeof layerFor>[0], zoneId: Slug, nowMs: number): Promise<Lease> {
  const layer = await layerFor(who, zoneId, nowMs);
  if (layer?.lease) return layer.lease;
  const first = await readLease(zoneId);
  if (!first || !isAnswering(first, nowMs)) throw unavailable(first, nowMs);
  throw new GameError('zone.full', {}, { retryAfterSeconds: CLOSED_RETRY_SECONDS });
}
