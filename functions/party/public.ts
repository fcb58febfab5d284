import { type Changes, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, InstanceId, PartyId, Slug } from '#shared/kernel/ids.ts';
import { listMemberships, readMembership, readParty, readPartyOf } from './store.ts';
import { partyEventsTopic } from './topics.ts';

export type { LootSettings, Party, PartyMember } from './rules.ts';
export type { LootMethod } from './shapes.ts';
export { endRollWrite as endRoll, noteLootWrite as noteLoot, readLastServed as lastServedOf } from './store-loot.ts';

/** The party that a character is in, strongly consistent; undefined when it is in none. */
export const partyOf = readPartyOf;

/** Id of the party that a character is in, strongly consistent; undefined when it is in none. */
export const partyIdOf = readMembership;

/** The members of the parties in which some of these characters, at most 100, are; may lag by a moment. */
export async function partiesAmong(characterIds: readonly CharacterId[]): Promise<readonly (readonly CharacterId[])[]> {
  const memberships = await listMemberships(characterIds);
  const parties = await Promise.all([...new Set(memberships.map(({ partyId }) => partyId))].map(readParty));
  return parties.flatMap((party) => (party ? [party.members.map(({ characterId }) => characterId)] : []));
}

/** Tells a party that one of its members has opened an instance for it. */
export function tellInstance(
  partyId: PartyId,
  opened: {
    readonly instanceId: InstanceId;
    readonly zoneId: Slug;
    readonly difficulty: Slug;
    readonly byId: CharacterId;
    readonly expiresAtMs: number;
  },
): Changes {
  const { expiresAtMs, ...told } = opened;
  const body = { type: 'instance_opened' as const, ...told, expiresAt: toIso(expiresAtMs) };
  return { pushes: [push(partyEventsTopic, { partyId }, body)] };
}

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
