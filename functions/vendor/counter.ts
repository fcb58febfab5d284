import type { Vendor } from '#content/schema/vendor.ts';
import { vendors } from '#content/vendors.ts';
import { zones } from '#content/zones.ts';
import { lastPlaceOf, PLACE_REFRESH_SECONDS } from '#functions/character/public.ts';
import { requireInZone } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import { isInReach } from './rules.ts';

/** @throws GameError `vendor.not_found`. */
export function vendorOf(vendorId: Slug): Vendor {
  const vendor = vendors.find(vendorId);
  if (!vendor) throw new GameError('vendor.not_found');
  return vendor;
}

function pointOf({ id, zone }: Vendor) {
  return zones.get(zone).points.find((one) => one.id === id)!;
}

/** A vendor as players see it. */
export function shownVendor(vendor: Vendor) {
  const { name, at } = pointOf(vendor);
  return { vendorId: vendor.id, name, zoneId: vendor.zone, position: { x: at.x, y: at.y } };
}

/**
 * The condition of a deal: the character is in the vendor's zone. How near it is, is read: a place is up to half a minute
 * old and changes with every step, so that none could be held until the commit.
 * @throws GameError `vendor.not_here`, `vendor.out_of_reach`
 */
export async function atCounter(characterId: CharacterId, vendor: Vendor, nowMs: number): Promise<Write> {
  const { zone: zoneId } = vendor;
  const notHere = new GameError('vendor.not_here', { zoneId });
  const place = await lastPlaceOf(characterId);
  if (place?.zoneId !== zoneId) throw notHere;
  // What changes is saved that often: a place that is older was still theirs so long ago.
  const agoMs = Math.min(Math.max(0, nowMs - place.savedAtMs), PLACE_REFRESH_SECONDS * SECOND_MS);
  if (!isInReach(place, agoMs, pointOf(vendor).at)) {
    throw new GameError('vendor.out_of_reach', { vendorId: vendor.id }, { retryAfterSeconds: PLACE_REFRESH_SECONDS });
  }
  return requireInZone(characterId, zoneId, notHere);
}
