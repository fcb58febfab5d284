import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { evictPlayer } from '../contract.ts';
import { evict } from '../public.ts';
import { readPresence } from '../store.ts';

/** A session that has ended plays no character: the zone it stands in is told to put it out. */
export const handler = subscriberHandler(evictPlayer, async ({ data }, { nowMs, commit }) => {
  if (!data.characterId) return;
  const presence = await readPresence(data.characterId);
  if (presence?.sessionId !== data.sessionId || presence.zoneId === undefined) return;
  await commit(evict(presence, data.reason, nowMs));
});
