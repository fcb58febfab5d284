import { admits, privacyOf } from '#functions/account/public.ts';
import type { GameError } from '#shared/contract/errors.ts';
import { clock, toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import { getSide, listRelations, listSides } from './store.ts';
import { getBlock, listBlocks, unblockedCheck } from './store-blocks.ts';

/** Whether an account has blocked another, with all characters of both; strongly consistent. */
export async function hasBlocked(accountId: AccountId, otherId: AccountId): Promise<boolean> {
  return (await getBlock(accountId, otherId)) !== undefined;
}

/**
 * Condition for every act that reaches another player: `accountId` has not blocked `otherId`, otherwise the given
 * refusal. What a blocked player is told must not differ from what they are told of somebody who is not there.
 */
export function requireUnblocked(accountId: AccountId, otherId: AccountId, otherwise: GameError): Write {
  return unblockedCheck(accountId, otherId, otherwise);
}

/** Whether a player lets another one invite them to groups: by their privacy settings, and because they have not blocked them. */
export async function takesInvitesOf(accountId: AccountId, asker: AccountId): Promise<boolean> {
  const [[privacy], isBlocked] = await Promise.all([privacyOf([accountId]), hasBlocked(accountId, asker)]);
  if (isBlocked) return false;
  if (admits(privacy!.invites, false)) return true;
  return admits(privacy!.invites, true) && (await areFriends(accountId, asker));
}

/** What is stored here of a player, for themselves: at most 500 relations and 500 blocks. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const [sides, blocks] = await Promise.all([listSides(accountId), listBlocks(accountId)]);
  return {
    relations: sides.map(({ otherId, relation, name, sinceMs }) => ({
      accountId: otherId,
      relation,
      ...(name ? { name } : {}),
      since: toIso(sinceMs),
    })),
    blocks: blocks.map(({ otherId, name, sinceMs }) => ({
      accountId: otherId,
      ...(name ? { name } : {}),
      since: toIso(sinceMs),
    })),
  };
}

/** The accounts of a player's friends, at most so many; may lag by a moment. */
export async function friendsOf(accountId: AccountId, limit: number): Promise<readonly AccountId[]> {
  const { sides } = await listRelations(accountId, 'friend', { nowMs: clock.nowMs(), limit, after: undefined });
  return sides.map(({ otherId }) => otherId);
}

/** Whether two players are friends, strongly consistent. */
export async function areFriends(accountId: AccountId, otherId: AccountId): Promise<boolean> {
  return (await getSide(accountId, otherId))?.relation === 'friend';
}
