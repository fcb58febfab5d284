import { foundParty, type LootSettings, withLoot, withMember } from '#functions/party/rules.ts';
import { putMember, putParty } from '#functions/party/store.ts';
import { createId, type PartyId } from '#shared/kernel/ids.ts';
import { commitInTest, type PlayingActor } from './test-character.ts';
import type { TestWorld } from './test-world.ts';

/** A party of these characters, the first leading it, as if all had been invited and had joined. */
export async function partyOfPlayers(
  world: TestWorld,
  players: readonly PlayingActor[],
  loot: Partial<LootSettings> = {},
): Promise<PartyId> {
  const nowMs = world.clock.nowMs();
  const [founder, ...others] = players.map(({ accountId, characterId, name }, index) => ({
    accountId,
    characterId,
    name,
    joinedAtMs: nowMs + index,
  }));
  let party = foundParty({ partyId: createId('pty'), realmId: 'glasswater', founder: founder!, loot: {} });
  for (const other of others) party = withMember(party, other);
  party = withLoot(party, { ...party.loot, ...loot });
  await commitInTest({
    writes: [
      putParty(party, undefined),
      ...party.members.map(({ characterId, joinedAtMs }) => putMember(characterId, party.partyId, joinedAtMs)),
    ],
  });
  return party.partyId;
}
