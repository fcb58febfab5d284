import { getAccount } from '#functions/account/public.ts';
import { findByName, getCharacter } from '#functions/character/public.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Actor } from '#shared/runtime/invocation.ts';

/** A player and the name under which others see them. */
export interface Player {
  readonly accountId: AccountId;
  readonly name: string;
}

/**
 * The player that a request means; undefined when there is none. Names are looked up in the realm of the character that
 * the caller plays.
 */
export async function findPlayer(
  wanted: { characterName: string } | { accountId: AccountId },
  caller: Actor,
): Promise<Player | undefined> {
  if ('characterName' in wanted) {
    const played = caller.characterId && (await getCharacter(caller.characterId));
    return findByName(wanted.characterName, played?.realmId);
  }
  const account = await getAccount(wanted.accountId);
  if (account?.status === 'DELETION_PENDING' || account?.status === 'ERASED') return undefined;
  return account && { accountId: account.accountId, name: account.displayName };
}

/** How others see the caller: by the character that they play, else by their account. */
export async function shownName({ accountId, characterId }: Actor): Promise<string | undefined> {
  if (characterId) return (await getCharacter(characterId))?.name;
  return (await getAccount(accountId))?.displayName;
}
