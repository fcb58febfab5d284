import { getCharacter } from '#functions/character/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { createParty } from '../contract.ts';
import { found } from '../membership.ts';
import { defaultLoot, foundParty } from '../rules.ts';
import { readMembership } from '../store.ts';
import { partyView } from '../view.ts';

export const handler = endpointHandler(createParty, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId, characterId } = actor;
  const [character, membership] = await Promise.all([getCharacter(characterId), readMembership(characterId)]);
  if (membership) throw fail('party.already_in_party');
  if (!character) throw fail('auth.no_character');
  const { lootMethod = defaultLoot.method, lootThreshold = defaultLoot.threshold } = input.body;
  const party = foundParty({
    partyId: createId('pty'),
    realmId: character.realmId,
    founder: { accountId, characterId, name: character.name, joinedAtMs: nowMs },
    loot: { method: lootMethod, threshold: lootThreshold },
  });
  return commit(found(party), partyView(party, undefined, nowMs));
});
