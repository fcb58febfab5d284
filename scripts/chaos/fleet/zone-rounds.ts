import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ZoneFence } from '#functions/zone/public.ts';
import { readLeases } from '#functions/zone/store-leases.ts';
import { bundle, fleetEntry } from '#scripts/bundle.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { type SeededRandom, seededRandom } from '#shared/testing/seeded-random.ts';
import { amountComplaints } from '../amounts.ts';
import type { Row } from '../value-stores.ts';
import { StruckFleet } from './fleet-process.ts';
import { hasTakenOver, REFUSED, tryToWrite } from './old-owner.ts';
import { PickUpGate } from './pick-up-gate.ts';
import { StruckBots } from './struck-bots.ts';
import { Timeline } from './timeline.ts';
import { GATES, GROUNDS, ZoneBot } from './zone-bot.ts';
import { addReport, emptyReport, mostMs, type ZoneChaosReport } from './zone-report.ts';
import { ZoneStage } from './zone-stage.ts';

export interface ZoneChaosOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly bots: number;
  /** How long leases last: 10 s is what players get, shorter ones make rounds short. */
  readonly leaseMs: number;
  /** Counts all items after each so many rounds, and at the end of each world; picking up pauses for that. */
  readonly countEvery: number;
  say(line: string): void;
}

const ZONES = ['glasswater-docks', 'ember-terraces'] as Slug[];
/** Each holds one zone at most, so that zones are crossed between processes; one waits to take over. */
const SHARDS = ZONES.length + 1;
const ROOT = new URL('../../..', import.meta.url).pathname;
/** A table grows with what was looted, and is counted whole: a long run begins anew from time to time. */
const ROUNDS_OF_A_WORLD = 100;
const LOAD_MS = { min: 150, max: 600 };
/** Where leases are short, clients are as quick to notice that a process stands still. */
const PLAYERS_LEASE_MS = 10_000;
const BACK_TIMEOUT_MS = 45_000;
const ZOMBIE_MS = 3_000;
/** A zone in which nobody moves is not noted again. */
const NOTED_WITHIN_MS = 2_000;
const POLL_MS = 25;
const CREATED_AT_ONCE = 20;
/** Wanderers among the bots. */
const WANDERERS = 0.5;
/** Stops among the strikes. */
const STOP_PERCENT = 50;

/**
 * Kills fleet processes, or stops them until others have taken over and lets them go on, while bots fight, loot and cross
 * zones through real sockets; looks after each time whether everybody is back where they were, nothing was lost or
 * doubled, and nothing that the old owner still wants to write is taken. What ends a world early is a problem, and the
 * next one begins.
 */
export async function crashFleet(options: ZoneChaosOptions): Promise<ZoneChaosReport> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-zone-'));
  const report = emptyReport();
  try {
    await bundle(ROOT, fleetEntry(ROOT), folder, 'container');
    for (let from = 1; from <= options.rounds; from += ROUNDS_OF_A_WORLD) {
      const to = Math.min(options.rounds, from + ROUNDS_OF_A_WORLD - 1);
      addReport(report, await playWorld({ ...options, seed: options.seed + from - 1 }, folder, from, to));
    }
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Some rounds with a table, characters and processes of their own. */
async function playWorld(options: ZoneChaosOptions, folder: string, from: number, to: number) {
  const stage = await ZoneStage.open();
  const chaos = new ZoneChaos(stage, options, folder);
  try {
    await chaos.begin();
    for (let round = from; round <= to; round += 1) {
      await chaos.round(round);
      if (round === to || (round - from + 1) % options.countEvery === 0) await chaos.count(round);
    }
  } catch (error) {
    chaos.complain(`the world of rounds ${from} to ${to} ended: ${error instanceof Error ? error.message : error}`);
  } finally {
    await chaos.close();
    await stage.stop();
  }
  return chaos.seen;
}

class ZoneChaos {
  private readonly stage: ZoneStage;
  private readonly options: ZoneChaosOptions;
  private readonly folder: string;
  private readonly dice: SeededRandom;
  private readonly bots: ZoneBot[] = [];
  private readonly gate = new PickUpGate();
  private shards: StruckFleet[] = [];
  private started = 0;
  /** The process that comes in place of one that was struck. */
  private spare: Promise<void> = Promise.resolve();
  private readonly playing: Promise<void>[] = [];
  private readonly report = emptyReport();

  constructor(stage: ZoneStage, options: ZoneChaosOptions, folder: string) {
    this.stage = stage;
    this.options = options;
    this.folder = folder;
    this.dice = seededRandom(options.seed);
  }

  async begin(): Promise<void> {
    const { bots, seed, leaseMs } = this.options;
    this.shards = await Promise.all(Array.from({ length: SHARDS }, () => this.startShard()));
    await this.untilTrue('every zone to be run', async () => (await this.owners()).size === ZONES.length);
    const planned = Array.from({ length: bots }, (_bot, index) => {
      const kind = index < bots * WANDERERS ? ('wanderer' as const) : ('hunter' as const);
      const at = kind === 'hunter' ? GROUNDS : GATES['glasswater-docks'].away;
      return { index, kind, place: { x: at.x + this.dice.int(-4, 4), y: at.y + this.dice.int(-4, 4) } };
    });
    for (let from = 0; from < bots; from += CREATED_AT_ONCE) {
      const some = planned.slice(from, from + CREATED_AT_ONCE);
      const players = await Promise.all(some.map(({ index, place }) => this.stage.createPlayer(index, place)));
      for (const [place, player] of players.entries()) {
        const { index, kind } = some[place]!;
        this.bots.push(new ZoneBot(this.stage, this.gate, player, kind, seededRandom(seed + index + 1)));
      }
    }
    const silenceMs = leaseMs < PLAYERS_LEASE_MS ? leaseMs : undefined;
    await Promise.all(this.bots.map((bot) => bot.enter(silenceMs)));
    for (const bot of this.bots) this.playing.push(bot.play());
  }

  private get logFile(): string {
    return join(this.folder, `fleet-${this.options.seed}.log`);
  }

  private async startShard(): Promise<StruckFleet> {
    this.started += 1;
    const { leaseMs } = this.options;
    const shard = new StruckFleet({
      entry: join(this.folder, 'fleet/main.mjs'),
      shardId: `shard-${this.started}`,
      logFile: this.logFile,
      env: {
        ...this.stage.env,
        ZONES: ZONES.join(','),
        // A process that was stopped does not know it: only the stores can refuse it.
        LEASE_MS: String(leaseMs),
        LEASE_MARGIN_MS: String(-3_600_000),
        MAX_UNITS: '1',
      },
    });
    await shard.start();
    return shard;
  }

  /** Who runs which unit now, by the leases. */
  private async owners(): Promise<ReadonlyMap<string, ZoneFence>> {
    const leases = await readLeases([...ZONES]);
    return new Map(
      leases.filter(({ leaseUntilMs }) => leaseUntilMs > Date.now()).map((lease) => [lease.zoneId, lease]),
    );
  }

  async round(round: number): Promise<void> {
    const { dice, report } = this;
    await Promise.all([this.spare, delay(dice.int(LOAD_MS.min, LOAD_MS.max))]);
    const owners = await this.owners();
    const running = this.shards.filter((shard) =>
      [...owners.values()].some(({ shardId }) => shardId === shard.shardId),
    );
    if (running.length === 0) throw new Error('nobody runs a zone');
    const victim = dice.pick(running);
    const isStop = dice.int(1, 100) <= STOP_PERCENT;
    const fences = [...owners.values()].filter(({ shardId }) => shardId === victim.shardId);
    for (const bot of this.bots) bot.asks = [];
    const timeline = await Timeline.begin(this.stage, this.shards, fences);
    const struck = new StruckBots(this.bots, new Set<string>(fences.map(({ zoneId }) => zoneId)));
    if (isStop) victim.freeze();
    else await victim.kill();
    const leaseEndMs = await timeline.leaseEndMs();
    const back = await this.untilBack(round, struck);
    const told = await timeline.told(leaseEndMs, struck.bots, this.logFile);
    await this.untilTrue('another owner', async () => (await Promise.all(fences.map(hasTakenOver))).every(Boolean));
    for (const fence of fences) {
      const answers = await tryToWrite(fence, dice.pick(this.bots).player, this.bots[0]!.player.accountId);
      report.tried += answers.length;
      for (const { what, answer } of answers) {
        if (answer === REFUSED) report.refused += 1;
        else this.complain(`round ${round}: ${what} of an old owner of ${fence.zoneId} was ${answer}`);
      }
    }
    if (isStop) await this.wakeUp(victim);
    await victim.kill();
    this.shards = this.shards.filter((shard) => shard !== victim);
    this.spare = this.startShard().then((shard) => void this.shards.push(shard));
    report.rounds += 1;
    report[isStop ? 'stops' : 'kills'] += 1;
    this.options.say(
      `  ${round}: ${isStop ? 'stopped' : 'killed'} ${victim.shardId} with ${fences.length} zones, ${back}\n      ${told}`,
    );
  }

  /** Everybody is back, or a problem. */
  private async untilBack(round: number, struck: StruckBots): Promise<string> {
    const { reattachMs, lossMs } = this.report;
    const returns = await struck.returns(BACK_TIMEOUT_MS);
    const [waits, losses] = [returns.map(({ afterMs = 0 }) => afterMs), returns.map((one) => one.lossMs ?? 0)];
    for (const one of returns) {
      if (one.problem) this.complain(`round ${round}: ${one.problem}`);
      if (one.afterMs !== undefined) reattachMs.push(one.afterMs);
      if (one.lossMs !== undefined && Number.isFinite(one.lossMs)) lossMs.push(one.lossMs);
    }
    return `${returns.length} bots back in ${mostMs(waits)} ms, ${mostMs(losses)} ms lost`;
  }

  /** Lets a stopped process go on: it believes that it still owns its zones, until a store tells it otherwise. */
  private async wakeUp(victim: StruckFleet): Promise<void> {
    victim.thaw();
    const untilMs = performance.now() + ZOMBIE_MS;
    let refusals = 0;
    while (refusals === 0 && performance.now() < untilMs) {
      await delay(POLL_MS);
      refusals = await victim.refusals();
    }
    if (refusals === 0) this.complain(`${victim.shardId} went on, and was refused nothing`);
    else this.report.zombies += 1;
  }

  /** Items and drops agree: nothing was lost, doubled or left half-way. */
  async count(round: number): Promise<void> {
    const rows = (await this.gate.shutWhile(() => this.stage.rows())) as readonly Row[];
    const halfDone = rows.filter((row) => row._et === 'Settlement' && row.state === 'PREPARED');
    const complaints = [
      ...itemComplaints(rows),
      ...amountComplaints(rows, new Map()),
      ...halfDone.map(({ pk }) => `${pk} is half done`),
      ...this.bots.flatMap((bot) => bot.complaints.splice(0)),
    ];
    this.report.counts += 1;
    for (const complaint of complaints) this.complain(`round ${round}: ${complaint}`);
    await this.gate.settled();
    await this.untilNoted();
  }

  /**
   * Reading the whole table holds up the notes of where everybody is, and so does picking up all at once what had to wait
   * for that: what a crash loses then is not its own doing.
   */
  private async untilNoted(): Promise<void> {
    const countedAtMs = Date.now();
    const isNoted = async (zoneId: Slug) => (await this.stage.notedAtMs(zoneId)) > countedAtMs;
    while (Date.now() - countedAtMs < NOTED_WITHIN_MS) {
      await delay(POLL_MS);
      if ((await Promise.all(ZONES.map(isNoted))).every(Boolean)) return;
    }
  }

  private async untilTrue(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + BACK_TIMEOUT_MS;
    while (!(await isSo())) {
      if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
      await delay(POLL_MS);
    }
  }

  complain(problem: string): void {
    this.options.say(`    ✘ seed ${this.options.seed}: ${problem}`);
    this.report.problems.push(problem);
  }

  get seen(): ZoneChaosReport {
    const sum = (of: 'crossings' | 'looted') => this.bots.reduce((total, bot) => total + bot[of], 0);
    return { ...this.report, crossings: sum('crossings'), looted: sum('looted') };
  }

  async close(): Promise<void> {
    for (const bot of this.bots) bot.stop();
    await Promise.all([...this.playing, this.spare.catch(() => {})]);
    await Promise.all(this.shards.map((shard) => shard.kill()));
  }
}
