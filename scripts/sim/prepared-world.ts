import { vendors } from '#content/vendors.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { mailRules } from '#functions/mail/rules.ts';
import { useDestinations } from '#functions/platform/publisher.ts';
import { claimZone, type ZoneFence } from '#functions/zone/public.ts';
import { MINUTE_MS, SECOND_MS, useClock } from '#shared/kernel/clock.ts';
import { type DropId, deriveId, type ItemId, type LootRollId, type Slug } from '#shared/kernel/ids.ts';
import { useRandomSource } from '#shared/kernel/random.ts';
import { useLedger } from '#shared/ledger/ledger.ts';
import { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { metered, useTable } from '#shared/table/table.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { httpEvent, lambdaContext } from '#shared/testing/invocations.ts';
import { memoryDocumentClient } from '#shared/testing/memory-table/memory-client.ts';
import { MemoryTable, type TableSnapshot } from '#shared/testing/memory-table/memory-table.ts';
import { seededRandom } from '#shared/testing/seeded-random.ts';
import { createPlayer, createStaff, endow, logIn, type Player, START_MS, scene } from './cast.ts';
import { type Call, give, leaveDrops, readyQuests, sendMails, sendOldMails, settleOutbox, wearDown } from './props.ts';
import { readings } from './readings.ts';
import { loadRoutes, type Routes } from './routes.ts';
import { sabotaged } from './sabotage.ts';

const TABLE = 'simulation';
const SHARD = deriveId('shd', 'sim');
const PREPARATION_SEED = 20_260_601;
const ENVIRONMENT = { STAGE: 'sim', BUS_NAME: 'sim-bus', LOG_LEVEL: 'SILENT', AWS_REGION: 'eu-central-1' };
const NAMES = ['Bibi', 'Coco', 'Didi', 'Fifi', 'Gogo', 'Jojo', 'Kiki', 'Momo'];

/** Whose bag is full but for two slots. */
const HOARDER = 2;
/** Who roll for what falls to their party. */
const PARTY = [0, 2, 3] as const;
/** What everybody has in their bag. */
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

/** What everybody has besides, and has given away before it begins. */
const GIFTS: readonly (readonly [Slug, number])[] = [
  ['copper-braid', 10],
  ['noodle-bowl', 3],
  ['weld-torch', 1],
  ['polymer-resin', 8],
  ['salt-crystal', 5],
  ['splice-lead', 1],
];
/** The one of them that was sold. */
const SOLD = GIFTS.length - 1;

export const vendor = vendors.all.find(({ zone }) => zone === scene.id)!;

/** One world, made once, from which every simulation begins. */
export interface PreparedWorld {
  readonly memory: MemoryTable;
  readonly client: ReturnType<typeof memoryDocumentClient>;
  readonly routes: Routes;
  readonly snapshot: TableSnapshot;
  /** Plants a bug between the handlers and the table, and returns what takes it out again. */
  readonly useSabotage: ReturnType<typeof sabotaged>;
  /** Puts somebody there who is told of what is read. */
  readonly useReader: ReturnType<typeof readings>;
  /** Nobody works on it: each simulation has a copy. */
  readonly ledger: MemoryLedger;
  /** What checks compare with. */
  readonly before: {
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly audit: ReturnType<MemoryLedger['audit']>;
  };
  readonly players: readonly Player[];
  /** Who may take and give. */
  readonly staff: Actor;
  readonly fence: ZoneFence;
  /** What lies in the world. */
  readonly dropIds: readonly DropId[];
  /** Rolls of a party for some of it. */
  readonly rollIds: readonly LootRollId[];
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
  const useSabotage = sabotaged(client, memory);
  const useReader = readings(client);
  const ledger = new MemoryLedger();
  const routes = await loadRoutes();
  const time = { nowMs: START_MS - mailRules.lifeMs - mailRules.valueDelayMs };
  const undo = [
    useClock({ nowMs: () => time.nowMs }),
    useRandomSource(seededRandom(PREPARATION_SEED)),
    useTable({ client, tableName: TABLE }),
    useLedger(ledger),
    useMetricSink(() => {}),
    useDestinations({ putEvents: async () => [], sendPushes: async () => [] }),
  ];
  let keys = 0;
  const call: Call = async (endpointId, request) => {
    const { endpoint, handler } = routes.endpoints.get(endpointId)!;
    keys += 1;
    // Nobody is held up by the rate of calls.
    time.nowMs += 100;
    const idempotencyKey = `prepare-${String(keys).padStart(6, '0')}`;
    const { statusCode = 0, body } = await handler(
      httpEvent(endpoint, { ...request, idempotencyKey }, time.nowMs),
      lambdaContext(),
    );
    if (statusCode >= 300) throw new Error(`${endpointId} answered ${body}`);
    return body ? JSON.parse(body) : undefined;
  };

  const claimed = await claimZone({
    zoneId: scene.id,
    shardId: SHARD,
    url: 'ws://127.0.0.1/zone',
    leaseMs: 2 * mailRules.lifeMs,
  });
  const fence: ZoneFence = { zoneId: scene.id, shardId: SHARD, epoch: claimed!.epoch };
  const players: Player[] = [];
  const gifts: ItemId[][] = [];
  for (const name of NAMES) {
    const player = await createPlayer(fence, name);
    await endow(player, FUNDS);
    const ids: ItemId[] = [];
    for (const [nth, [templateId, count]] of [...BELONGINGS, ...GIFTS].entries()) {
      ids.push(await give(player, templateId, count, nth));
    }
    players.push(player);
    gifts.push(ids.slice(BELONGINGS.length));
  }
  await sendOldMails(call, time, players, gifts);
  time.nowMs = START_MS - mailRules.valueDelayMs - MINUTE_MS;
  await sendMails(call, players, gifts);
  await readyQuests(players);
  for (const [index, actor] of players.entries()) {
    const body = { itemId: gifts[index]![SOLD]!, version: 1 };
    await call('vendor.sell', { actor, params: { vendorId: vendor.id }, body });
  }
  for (let nth = 0; nth < BULK; nth += 1) await give(players[HOARDER]!, 'dockhand-boots', 1, 1_000 + nth);
  wearDown(memory);
  time.nowMs = START_MS - 10 * SECOND_MS;
  // What has arrived by now is announced.
  await routes.jobs.get('mail.run-due')!({}, lambdaContext());
  const { dropIds, rollIds } = await leaveDrops(
    fence,
    players,
    PARTY.map((index) => players[index]!),
  );
  for (const [index, player] of players.entries()) players[index] = await logIn(fence, player);
  const staff = await createStaff();
  settleOutbox(memory);
  for (const one of undo.reverse()) one();
  return {
    ...{ memory, client, useSabotage, useReader, routes, ledger, players, staff, fence, dropIds, rollIds },
    snapshot: memory.snapshot(),
    before: { rows: memory.items(), audit: ledger.audit() },
  };
}
