import { admits, privacyOf } from '#functions/account/public.ts';
import { findByName, getCharacter } from '#functions/character/public.ts';
import { areFriends, hasBlocked } from '#functions/friend/public.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import type { RealmId } from './shapes.ts';

/** A character that can be asked to join. */
export interface Invitee {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly name: string;
}

/** The character that an invite means; undefined when there is none on this realm that can be played. */
export async function findInvitee(
  wanted: { characterName: string } | { characterId: CharacterId },
  realmId: RealmId,
): Promise<Invitee | undefined> {
  const named = 'characterName' in wanted ? await findByName(wanted.characterName, realmId) : wanted;
  const character = named && (await getCharacter(named.characterId));
  if (!character || character.realmId !== realmId) return undefined;
  if (character.deletedAtMs !== undefined || character.deletesAtMs !== undefined) return undefined;
  const { accountId, characterId, name } = character;
  return { accountId, characterId, name };
}

/** Whether a player lets another one invite them: by their privacy settings, and because they have not blocked them. */
export async function takesInvitesOf(accountId: AccountId, asker: AccountId): Promise<boolean> {
  const [[privacy], isBlocked] = await Promise.all([privacyOf([accountId]), hasBlocked(accountId, asker)]);
  if (isBlocked) return false;
  if (admits(privacy!.invites, false)) return true;
  return admits(privacy!.invites, true) && (await areFriends(accountId, asker));
}
