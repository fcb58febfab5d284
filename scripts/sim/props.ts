import { npcs } from '#content/npcs.ts';
import { quests } from '#content/quests.ts';
import { DEFAULT_REALM } from '#functions/character/rules.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { recordKill } from '#functions/loot/public.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { foundParty, withMember } from '#functions/party/rules.ts';
import { putMember, putParty } from '#functions/party/store.ts';
import { ONCE } from '#functions/quest/rules.ts';
import { createRunWrite, saveLogWrite } from '#functions/quest/store.ts';
import type { ZoneFence } from '#functions/zone/public.ts';
import { clock, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type DropId, type ItemId, type LootRollId, type Slug } from '#shared/kernel/ids.ts';
import type { MemoryTable } from '#shared/testing/memory-table/memory-table.ts';
import { commit, type Player, START_MS } from './cast.ts';
import type { Request } from './client.ts';
import type { EndpointId } from './routes.ts';

/** A call while the world is made: it answers the body. @throws Error when it is refused. */
// biome-ignore lint/suspicious/noExplicitAny: replies of many shapes
export type Call = (endpointId: EndpointId, request: Request) => Promise<any>;

/** Quests that players turn in themselves. */
export const turnIns = quests.all.filter(({ autoComplete }) => !autoComplete).slice(0, 2);

/** A new stack in a player's bag. */
export async function give(player: Player, templateId: Slug, count: number, nth: number): Promise<ItemId> {
  const { characterId } = player;
  const { items, changes } = await mintItems({
    holder: characterId,
    origin: 'quest',
    source: [characterId, 'sim', nth],
    items: [{ templateId, count }],
    nowMs: clock.nowMs(),
  });
  await commit({ writes: changes.writes ?? [] });
  return items[0]!.itemId;
}

function attached(...ids: (ItemId | undefined)[]) {
  return ids.map((itemId) => ({ itemId }));
}

/** Mail whose time is over in the first minutes: what has come back ends, what nobody paid for goes back. */
export async function sendOldMails(
  call: Call,
  time: { nowMs: number },
  players: readonly Player[],
  gifts: readonly ItemId[][],
): Promise<void> {
  const letter = async (from: number, to: number, value: object): Promise<string> => {
    const { characterId } = players[to]!;
    const body = { to: [{ characterId }], subject: 'Of old', items: attached(gifts[from]![4]), ...value };
    return (await call('mail.send', { actor: players[from]!, body })).mails[0].mailId;
  };
  const sent = [await letter(0, 1, { money: '20' }), await letter(1, 2, { money: '25' })];
  time.nowMs = START_MS - mailRules.lifeMs + 90 * SECOND_MS;
  for (const [index, mailId] of sent.entries()) {
    await call('mail.return-to-sender', { actor: players[index + 1]!, params: { mailId } });
  }
  time.nowMs = START_MS - mailRules.codLifeMs - mailRules.valueDelayMs + MINUTE_MS;
  await letter(2, 3, { cod: '60' });
}

/** Everybody gets a mail with items and money, one that costs something, and one that arrives in the first minutes. */
export async function sendMails(call: Call, players: readonly Player[], gifts: readonly ItemId[][]): Promise<void> {
  for (const [index, actor] of players.entries()) {
    const [first, second, third, fourth] = gifts[index]!;
    const to = (by: number) => [{ characterId: players[(index + by) % players.length]!.characterId }];
    const letters = [
      { to: to(1), subject: 'Parts', items: attached(first, second), money: '100' },
      { to: to(2), subject: 'For sale', items: attached(third), cod: '50' },
      { to: to(3), subject: 'On its way', items: attached(fourth), money: '30' },
    ];
    for (const body of letters) await call('mail.send', { actor, body });
  }
}

/** Finished quests, of which the reward is still to be taken. */
export async function readyQuests(players: readonly Player[]): Promise<void> {
  for (const { accountId, characterId } of players) {
    const writes = turnIns.map(({ id, objectives }) =>
      createRunWrite({
        ...{ characterId, accountId, questId: id, period: ONCE, state: 'COMPLETE', node: undefined, seed: 'sim' },
        counters: Object.fromEntries(objectives.map(({ id: objectiveId, count }) => [objectiveId, count])),
        ...{ acceptedAtMs: clock.nowMs(), version: 1 },
      }),
    );
    await commit({ writes: [...writes, saveLogWrite({ characterId, active: 0, version: 0 }, turnIns.length)] });
  }
}

/** A few things that have seen better days, so that there is something to repair. */
export function wearDown(memory: MemoryTable): void {
  for (const { pk, sk, _et, durability } of memory.items()) {
    if (_et !== 'Item' || typeof durability !== 'number') continue;
    memory.execute('UpdateItem', {
      TableName: memory.tableName,
      Key: { pk, sk },
      UpdateExpression: 'SET durability = :left',
      ExpressionAttributeValues: { ':left': Math.floor(durability / 2) },
    });
  }
}

/** A party, the first leading it, as if all had been invited and had joined. */
async function found(members: readonly Player[]): Promise<void> {
  const joinedAtMs = clock.nowMs();
  const [founder, ...others] = members.map(({ accountId, characterId, name }) => {
    return { accountId, characterId, name, joinedAtMs };
  });
  const loot = { method: 'group', threshold: 'common' } as const;
  const partyId = createId('pty');
  const party = others.reduce(withMember, foundParty({ partyId, realmId: DEFAULT_REALM, founder: founder!, loot }));
  await commit({
    writes: [
      putParty(party, undefined),
      ...members.map(({ characterId }) => putMember(characterId, partyId, joinedAtMs)),
    ],
  });
}

/** Kills of this moment: two by players who share what is left as they come, and one by a party, which rolls for it. */
export async function leaveDrops(
  fence: ZoneFence,
  players: readonly Player[],
  party: readonly Player[],
): Promise<{ readonly dropIds: readonly DropId[]; readonly rollIds: readonly LootRollId[] }> {
  const npc = npcs.all.find(({ rank, personalLoot }) => rank === 'normal' && !personalLoot)!;
  const kill = (killSeq: number, killers: readonly Player[]) =>
    recordKill(
      fence,
      {
        ...{ killSeq, npcKind: npc.id, npcLevel: npc.level, spawnId: 'sim.1', x: 100, y: 80 },
        killedAtMs: clock.nowMs(),
        combatId: createId('cbt'),
        claimants: killers.map(({ accountId, characterId }, index) => {
          return { accountId, characterId, level: 1, damage: 100 - index };
        }),
      },
      { int: (_min, max) => max },
    );
  const shared = [await kill(1, players.slice(0, 4)), await kill(2, players.slice(0, 4))].flat();
  await found(party);
  const rolled = await kill(3, party);
  return {
    dropIds: [...shared, ...rolled].map(({ dropId }) => dropId),
    rollIds: rolled.flatMap(({ slots }) => slots.flatMap(({ rollId }) => (rollId ? [rollId] : []))),
  };
}

/** What was told while the world was made is nobody's business any more. */
export function settleOutbox(memory: MemoryTable): void {
  for (const { pk, sk, _et } of memory.items()) {
    if (_et === 'Outbox') memory.execute('DeleteItem', { TableName: memory.tableName, Key: { pk, sk } });
  }
}
