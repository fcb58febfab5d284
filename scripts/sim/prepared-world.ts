import { npcs } from '#content/npcs.ts';
import { quests } from '#content/quests.ts';
import { vendors } from '#content/vendors.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { recordKill } from '#functions/loot/public.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { useDestinations } from '#functions/platform/publisher.ts';
import { ONCE } from '#functions/quest/rules.ts';
import { createRunWrite, saveLogWrite } from '#functions/quest/store.ts';
import { claimZone, type ZoneFence } from '#functions/zone/public.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, useClock } from '#shared/kernel/clock.ts';
import { createId, type DropId, deriveId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import { useRandomSource } from '#shared/kernel/random.ts';
import { useLedger } from '#shared/ledger/ledger.ts';
import { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { metered, useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { httpEvent, lambdaContext } from '#shared/testing/invocations.ts';
import { memoryDocumentClient } from '#shared/testing/memory-table/memory-client.ts';
import { MemoryTable, type TableSnapshot } from '#shared/testing/memory-table/memory-table.ts';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { commit, createPlayer, endow, logIn, type Player, scene } from './cast.ts';
import type { Request } from './client.ts';
import { type EndpointId, loadRoutes, type Routes } from './routes.ts';
import { sabotaged } from './sabotage.ts';

export const PLAYERS = 8;
const TABLE = 'simulation';
const SHARD = deriveId('shd', 'sim');
/** When every simulation begins: a Monday noon. */
export const START_MS = Date.UTC(2026, 5, 1, 12);
const PREPARATION_SEED = 20_260_601;
const ENVIRONMENT = { STAGE: 'sim', BUS_NAME: 'sim-bus', LOG_LEVEL: 'SILENT', AWS_REGION: 'eu-central-1' };
const NAMES = ['Bibi', 'Coco', 'Didi', 'Fifi', 'Gogo', 'Jojo', 'Kiki', 'Momo'];

/** What everybody has in their bag; the last one's is full but for two slots. */
const BELONGINGS: readonly (readonly [Slug, number])[] = [
  ['scrap-alloy', 40],
  ['scrap-alloy', 25],
  ['copper-braid', 30],
  ['noodle-bowl', 5],
  ['rebar-cleaver', 1],
  ['dockside-pistol', 1],
  ['tarpaulin-coat', 1],
  ['fusion-bead', 2],
];
const BULK = BAG_SLOTS - BELONGINGS.length - 2;
const FUNDS = 2_000n;

export const vendor = vendors.all.find(({ zone }) => zone === scene.id)!;

/** Quests that players turn in themselves. */
export const turnIns = quests.all.filter(({ autoComplete }) => !autoComplete).slice(0, 2);

/** One world, made once, from which every simulation begins. */
export interface PreparedWorld {
  readonly memory: MemoryTable;
  readonly client: ReturnType<typeof memoryDocumentClient>;
  readonly routes: Routes;
  readonly snapshot: TableSnapshot;
  /** Plants a bug between the handlers and the table, and returns what takes it out again. */
  readonly useSabotage: ReturnType<typeof sabotaged>;
  /** Nobody works on it: each simulation has a copy. */
  readonly ledger: MemoryLedger;
  /** What checks compare with. */
  readonly before: {
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly audit: ReturnType<MemoryLedger['audit']>;
  };
  readonly players: readonly Player[];
  readonly fence: ZoneFence;
  readonly dropIds: readonly DropId[];
}

/**
 * Makes the world: players with money, items, mail that waits and mail that is under way, things that were sold,
 * finished quests, and drops in reach. By the real handlers, with a seed and a clock of its own, so that it is the same in
 * every process.
 */
export async function prepareWorld(): Promise<PreparedWorld> {
  Object.assign(process.env, ENVIRONMENT);
  const memory = new MemoryTable(TABLE);
  const client = metered(memoryDocumentClient(memory));
  const useSabotage = sabotaged(client);
  const ledger = new MemoryLedger();
  const routes = await loadRoutes();
  let nowMs = START_MS - mailRules.valueDelayMs - MINUTE_MS;
  const undo = [
    useClock({ nowMs: () => nowMs }),
    useRandomSource(seededRandom(PREPARATION_SEED)),
    useTable({ client, tableName: TABLE }),
    useLedger(ledger),
    useMetricSink(() => {}),
    useDestinations({ putEvents: async () => [], sendPushes: async () => [] }),
  ];
  let keys = 0;
  const call = async (endpointId: EndpointId, request: Request) => {
    const { endpoint, handler } = routes.endpoints.get(endpointId)!;
    keys += 1;
    // Nobody is held up by the rate of calls.
    nowMs += 100;
    const event = httpEvent(
      endpoint,
      { ...request, idempotencyKey: `prepare-${String(keys).padStart(6, '0')}` },
      nowMs,
    );
    const { statusCode = 0, body } = await handler(event, lambdaContext());
    if (statusCode >= 300) throw new Error(`${endpointId} answered ${body}`);
  };

  const claimed = await claimZone({
    zoneId: scene.id,
    shardId: SHARD,
    url: 'ws://127.0.0.1/zone',
    leaseMs: DAY_MS,
  });
  const fence: ZoneFence = { zoneId: scene.id, shardId: SHARD, epoch: claimed!.epoch };
  const players: Player[] = [];
  const fresh: ItemId[][] = [];
  for (const name of NAMES.slice(0, PLAYERS)) {
    const player = await createPlayer(fence, name);
    await endow(player, FUNDS);
    const ids: ItemId[] = [];
    for (const [templateId, count] of [...BELONGINGS, ...GIFTS]) {
      ids.push(...(await give(player, templateId, count, ids.length, nowMs)));
    }
    players.push(player);
    fresh.push(ids.slice(BELONGINGS.length, BELONGINGS.length + GIFTS.length));
  }
  await sendMails(call, players, fresh);
  await readyQuests(players, nowMs);
  for (const [index, actor] of players.entries()) {
    const body = { itemId: fresh[index]!.at(-1)!, version: 1 };
    await call('vendor.sell', { actor, params: { vendorId: vendor.id }, body });
  }
  for (let nth = 0; nth < BULK; nth += 1) await give(players.at(-1)!, 'dockhand-boots', 1, 1_000 + nth, nowMs);
  wearDown(memory);
  nowMs = START_MS - 10 * SECOND_MS;
  const dropIds = await leaveDrops(fence, players, nowMs);
  for (const [index, player] of players.entries()) players[index] = await logIn(fence, player);
  settleOutbox(memory);
  for (const one of undo.reverse()) one();
  return {
    ...{ memory, client, useSabotage, routes, ledger, players, fence, dropIds },
    snapshot: memory.snapshot(),
    before: { rows: memory.items(), audit: ledger.audit() },
  };
}

/** What everybody has besides, and gives away before it begins. */
const GIFTS: readonly (readonly [Slug, number])[] = [
  ['copper-braid', 10],
  ['noodle-bowl', 3],
  ['weld-torch', 1],
  ['polymer-resin', 8],
  ['splice-lead', 1],
];

async function give(player: Player, templateId: Slug, count: number, nth: number, nowMs: number): Promise<ItemId[]> {
  const { characterId } = player;
  const minted = await mintItems({
    holder: characterId,
    origin: 'quest',
    source: [characterId, 'sim', nth],
    items: [{ templateId, count }],
    nowMs,
  });
  await commit({ writes: minted.changes.writes ?? [] });
  return minted.items.map(({ itemId }) => itemId);
}

/** Everybody gets a mail with items and money, one that costs something, and one that arrives in the first minute. */
async function sendMails(
  call: (endpointId: EndpointId, request: Request) => Promise<void>,
  players: readonly Player[],
  gifts: readonly ItemId[][],
): Promise<void> {
  for (const [index, actor] of players.entries()) {
    const [first, second, third, fourth] = gifts[index]!;
    const to = (by: number) => [{ characterId: players[(index + by) % players.length]!.characterId }];
    const items = (...ids: (ItemId | undefined)[]) => ids.map((itemId) => ({ itemId }));
    const letters = [
      { to: to(1), subject: 'Parts', items: items(first, second), money: '100' },
      { to: to(2), subject: 'For sale', items: items(third), cod: '50' },
      { to: to(3), subject: 'On its way', items: items(fourth), money: '30' },
    ];
    for (const body of letters) await call('mail.send', { actor, body });
  }
}

async function readyQuests(players: readonly Player[], nowMs: number): Promise<void> {
  for (const { accountId, characterId } of players) {
    const writes = turnIns.map(({ id, objectives }) =>
      createRunWrite({
        ...{ characterId, accountId, questId: id, period: ONCE, state: 'COMPLETE', node: undefined, seed: 'sim' },
        counters: Object.fromEntries(objectives.map(({ id: objectiveId, count }) => [objectiveId, count])),
        ...{ acceptedAtMs: nowMs, version: 1 },
      }),
    );
    await commit({ writes: [...writes, saveLogWrite({ characterId, active: 0, version: 0 }, turnIns.length)] });
  }
}

/** A few things that have seen better days, so that there is something to repair. */
function wearDown(memory: MemoryTable): void {
  for (const { pk, sk, _et, durability } of memory.items()) {
    if (_et !== 'Item' || typeof durability !== 'number') continue;
    memory.execute('UpdateItem', {
      TableName: TABLE,
      Key: { pk, sk },
      UpdateExpression: 'SET durability = :left',
      ExpressionAttributeValues: { ':left': Math.floor(durability / 2) },
    });
  }
}

/** Kills of a moment ago: what they left is in reach of all who had a part in them. */
async function leaveDrops(fence: ZoneFence, players: readonly Player[], killedAtMs: number): Promise<DropId[]> {
  const npc = npcs.all.find(({ rank, personalLoot }) => rank === 'normal' && !personalLoot)!;
  const drops: DropId[] = [];
  for (let killSeq = 1; killSeq <= 3; killSeq += 1) {
    const recorded = await recordKill(
      fence,
      {
        ...{ killSeq, npcKind: npc.id, npcLevel: npc.level, spawnId: 'sim.1', x: 100, y: 80, killedAtMs },
        combatId: createId('cbt'),
        claimants: players
          .slice(0, 4)
          .map(({ accountId, characterId }, index) => ({ accountId, characterId, level: 1, damage: 100 - index })),
      },
      { int: (_min, max) => max },
    );
    drops.push(...recorded.map(({ dropId }) => dropId));
  }
  return drops;
}

/** What was told while the world was made is nobody's business any more. */
function settleOutbox(memory: MemoryTable): void {
  for (const { pk, sk, _et } of memory.items()) {
    if (_et === 'Outbox') memory.execute('DeleteItem', { TableName: TABLE, Key: { pk, sk } });
  }
}
