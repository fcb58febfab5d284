/**
 * What an hour of one player costs, as data: prices, a profile of the hour, and the sum. All prices in US dollars for
 * us-east-1, as published between March and August 2026, free tiers ignored.
 */
const MILLION = 1_000_000;

export const prices = {
  /** DynamoDB on demand, per unit. */
  readUnit: 0.125 / MILLION,
  writeUnit: 0.625 / MILLION,
  /** Lambda on arm64. */
  lambdaRequest: 0.2 / MILLION,
  lambdaGbSecond: 0.0000133334,
  httpRequest: 1 / MILLION,
  socketMessage: 1 / MILLION,
  socketMinute: 0.25 / MILLION,
  busEvent: 1 / MILLION,
  queueRequest: 0.4 / MILLION,
  /** Fargate on arm64. */
  fargateCpuHour: 0.03238,
  fargateGbHour: 0.00356,
  auroraAcuHour: 0.12,
  egressGb: 0.09,
} as const;

/** DynamoDB units of one call. */
export interface Units {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** What a player does in an hour. All of it is assumed; the mix of calls is that of a player who fights and quests. */
export const playerHour = {
  /** Calls to the HTTP API, by endpoint: 48 that a player means, and a heart-beat every 30 seconds. */
  calls: {
    'auth.refresh': 6,
    'session.heartbeat': 120,
    'zone.enter-zone': 2,
    'loot.pick-up': 12,
    'inventory.list-inventory': 6,
    'quest.list-quests': 4,
    'quest.accept-quest': 2,
    'quest.talk': 4,
    'quest.complete-quest': 2,
    'progression.get-progression': 3,
    'notification.list': 3,
    'notification.mark-read': 3,
    'friend.list': 1,
  } as Readonly<Record<string, number>>,
  /** The gateway keeps a verdict for 5 minutes. */
  authorizerCalls: 12,
  events: 15,
  deliveries: 30,
  /** Stored under the player's topics and posted to the open socket. */
  pushes: 60,
  /** Heart-beats and other frames that the player sends. */
  socketFramesIn: 15,
  socketMinutes: 60,
  /** Times in a zone: enters, fights for a quest, leaves. */
  zoneVisits: 2,
  /** The fleet saves a moving character twice a minute: the save and the check of its lease in one transaction. */
  saves: 120,
  saveUnits: { readUnits: 0, writeUnits: 4 } as Units,
  lambdaMs: 25,
  lambdaGb: 0.5,
  /** Send, receive, delete; batches need fewer. */
  queueRequestsPerMessage: 3,
  /** Moves of items alone, and settlements of items against money, all in, by the design's own estimate. */
  itemMoves: { count: 4, usd: 7.8 / MILLION },
  settlements: { count: 1, usd: 33 / MILLION },
  /** A task of 1 vCPU and 2 GB carries 500 players, one Aurora capacity unit 5,000. */
  fargate: { cpus: 1, gb: 2, players: 500 },
  playersPerAcu: 5_000,
  egressBytesPerSecond: 2_000,
} as const;

export type PlayerHour = typeof playerHour;

/** Mean units of one call, as a run counted them; what it has not counted is left out. */
export interface CountedUnits {
  readonly endpoints: ReadonlyMap<string, Units>;
  readonly authorizer?: Units | undefined;
  /** Of the relay, for each event that it published. */
  readonly perEvent?: Units | undefined;
  /** Of the subscribers, for each event that was handed to one. */
  readonly perDelivery?: Units | undefined;
  /** Of the push service, for each message that reached a player. */
  readonly perPush?: Units | undefined;
  /** Of the fleet, for each player that entered, fought and left. */
  readonly perVisit?: Units | undefined;
}

/** Taken where a run has not counted. */
export const assumedUnits = {
  authorizer: { readUnits: 0.5, writeUnits: 0 },
  perEvent: { readUnits: 0, writeUnits: 4 },
  perDelivery: { readUnits: 2, writeUnits: 8 },
  perPush: { readUnits: 2, writeUnits: 10 },
  perVisit: { readUnits: 20, writeUnits: 60 },
} as const satisfies Record<string, Units>;

export interface CostLine {
  readonly name: string;
  readonly usd: number;
  /** Whether the units of each call were counted in a run; how often it happens is assumed throughout. */
  readonly basis: 'counted' | 'partly counted' | 'assumed';
  /** What was multiplied. */
  readonly detail: string;
}

/** Dollars of so many calls of these units each. */
export function tableCost({ readUnits, writeUnits }: Units, calls = 1): number {
  return calls * (readUnits * prices.readUnit + writeUnits * prices.writeUnit);
}

/** Dollars of so many invocations of `ms` at `gb` of memory each. */
export function lambdaCost(invocations: number, ms: number, gb: number): number {
  return invocations * (prices.lambdaRequest + (ms / 1_000) * gb * prices.lambdaGbSecond);
}

/**
 * The cost of an hour, line by line. Calls that were not counted are priced at their budgets.
 * @throws RangeError when the profile names an endpoint that has neither a count nor a budget.
 */
export function playerHourCost(
  counted: CountedUnits,
  budgets: ReadonlyMap<string, Units>,
  hour: PlayerHour = playerHour,
): readonly CostLine[] {
  const calls = Object.values(hour.calls).reduce((sum, count) => sum + count, 0);
  const invocations = calls + hour.authorizerCalls + hour.events + hour.deliveries + hour.pushes + hour.socketFramesIn;
  const messages = hour.deliveries + hour.pushes;
  const frames = hour.pushes + hour.socketFramesIn;
  const { cpus, gb, players } = hour.fargate;
  const perCall = (name: string, count: number, of: keyof typeof assumedUnits): CostLine => {
    const units = counted[of] ?? assumedUnits[of];
    return {
      name,
      usd: tableCost(units, count),
      basis: counted[of] ? 'counted' : 'assumed',
      detail: `${count} × (${round(units.readUnits)} RRU, ${round(units.writeUnits)} WRU)`,
    };
  };
  const assumed = (name: string, usd: number, detail: string): CostLine => ({ name, usd, basis: 'assumed', detail });
  return [
    endpointTableLine(counted.endpoints, budgets, hour),
    perCall('table: authorizer', hour.authorizerCalls, 'authorizer'),
    perCall('table: relay of events', hour.events, 'perEvent'),
    perCall('table: subscribers', hour.deliveries, 'perDelivery'),
    perCall('table: pushes', hour.pushes, 'perPush'),
    perCall('table: zone visits', hour.zoneVisits, 'perVisit'),
    assumed(
      'table: saves of the character',
      tableCost(hour.saveUnits, hour.saves),
      `${hour.saves} × ${hour.saveUnits.writeUnits} WRU`,
    ),
    assumed('HTTP API', calls * prices.httpRequest, `${calls} requests`),
    assumed(
      'Lambda',
      lambdaCost(invocations, hour.lambdaMs, hour.lambdaGb),
      `${invocations} × ${hour.lambdaMs} ms × ${hour.lambdaGb * 1_024} MB`,
    ),
    assumed('EventBridge', hour.events * prices.busEvent, `${hour.events} events`),
    assumed(
      'SQS',
      messages * hour.queueRequestsPerMessage * prices.queueRequest,
      `${messages} messages × ${hour.queueRequestsPerMessage} requests`,
    ),
    assumed(
      'WebSocket API',
      frames * prices.socketMessage + hour.socketMinutes * prices.socketMinute,
      `${frames} messages, ${hour.socketMinutes} minutes`,
    ),
    assumed(
      'value: items moved, trades settled',
      hour.itemMoves.count * hour.itemMoves.usd + hour.settlements.count * hour.settlements.usd,
      `${hour.itemMoves.count} moves, ${hour.settlements.count} settlement`,
    ),
    assumed(
      'zone fleet on Fargate',
      (cpus * prices.fargateCpuHour + gb * prices.fargateGbHour) / players,
      `1/${players} of ${cpus} vCPU and ${gb} GB`,
    ),
    assumed('Aurora', prices.auroraAcuHour / hour.playersPerAcu, `1/${hour.playersPerAcu} of an ACU`),
    assumed(
      'egress',
      ((hour.egressBytesPerSecond * 3_600) / 1e9) * prices.egressGb,
      `${hour.egressBytesPerSecond / 1_000} KB/s`,
    ),
  ];
}

export function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

function endpointTableLine(
  counted: ReadonlyMap<string, Units>,
  budgets: ReadonlyMap<string, Units>,
  hour: PlayerHour,
): CostLine {
  let readUnits = 0;
  let writeUnits = 0;
  let known = 0;
  const wanted = Object.entries(hour.calls);
  for (const [id, count] of wanted) {
    const units = counted.get(id) ?? budgets.get(id);
    if (!units) throw new RangeError(`${id} is neither counted nor has it a budget`);
    if (counted.has(id)) known += 1;
    readUnits += count * units.readUnits;
    writeUnits += count * units.writeUnits;
  }
  return {
    name: 'table: endpoints',
    usd: tableCost({ readUnits, writeUnits }),
    basis: known === wanted.length ? 'counted' : known > 0 ? 'partly counted' : 'assumed',
    detail: `${round(readUnits)} RRU, ${round(writeUnits)} WRU; ${known} of ${wanted.length} endpoints counted, others at budget`,
  };
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
