import { domains } from '#functions/domains.ts';
import { table } from '../bench/report.ts';
import type { Consumption, FunctionConsumption } from './consumption.ts';
import { type CountedUnits, playerHourCost, sumOf, tableCost, type Units } from './cost-model.ts';

/** It is handed every event once, so that its calls tell how many were published. */
const COUNTS_EVERY_EVENT = 'analytics.count-events';
const RELAY = 'platform.relay';
const AUTHORIZER = 'platform.authorize-http';
const PUSH_SERVICE = 'push.deliver';
const ROWS = 20;
/** The design's target for an hour, at 5,000 players at once. */
const TARGET_USD = 0.0012;

/** What the run itself knows beside the metric lines. */
export interface RunFacts {
  readonly players: number;
  /** Messages that reached the players' sockets. */
  readonly pushes: number;
  /** Whether the players went into the zone. */
  readonly zone: boolean;
  readonly allFunctions: boolean;
}

const budgets: ReadonlyMap<string, Units> = new Map(
  domains.flatMap(({ endpoints }) => endpoints.map(({ id, budget }) => [id, budget] as const)),
);

/** The run's consumption as text: by function, per player, and as the cost of an hour. */
export function consumptionReport(consumption: Consumption, facts: RunFacts): string {
  const { functions, cut } = consumption;
  if (functions.length === 0) return 'No function has told what it consumed.';
  return [
    functionTable(functions, facts.allFunctions),
    ...cut.map((name) => `${name}: more lines than can be read back; the figures are of the latest`),
    '',
    perPlayer(functions, facts),
    '',
    hourTable(countedUnits(functions, facts)),
  ].join('\n');
}

function unitsOf({ readUnits, writeUnits }: FunctionConsumption): Units {
  return { readUnits: readUnits.total, writeUnits: writeUnits.total };
}

function functionTable(functions: readonly FunctionConsumption[], all: boolean): string {
  const dearest = functions
    .filter(({ tableCalls }) => tableCalls > 0)
    .sort((a, b) => tableCost(unitsOf(b)) - tableCost(unitsOf(a)));
  const rows = (all ? dearest : dearest.slice(0, ROWS)).map((one) => {
    const budget = budgets.get(one.id);
    const isOver =
      budget && (one.readUnits.max > budget.readUnits || one.writeUnits.max > budget.writeUnits) ? ' !' : '';
    return [
      one.kind === 'fleet' ? `${one.id} (fleet, per 10 s)` : one.id,
      String(one.calls),
      one.refusals > 0 ? String(one.refusals) : '',
      one.readUnits.mean.toFixed(1),
      one.readUnits.max.toFixed(1),
      one.writeUnits.mean.toFixed(1),
      one.writeUnits.max.toFixed(1),
      one.reportedWriteUnits.mean.toFixed(1),
      budget ? `${budget.readUnits}/${budget.writeUnits}${isOver}` : '–',
    ];
  });
  const head = ['function', 'calls', 'refused', 'RCU mean', 'max', 'WCU mean', 'max', 'WCU reported', 'budget R/W'];
  const rest = dearest.length - rows.length;
  return [
    'Consumed capacity by function, dearest of this run first',
    table(head, rows),
    ...(rest > 0 ? [`and ${rest} more: --all-functions`] : []),
  ].join('\n');
}

function perPlayer(functions: readonly FunctionConsumption[], { players }: RunFacts): string {
  const total = functions
    .map(unitsOf)
    .reduce((sum, one) => ({ readUnits: sum.readUnits + one.readUnits, writeUnits: sum.writeUnits + one.writeUnits }), {
      readUnits: 0,
      writeUnits: 0,
    });
  const of = (kind: FunctionConsumption['kind']) =>
    functions.filter((one) => one.kind === kind).reduce((sum, { calls }) => sum + calls, 0) / players;
  const tableCalls = functions.reduce((sum, one) => sum + one.tableCalls, 0);
  return [
    `The journey, per player (${players} players)`,
    `  table      ${(total.readUnits / players).toFixed(0)} RCU, ${(total.writeUnits / players).toFixed(0)} WCU in ${(tableCalls / players).toFixed(0)} calls: $${(tableCost(total) / players).toFixed(6)}`,
    `  functions  ${of('endpoint').toFixed(0)} HTTP calls, ${of('subscriber').toFixed(0)} deliveries of events, ${of('trigger').toFixed(0)} triggers`,
  ].join('\n');
}

/** What the run tells of the units that the hour is made of. */
export function countedUnits(functions: readonly FunctionConsumption[], facts: RunFacts): CountedUnits {
  const named = (id: string) => functions.find((one) => one.id === id);
  const share = (of: readonly (FunctionConsumption | undefined)[], by: number): Units | undefined => {
    const present = of.filter((one) => one !== undefined);
    if (present.length === 0 || by === 0) return undefined;
    return {
      readUnits: present.reduce((sum, one) => sum + one.readUnits.total, 0) / by,
      writeUnits: present.reduce((sum, one) => sum + one.writeUnits.total, 0) / by,
    };
  };
  const kind = (wanted: FunctionConsumption['kind']) => functions.filter((one) => one.kind === wanted);
  const deliveries = kind('subscriber').reduce((sum, { calls }) => sum + calls, 0);
  return {
    endpoints: new Map(
      kind('endpoint')
        .filter(({ calls, refusals }) => calls > refusals)
        .map((one) => [one.id, { readUnits: one.readUnits.mean, writeUnits: one.writeUnits.mean }]),
    ),
    authorizer: share([named(AUTHORIZER)], named(AUTHORIZER)?.calls ?? 0),
    perEvent: share([named(RELAY)], named(COUNTS_EVERY_EVENT)?.calls ?? 0),
    perDelivery: share(kind('subscriber'), deliveries),
    perPush: share([named(PUSH_SERVICE)], facts.pushes),
    perVisit: facts.zone ? share(kind('fleet'), facts.players) : undefined,
  };
}

function hourTable(counted: CountedUnits): string {
  const lines = playerHourCost(counted, budgets);
  const sum = sumOf(lines);
  const row = (name: string, usd: number, basis: string, detail: string) =>
    `${name.padEnd(36)}${usd.toFixed(7)}  ${`${((100 * usd) / sum).toFixed(0)} %`.padStart(5)}  ${basis.padEnd(16)}${detail}`.trimEnd();
  return [
    'Cost of a player’s hour in US dollars. Counted: the units of one call. How often it happens is assumed.',
    ...lines.map(({ name, usd, basis, detail }) => row(name, usd, basis, detail)),
    row('sum', sum, '', `${sum <= TARGET_USD ? 'within' : 'above'} the target of ${TARGET_USD}`),
  ].join('\n');
}
