import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { listMemberships, readMembership, readPartyOf } from './store.ts';

export type { LootSettings, Party, PartyMember } from './rules.ts';
export type { LootMethod } from './shapes.ts';
export { endRollWrite as endRoll, noteLootWrite as noteLoot, readLastServed as lastServedOf } from './store-loot.ts';

/** The party that a character is in, strongly consistent; undefined when it is in none. */
export const partyOf = readPartyOf;

/** Whether somebody may listen to a party's topics: the character that they play is a member. */
export async function topicAudience(
  { partyId }: Readonly<Record<string, string>>,
  { characterId }: { readonly characterId: CharacterId | undefined },
): Promise<boolean> {
  return characterId !== undefined && (await readMembership(characterId)) === (partyId as PartyId);
}

/** What keeps a character from being deleted: it is in a party. */
export async function obligationsOf(who: { readonly characterId: CharacterId }): Promise<readonly 'party.member'[]> {
  return (await readMembership(who.characterId)) ? ['party.member'] : [];
}

/** In which parties an account's characters are, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const memberships = await listMemberships(characterIds);
  return {
    parties: memberships.map(({ characterId, partyId, joinedAtMs }) => ({
      characterId,
      partyId,
      joinedAt: toIso(joinedAtMs),
    })),
  };
}
