import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { followZone } from '../contract.ts';
import { changePresence } from '../presence.ts';
import { getPresence } from '../store-presence.ts';

/** Notes in which zone a player is. News of an earlier move that come late change nothing. */
export const handler = subscriberHandler(followZone, async (event, { commit }) => {
  const { accountId, characterId, zoneId } = event.data;
  const seen = await getPresence(accountId);
  if (seen?.characterId !== characterId || (seen.zoneSeq ?? 0) >= event.aggregateSeq) return;
  const next = { ...seen, zoneSeq: event.aggregateSeq, zoneId: event.name === 'ZONE_LEFT' ? undefined : zoneId };
  await commit(changePresence(seen, next));
});
