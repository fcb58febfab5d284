import { evict, presenceOf } from '#functions/zone/public.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';

/** Orders the zone that a character stands in to let it go: it saves it first, and may let its body linger. */
export async function leaveWorld(characterId: CharacterId | undefined, nowMs: number): Promise<Changes> {
  const presence = characterId && (await presenceOf(characterId));
  return presence ? evict(presence, 'superseded', nowMs) : {};
}
