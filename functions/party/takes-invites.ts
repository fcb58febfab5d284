import { admits, privacyOf } from '#functions/account/public.ts';
import { areFriends, hasBlocked } from '#functions/friend/public.ts';
import type { AccountId } from '#shared/kernel/ids.ts';

/** Whether a player lets another one invite them: by their privacy settings, and because they have not blocked them. */
export async function takesInvitesOf(accountId: AccountId, asker: AccountId): Promise<boolean> {
  const [[privacy], isBlocked] = await Promise.all([privacyOf([accountId]), hasBlocked(accountId, asker)]);
  if (isBlocked) return false;
  if (admits(privacy!.invites, false)) return true;
  return admits(privacy!.invites, true) && (await areFriends(accountId, asker));
}
