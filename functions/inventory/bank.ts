import { zones } from '#content/zones.ts';
import { lastPlaceOf, PLACE_REFRESH_SECONDS } from '#functions/character/public.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { arranged } from './arrange.ts';
import type { MoveCause, Storage } from './legs.ts';
import { planned } from './load-plan.ts';
import { BANK_REACH_M } from './rules.ts';

/**
 * The bank is open to a character that is out of the world, and in the rest areas of zones. Where a character in the
 * world is, is known from what its zone last saved: up to half a minute ago.
 * @throws GameError `inventory.bank_out_of_reach`
 */
export async function requireBank(characterId: CharacterId): Promise<void> {
  const presence = await presenceOf(characterId);
  if (presence?.zoneId === undefined) return;
  const place = await lastPlaceOf(characterId);
  const isNear =
    place?.zoneId === zoneOf(presence.zoneId) &&
    zones
      .find(place.zoneId)
      ?.restAreas.some(({ x, y, radiusM }) => Math.hypot(place.x - x, place.y - y) <= radiusM + BANK_REACH_M);
  if (!isNear) {
    throw new GameError('inventory.bank_out_of_reach', {}, { retryAfterSeconds: PLACE_REFRESH_SECONDS });
  }
}

/** Moves an item, or a part of a stack, between bag and bank. */
export async function banked(
  characterId: CharacterId,
  move: {
    readonly itemId: ItemId;
    readonly count?: number | undefined;
    readonly version?: number | undefined;
    readonly from: Storage;
    readonly to: Storage;
  },
  { cause, atMs }: Pick<MoveCause, 'cause' | 'atMs'>,
) {
  const { itemId, count, version, from, to } = move;
  await requireBank(characterId);
  const destination = { to: 'character', characterId, container: to, overflow: 'refuse' } as const;
  const leg = { kind: 'move', itemId, count, ver: version, from: characterId, container: from, destination } as const;
  const { plan } = await planned([leg], { reason: to === 'bank' ? 'deposit' : 'withdraw', cause, atMs });
  return arranged(plan, characterId);
}
