import { admits, privacyOf } from '#functions/account/public.ts';
import { type Character, findByName, getCharacter } from '#functions/character/public.ts';
import { areFriends, hasBlocked } from '#functions/friend/public.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';

/** The character that a request means; undefined when none of this realm can be played. */
export async function findPartner(
  wanted: { readonly characterId: CharacterId } | { readonly characterName: string },
  realmId: Character['realmId'],
): Promise<Character | undefined> {
  const named = 'characterName' in wanted ? await findByName(wanted.characterName, realmId) : wanted;
  const character = named && (await getCharacter(named.characterId));
  if (!character || character.realmId !== realmId) return undefined;
  return character.deletedAtMs === undefined && character.deletesAtMs === undefined ? character : undefined;
}

/** Whether a player lets another one ask them to trade. */
export async function takesRequestsOf(accountId: AccountId, asker: AccountId): Promise<boolean> {
  const [[privacy], isBlocked] = await Promise.all([privacyOf([accountId]), hasBlocked(accountId, asker)]);
  if (isBlocked) return false;
  if (admits(privacy!.invites, false)) return true;
  return admits(privacy!.invites, true) && (await areFriends(accountId, asker));
}
