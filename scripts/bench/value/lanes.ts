import { cloudNowMs, consumptionSince, type FunctionConsumption } from '#scripts/journey/consumption.ts';
import { lambdaCost, playerHour, prices, tableCost, type Units } from '#scripts/journey/cost-model.ts';
import { table } from '../report.ts';
import { untilIdle } from '../until-idle.ts';
import { type Kind, kindsOf, type Lane, type LaneStage } from './kinds.ts';

/** Settlements of each kind; the first of them, which starts the functions, is not counted. */
const TIMES = 4;
const MILLION = 1_000_000;
/** It is handed every event once, so that its calls tell how many were published. */
const COUNTS_EVERY_EVENT = 'analytics.count-events';

/** What the design expects of a million, all in (VALUE 8). */
const aims: Readonly<Record<Lane, { readonly writeUnits?: number; readonly usd: number }>> = {
  items: { writeUnits: 8, usd: 7.8 },
  money: { usd: 2.8 },
  both: { writeUnits: 40, usd: 33 },
};

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
      'What pays for a quest is the ledger and one commit that tells of it; all: without what else reacts to the end of a quest.\n' +
      'Every endpoint that moves money stores its settlement first, also where no items go with it: its caller has to hear how it ended.\n' +
      'The share of Aurora is not in it: it is rented by the hour. Aims: VALUE 8, where those of both are for a trade of 6 items.',
  );
}

async function rowOf(
  { name, lane, settledBy, isReaction, apart, prepare }: Kind,
  controlUrl: string,
): Promise<string[]> {
  await (await prepare())();
  const seen: FunctionConsumption[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const act = await prepare();
    await untilIdle(controlUrl);
    const sinceMs = await cloudNowMs(controlUrl);
    await act();
    await untilIdle(controlUrl);
    // What runs by the clock or plays no part is not this settlement's.
    seen.push(...(await consumptionSince(controlUrl, sinceMs)).functions.filter(belongs(settledBy, apart)));
  }
  const own = unitsOf(seen.filter(({ id }) => id === settledBy));
  const all = unitsOf(seen);
  const calls = seen.reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const deliveries = seen.filter(({ kind }) => kind === 'subscriber').reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const events = seen.filter(({ id }) => id === COUNTS_EVERY_EVENT).reduce((sum, one) => sum + one.calls, 0) / TIMES;
  const { lambdaMs, lambdaGb, queueRequestsPerMessage } = playerHour;
  const usd =
    tableCost(all) +
    (isReaction ? 0 : prices.httpRequest) +
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

const belongs = (settledBy: string, apart?: ReadonlySet<string>) => (one: FunctionConsumption) =>
  one.id === settledBy || one.kind === 'trigger' || (one.kind === 'subscriber' && !apart?.has(one.id));

function unitsOf(functions: readonly FunctionConsumption[]): Units {
  const sum = (of: (one: FunctionConsumption) => number) =>
    functions.reduce((total, one) => total + of(one), 0) / TIMES;
  return { readUnits: sum((one) => one.readUnits.total), writeUnits: sum((one) => one.writeUnits.total) };
}
