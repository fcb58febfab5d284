/** Kinds of metric lines that tell what was consumed, by the dimension that names who consumed it. */
const KINDS = {
  Endpoint: 'endpoint',
  Subscriber: 'subscriber',
  Job: 'job',
  Trigger: 'trigger',
  Shard: 'fleet',
} as const;

/** What one call consumed, from its metric line. A line of the fleet covers its last ten seconds. */
export interface ConsumptionLine {
  readonly id: string;
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  readonly atMs: number;
  readonly readUnits: number;
  /** By AWS's rule. */
  readonly writeUnits: number;
  /** As the service reported them. */
  readonly reportedWriteUnits: number;
  readonly tableCalls: number;
  /** The endpoint refused the call. What its refused writes cost is not told, though AWS bills them. */
  readonly isRefusal: boolean;
}

/** All calls of one function. */
export interface FunctionConsumption extends Pick<ConsumptionLine, 'id' | 'kind'> {
  readonly calls: number;
  readonly refusals: number;
  readonly readUnits: Sum;
  readonly writeUnits: Sum;
  readonly reportedWriteUnits: Sum;
  readonly tableCalls: number;
}

/** `total` is of all calls, `mean` and `max` are of those that were not refused; 0 when all were. */
export interface Sum {
  readonly total: number;
  readonly mean: number;
  readonly max: number;
}

/** At most so many lines of a log are asked for: the control endpoint's own limit. */
const LOG_LINES = 5_000;

export interface Consumption {
  readonly functions: readonly FunctionConsumption[];
  /** Functions that wrote more lines than can be read back: their figures are of the latest. */
  readonly cut: readonly string[];
}

/** What a local cloud tells the time to be: its metric lines carry this clock. */
export async function cloudNowMs(controlUrl: string): Promise<number> {
  const { nowMs } = (await (await fetch(`${controlUrl}/_local/health`)).json()) as { nowMs: number };
  return nowMs;
}

/** Everything that a local cloud's functions and fleet have consumed since then, from their logs. */
export async function consumptionSince(controlUrl: string, sinceMs: number): Promise<Consumption> {
  const { logs } = (await (await fetch(`${controlUrl}/_local/logs`)).json()) as { logs: readonly string[] };
  const cut: string[] = [];
  const found: ConsumptionLine[] = [];
  for (const name of logs) {
    const response = await fetch(`${controlUrl}/_local/logs/${encodeURIComponent(name)}?lines=${LOG_LINES}`);
    if (!response.ok) continue;
    const { lines } = (await response.json()) as { lines: readonly string[] };
    const all = lines.map(readLine).filter((line) => line !== undefined);
    const ofRun = all.filter(({ atMs }) => atMs >= sinceMs);
    if (lines.length === LOG_LINES && ofRun.length === all.length) cut.push(name);
    found.push(...ofRun);
  }
  return { functions: byFunction(found), cut };
}

/** The consumption that a log line tells of, if it is a metric line that does. */
export function readLine(text: string): ConsumptionLine | undefined {
  const start = text.indexOf('{"_aws"');
  if (start < 0) return undefined;
  let line: Record<string, unknown> & { _aws?: { Timestamp?: number } };
  try {
    line = JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
  const dimension = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => typeof line[name] === 'string');
  if (!dimension || typeof line.ReadUnits !== 'number') return undefined;
  return {
    id: String(line[dimension]),
    kind: KINDS[dimension],
    atMs: Number(line._aws?.Timestamp),
    readUnits: line.ReadUnits,
    writeUnits: Number(line.WriteUnitsByRule),
    reportedWriteUnits: Number(line.WriteUnits),
    tableCalls: Number(line.TableCalls),
    isRefusal: Number(line.statusCode ?? 200) >= 300,
  };
}

/** The lines summed up by function. */
export function byFunction(lines: readonly ConsumptionLine[]): readonly FunctionConsumption[] {
  const groups = Map.groupBy(lines, ({ id, kind }) => `${kind} ${id}`);
  return [...groups.values()].map((group) => {
    const served = group.filter(({ isRefusal }) => !isRefusal);
    const sum = (of: (line: ConsumptionLine) => number): Sum => ({
      total: total(group.map(of)),
      mean: served.length === 0 ? 0 : total(served.map(of)) / served.length,
      max: Math.max(0, ...served.map(of)),
    });
    const { id, kind } = group[0]!;
    return {
      id,
      kind,
      calls: group.length,
      refusals: group.length - served.length,
      readUnits: sum((line) => line.readUnits),
      writeUnits: sum((line) => line.writeUnits),
      reportedWriteUnits: sum((line) => line.reportedWriteUnits),
      tableCalls: sum((line) => line.tableCalls).total,
    };
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
