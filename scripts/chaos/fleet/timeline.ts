import { readFileSync } from 'node:fs';
import type { ZoneFence } from '#functions/zone/public.ts';
import { readLeases } from '#functions/zone/store-leases.ts';
import type { StruckFleet } from './fleet-process.ts';
import type { ZoneBot } from './zone-bot.ts';
import type { ZoneStage } from './zone-stage.ts';

const parts = ['clients', 'functions', 'fleet', 'stores'] as const;
type Part = (typeof parts)[number];
/** Processor time so far of each thread or process. */
type Used = ReadonlyMap<string, { readonly part: Part; readonly ms: number }>;

/** Where the time of one round goes, from its strike until everybody is back. */
export class Timeline {
  private readonly stage: ZoneStage;
  private readonly shards: readonly StruckFleet[];
  private readonly fences: readonly ZoneFence[];
  private readonly before: Used;
  private readonly struckAtMs: number;

  private constructor(stage: ZoneStage, shards: readonly StruckFleet[], fences: readonly ZoneFence[], before: Used) {
    this.stage = stage;
    this.shards = shards;
    this.fences = fences;
    this.before = before;
    this.struckAtMs = performance.now();
  }

  /** To be called just before the strike at the owner of these. */
  static async begin(stage: ZoneStage, shards: readonly StruckFleet[], fences: readonly ZoneFence[]) {
    return new Timeline(stage, shards, fences, await usedBy(stage, shards));
  }

  /** When the last lease of the struck owner ends: to be read before another has claimed it. */
  async leaseEndMs(): Promise<number> {
    const leases = await readLeases(this.fences.map(({ zoneId }) => zoneId));
    return Math.max(...leases.map(({ leaseUntilMs }) => leaseUntilMs)) - performance.timeOrigin;
  }

  /**
   * In seconds since the strike: the end of the lease; when another took players; when `enter` gave the first, the
   * middle and the last of them the ticket with which they came in; when those were in. Then what each asked for, and
   * the processor time of each part.
   */
  async told(leaseEndMs: number, bots: readonly ZoneBot[], logFile: string): Promise<string> {
    if (bots.length === 0) return '';
    const sinceStrike = (atMs: number) => ((atMs - this.struckAtMs) / 1_000).toFixed(1);
    const spread = (times: readonly number[]) => {
      const sorted = times.toSorted((one, other) => one - other);
      return [0, 0.5, 1].map((share) => sinceStrike(sorted[Math.round((sorted.length - 1) * share)]!)).join('–');
    };
    const asked = bots.map(({ asks }) => asks.filter(({ atMs }) => atMs > this.struckAtMs));
    const tickets = asked.flatMap((of) => of.filter(({ isRefused }) => !isRefused).slice(-1));
    const perBot = (count: number) => (count / bots.length).toFixed(1);
    const refused = asked.flat().filter(({ isRefused }) => isRefused).length;
    const after = await usedBy(this.stage, this.shards);
    const used = parts.map((part) => `${part} ${(this.usedMs(part, after) / bots.length).toFixed(0)}`);
    return [
      `lease over ${sinceStrike(leaseEndMs)}, open ${this.fences.map((of) => sinceStrike(openedAtMs(logFile, of))).join(' ')}`,
      `tickets ${spread(tickets.map(({ atMs }) => atMs))}, in ${spread(bots.map(({ welcomed }) => welcomed!.atMs))}`,
      `asked ${perBot(asked.flat().length)} times each, refused ${perBot(refused)}`,
      `processor ms each: ${used.join(', ')}`,
    ].join('; ');
  }

  private usedMs(part: Part, after: Used): number {
    let sum = 0;
    for (const [name, { ms }] of this.before)
      if (after.get(name)?.part === part) sum += Math.max(0, after.get(name)!.ms - ms);
    return sum;
  }
}

async function usedBy(stage: ZoneStage, shards: readonly StruckFleet[]): Promise<Used> {
  const { user, system } = process.threadCpuUsage();
  return new Map<string, { readonly part: Part; readonly ms: number }>([
    ['clients', { part: 'clients', ms: (user + system) / 1_000 }],
    ['functions', { part: 'functions', ms: await stage.functionsMs() }],
    ...shards.map(({ shardId, pid }) => [shardId, { part: 'fleet', ms: processorMsOf(pid) }] as const),
    ...stage.storePids.map((pid) => [String(pid), { part: 'stores', ms: processorMsOf(pid) }] as const),
  ]);
}

/** User and system time of a process so far; 0 when it is gone. */
function processorMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** When a unit was run again after this life of it, by the log of the fleet; NaN: never. */
function openedAtMs(logFile: string, { zoneId, epoch }: ZoneFence): number {
  for (const line of readFileSync(logFile, 'utf8').split('\n')) {
    if (!line.includes('"zone claimed"')) continue;
    const entry = JSON.parse(line) as { readonly timestamp: string; readonly zoneId: string; readonly epoch: number };
    if (entry.zoneId === zoneId && entry.epoch > epoch) return Date.parse(entry.timestamp) - performance.timeOrigin;
  }
  return Number.NaN;
}
