import { listInventory } from '#functions/inventory/contract.ts';
import { deposit } from '#functions/inventory/contract-arrange.ts';
import { list, send, takeAll, takeMoney } from '#functions/mail/contract.ts';
import { sell } from '#functions/vendor/contract.ts';
import type { ValueStores } from '#scripts/chaos/value-stores.ts';
import type { Duper } from '#scripts/e2e/dupes/player.ts';
import { cloudNowMs, consumptionSince, type FunctionConsumption } from '#scripts/journey/consumption.ts';
import { lambdaCost, playerHour, prices, tableCost, type Units } from '#scripts/journey/cost-model.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { table } from '../report.ts';
import { untilIdle } from '../until-idle.ts';
import { agree } from './bargain.ts';

/** Settlements of each kind; the first of them, which starts the functions, is not counted. */
const TIMES = 4;
const MILLION = 1_000_000;
const VENDOR = 'brine-and-sons';
/** It is handed every event once, so that its calls tell how many were published. */
const COUNTS_EVERY_EVENT = 'analytics.count-events';
const GIVEN = 20_000n;
const PAYMENT = '100';

type Lane = 'items' | 'money' | 'both';

/** What the design expects of a million, all in (VALUE 8). */
const aims: Readonly<Record<Lane, { readonly writeUnits?: number; readonly usd: number }>> = {
  items: { writeUnits: 8, usd: 7.8 },
  money: { usd: 2.8 },
  both: { writeUnits: 40, usd: 33 },
};

export interface LaneStage {
  readonly controlUrl: string;
  readonly stores: ValueStores;
  /** Writes to its own second character. */
  readonly mailer: Duper;
  readonly twin: CharacterId;
  /** Two who stand together in a zone. */
  readonly ana: Duper;
  readonly bob: Duper;
}

/** One kind of settlement: how to prepare it, and the call that settles, whose endpoint is what is counted. */
interface Kind {
  readonly name: string;
  readonly lane: Lane;
  /** The endpoint that settles. */
  readonly endpoint: string;
  /** Prepares one; answers what settles it. */
  readonly prepare: () => Promise<() => Promise<unknown>>;
}

/** Counts and prices settlements of each lane, and prints them beside the aims. */
export async function printLanes(stage: LaneStage): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kindsOf(stage)) rows.push(await rowOf(kind, stage.controlUrl));
  console.log(`\nSettlements by lane: units and dollars of one, ${TIMES} of each\n`);
  const head = [
    'settlement',
    'lane',
    'RRU',
    'WRU',
    'all RRU',
    'all WRU',
    'events',
    '$/M table',
    '$/M all in',
    'aim WRU',
    'aim $/M',
  ];
  console.log(table(head, rows));
  console.log(
    '\nRRU, WRU (by rule): of the call that settles; all: with the relay and everything that its events set off. All in: these,\n' +
      `the request, ${playerHour.lambdaMs} ms of Lambda at ${playerHour.lambdaGb * 1_024} MB for each function that ran, its events, and the queues' requests.\n` +
      'The share of Aurora is not in it: it is rented by the hour. Aims: VALUE 8, where those of both are for a trade of 6 items.',
  );
}

async function rowOf({ name, lane, endpoint, prepare }: Kind, controlUrl: string): Promise<string[]> {
  await (await prepare())();
  const seen: FunctionConsumption[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const act = await prepare();
    await untilIdle(controlUrl);
    const sinceMs = await cloudNowMs(controlUrl);
    await act();
    await untilIdle(controlUrl);
    // What runs by the clock or plays no part is not this settlement's.
    seen.push(...(await consumptionSince(controlUrl, sinceMs)).functions.filter(belongs(endpoint)));
  }
  const own = unitsOf(seen.filter(({ id }) => id === endpoint));
  const all = unitsOf(seen);
  const calls = seen.reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const deliveries = seen.filter(({ kind }) => kind === 'subscriber').reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const events = seen.filter(({ id }) => id === COUNTS_EVERY_EVENT).reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const { lambdaMs, lambdaGb, queueRequestsPerMessage } = playerHour;
  const usd =
    tableCost(all) +
    prices.httpRequest +
    lambdaCost(calls, lambdaMs, lambdaGb) +
    events * prices.busEvent +
    deliveries * queueRequestsPerMessage * prices.queueRequest;
  const aim = aims[lane];
  return [
    name,
    lane,
    own.readUnits.toFixed(1),
    own.writeUnits.toFixed(1),
    all.readUnits.toFixed(1),
    all.writeUnits.toFixed(1),
    events.toFixed(1),
    (tableCost(own) * MILLION).toFixed(1),
    (usd * MILLION).toFixed(1),
    aim.writeUnits === undefined ? '–' : String(aim.writeUnits),
    aim.usd.toFixed(1),
  ];
}

const belongs = (endpoint: string) => (one: FunctionConsumption) =>
  one.id === endpoint || one.kind === 'subscriber' || one.kind === 'trigger';

function unitsOf(functions: readonly FunctionConsumption[]): Units {
  const sum = (of: (one: FunctionConsumption) => number) =>
    functions.reduce((total, one) => total + of(one), 0) / TIMES;
  return { readUnits: sum((one) => one.readUnits.total), writeUnits: sum((one) => one.writeUnits.total) };
}

function kindsOf({ stores, mailer, twin, ana, bob }: LaneStage): readonly Kind[] {
  const first = mailer.characterId;
  const letter = { to: [{ characterId: twin }], subject: 'For my twin', body: 'Keep it safe' };
  /** Sends a letter from the first character; the second opens it. */
  const mailed = async (content: object) => {
    await mailer.play(first);
    await mailer.must(send, { body: { ...letter, ...content } });
    await mailer.play(twin);
    const { mails } = await mailer.must(list, { query: { limit: '20' } });
    const { mailId } = mails[0];
    return { params: { mailId } };
  };
  const wafers = async (count: number) => {
    const [itemId] = await stores.giveItems(first, ['logic-wafer', count]);
    return [{ itemId: itemId!, count }];
  };
  let traded: readonly ItemId[] = [];
  let isRich = false;
  const enrich = async () => {
    if (isRich) return;
    isRich = true;
    for (const owner of [first, twin, bob.characterId]) await stores.giveMoney(owner, GIVEN);
  };
  return [
    {
      ...{ name: 'deposit in the bank', lane: 'items', endpoint: deposit.id },
      prepare: async () => {
        await mailer.play(first);
        const { itemId } = (await wafers(3))[0]!;
        return () => mailer.must(deposit, { params: { itemId }, body: {} });
      },
    },
    {
      ...{ name: 'take an item out of a mail', lane: 'items', endpoint: takeAll.id },
      prepare: async () => {
        await enrich();
        const call = await mailed({ items: await wafers(3) });
        return () => mailer.must(takeAll, { ...call, body: {} });
      },
    },
    {
      ...{ name: 'take money out of a mail', lane: 'money', endpoint: takeMoney.id },
      prepare: async () => {
        const call = await mailed({ money: PAYMENT });
        return () => mailer.must(takeMoney, call);
      },
    },
    {
      ...{ name: 'sell one thing to a vendor', lane: 'both', endpoint: sell.id },
      prepare: async () => {
        const [itemId] = await stores.giveItems(ana.characterId, ['ceramic-plate', 1]);
        const { items } = await ana.must(listInventory, { query: { container: 'bag', limit: '100' } });
        const { version } = items.find((one: { itemId: string }) => one.itemId === itemId);
        return () => ana.must(sell, { params: { vendorId: VENDOR }, body: { itemId: itemId!, version } });
      },
    },
    {
      ...{ name: 'pay a mail on delivery', lane: 'both', endpoint: takeAll.id },
      prepare: async () => {
        const call = await mailed({ items: await wafers(3), cod: PAYMENT });
        return () => mailer.must(takeAll, { ...call, body: { cod: PAYMENT } });
      },
    },
    {
      ...{ name: 'trade 6 items for money', lane: 'both', endpoint: 'trade.accept' },
      prepare: async () => {
        // Room for the next six.
        if (traded.length > 0) await stores.sinkItems(bob.characterId, traded);
        traded = await stores.giveItems(
          ana.characterId,
          ...Array.from({ length: 6 }, () => ['ceramic-plate', 5] as const),
        );
        return agree({ seller: ana, buyer: bob, itemIds: traded, price: 50n }, new Map());
      },
    },
  ];
}
