import { GameError } from '#shared/contract/errors.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { memberOf, type Party, type PartyMember } from './rules.ts';
import { readPartyOf } from './store.ts';

/**
 * The party that a character is in, and its own place in it, strongly consistent.
 * @throws GameError `party.not_in_party`
 */
export async function ownParty(
  characterId: CharacterId,
): Promise<{ readonly party: Party; readonly self: PartyMember }> {
  const party = await readPartyOf(characterId);
  const self = party && memberOf(party, characterId);
  if (!self) throw new GameError('party.not_in_party');
  return { party, self };
}
