import type { Vendor } from '#content/schema/vendor.ts';
import { vendors } from '#content/vendors.ts';
import { zones } from '#content/zones.ts';
import { requireInZone } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';

/** @throws GameError `vendor.not_found`. */
export function vendorOf(vendorId: Slug): Vendor {
  const vendor = vendors.find(vendorId);
  if (!vendor) throw new GameError('vendor.not_found');
  return vendor;
}

/** A vendor as players see it. */
export function shownVendor({ id, zone }: Vendor) {
  const point = zones.get(zone).points.find((one) => one.id === id)!;
  return { vendorId: id, name: point.name, zoneId: zone, position: { x: point.at.x, y: point.at.y } };
}

/** Condition: the character is in the vendor's zone. */
export function isHere(characterId: CharacterId, { zone }: Vendor): Write {
  return requireInZone(characterId, zone, new GameError('vendor.not_here', { zoneId: zone }));
}
