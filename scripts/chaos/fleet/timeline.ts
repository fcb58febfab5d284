import { readFileSync } from 'node:fs';
import type { ZoneFence } from '#functions/zone/public.ts';
import type { ZoneBot } from './zone-bot.ts';

/** Processor time of each part since the process began, in ms. */
export interface ProcessorTime {
  /** The thread that runs all clients. */
  readonly clients: number;
  /** The threads that run what players call. */
  readonly functions: number;
  readonly fleet: number;
  readonly stores: number;
}

/** Processor time that a process has used so far, in ms; 0 when it is gone. */
export function processorMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    // User and system time, in hundredths of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** When a process has begun to run a unit in a life later than this one, by its log: wall clock; undefined: never. */
export function openedAtMs(logFile: string, { zoneId, epoch }: ZoneFence): number | undefined {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  for (const line of lines) {
    if (!line.includes('"zone claimed"')) continue;
    const entry = JSON.parse(line) as { timestamp: string; zoneId: string; epoch: number };
    if (entry.zoneId === zoneId && entry.epoch > epoch) return Date.parse(entry.timestamp);
  }
  return undefined;
}

/** The seconds of the first, of the one in the middle and of the last. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN) / 1_000;
  return [0, 0.5, 1].map((share) => at(share).toFixed(1)).join('–');
}

/** How a round went, in seconds since its strike. */
export function timelineOf(round: {
  readonly struckAtMs: number;
  readonly leaseEndsMs: number;
  readonly openedMs: number | undefined;
  readonly bots: readonly ZoneBot[];
  readonly used: ProcessorTime;
}): string {
  const { struckAtMs, leaseEndsMs, openedMs, bots, used } = round;
  const since = (atMs: number) => atMs - struckAtMs;
  const asked = bots.map(({ asks }) => asks.filter(({ atMs }) => atMs > struckAtMs));
  const total = asked.reduce((sum, all) => sum + all.length, 0);
  const refused = asked.reduce((sum, all) => sum + all.filter(({ isAnswered }) => !isAnswered).length, 0);
  const answered = asked.flatMap((all) => all.filter(({ isAnswered }) => isAnswered).slice(-1));
  const cpu = Object.entries(used).map(([part, ms]) => `${part} ${(ms / 1_000).toFixed(1)}`);
  return [
    `lease ended ${(leaseEndsMs / 1_000).toFixed(1)}`,
    `open ${((openedMs ?? Number.NaN) / 1_000).toFixed(1)}`,
    `answered ${spread(answered.map(({ atMs }) => since(atMs)))}`,
    `in ${spread(bots.map(({ welcomed }) => since(welcomed!.atMs)))}`,
    `${(total / bots.length).toFixed(1)} asked each, ${(refused / bots.length).toFixed(1)} refused`,
    `processor s: ${cpu.join(', ')}`,
  ].join('; ');
}
