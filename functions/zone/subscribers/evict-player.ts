import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { evictPlayer } from '../contract.ts';
import { evict } from '../orders.ts';
import { endJourney, endStay } from '../stays.ts';
import { readPresence } from '../store.ts';
import { readLease } from '../store-leases.ts';

/**
 * A session that has ended plays no character: the zone it stands in is told to put it out. Where that life of the zone
 * is over, its process died with the body in it, and nobody else will note that it is gone.
 */
export const handler = subscriberHandler(evictPlayer, async ({ data }, { nowMs, commit }) => {
  if (!data.characterId) return;
  const presence = await readPresence(data.characterId);
  if (presence?.sessionId !== data.sessionId) return;
  const { zoneId, epoch, journey } = presence;
  if (journey) return commit(endJourney({ ...presence, journey }, 'logout'));
  if (zoneId === undefined || epoch === undefined) return;
  const lease = await readLease(zoneId);
  const isOver = lease !== undefined && lease.epoch > epoch;
  await commit(
    isOver ? endStay({ ...presence, zoneId, epoch }, { reason: 'logout' }) : evict(presence, data.reason, nowMs),
  );
});
