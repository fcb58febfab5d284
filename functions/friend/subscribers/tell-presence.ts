import { admits, privacyOf } from '#functions/account/public.ts';
import { playingAmong, presenceNow } from '#functions/session/public.ts';
import { push } from '#shared/events/changes.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { tellPresence } from '../contract.ts';
import { friendLimits } from '../rules.ts';
import { listRelations } from '../store.ts';
import { friendsTopic } from '../topics.ts';

/**
 * Tells a player's friends who play themselves, at most 200, that the player came, went or is away. Changes that follow
 * each other quickly come to one: what does not hold any more is not told.
 */
export const handler = subscriberHandler(tellPresence, async ({ data }, { nowMs, commit }) => {
  const { accountId, status } = data;
  const now = await presenceNow(accountId, nowMs);
  if (now.status !== status) return;
  const [privacy] = await privacyOf([accountId]);
  if (!admits(privacy!.presence, true)) return;
  const page = { nowMs, limit: friendLimits.friends, after: undefined };
  const { sides } = await listRelations(accountId, 'friend', page);
  const friendIds = sides.map(({ otherId }) => otherId);
  const playing = await playingAmong(friendIds, nowMs);
  const told = friendIds.filter((friendId) => playing.has(friendId));
  const message = { type: 'presence_changed' as const, accountId, status };
  await commit({ pushes: told.map((friendId) => push(friendsTopic, { accountId: friendId }, message)) });
});
