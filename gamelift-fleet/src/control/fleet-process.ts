import { mergeLimits } from '#functions/zone/public.ts';
import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { capacityFields, takeProcessCapacity } from '#shared/telemetry/capacity-meter.ts';
import { emitMetrics } from '#shared/telemetry/metrics.ts';
import type { FleetSettings } from '../config.ts';
import { ZoneServer } from '../net/server.ts';
import type { ZonePorts } from '../persist/ports.ts';
import type { Delay } from '../persist/zone-writer.ts';
import { InputLog } from '../replay/input-log.ts';
import { openLogFile } from '../replay/log-files.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { Durations } from './durations.ts';
import { type LiveFeed, liveZone, sparingly } from './live-feed.ts';
import { metricsPage } from './metrics-page.ts';
import type { ShardReport } from './open-unit.ts';
import { Shard } from './shard.ts';
import { Ticker } from './ticker.ts';

const CLAIM_EVERY_MS = 1_000;
/** Of the lease: three renewals may fail, and that an owner answers no more shows soon (`isAnswering`). */
const RENEW_SHARE = 0.2;
/** A short lease is to be found free soon. */
const CLAIM_SHARE = 0.2;
/** Shards that wait for the same lease come one after another. */
const CLAIM_SPREAD_MS = 50;
const COMMANDS_EVERY_MS = 1_000;
const METRICS_EVERY_MS = 10_000;
const HELLO_TIMEOUT_MS = 5_000;
/** ECS and the local cloud wait 20 s after SIGTERM; this leaves time to release the leases. */
const DRAIN_DEADLINE_MS = 15_000;

export interface FleetProcessOptions {
  readonly settings: FleetSettings;
  readonly ports: ZonePorts;
  readonly zoneIds: readonly Slug[];
  readonly definitionOf: (zoneId: string) => ZoneDefinition | undefined;
  readonly report: ShardReport;
  readonly nowMs: () => number;
  readonly wallClockMs: () => number;
  readonly delay: Delay;
}

/** One fleet process: a shard's zones, its socket, and the timers that drive them. */
export class FleetProcess {
  readonly shard: Shard;
  readonly server: ZoneServer;
  private readonly ticker: Ticker;
  private readonly closes = new Map<CloseReason, number>();
  private readonly durations = new Durations();
  private timers: NodeJS.Timeout[] = [];
  /** Claims to come, by unit. */
  private readonly claims = new Map<Slug, NodeJS.Timeout>();
  private readonly options: FleetProcessOptions;

  constructor(options: FleetProcessOptions) {
    this.options = options;
    const { settings, report, nowMs } = options;
    /** Of all units since the last tick. */
    let workMs = 0;
    this.shard = new Shard({
      shardId: settings.shardId,
      socketUrl: settings.socketUrl,
      zones: options.zoneIds,
      claimsPerStep: settings.zones.length > 0 ? settings.zones.length : 1,
      maxUnits: settings.maxUnits,
      leaseMs: settings.leaseMs,
      leaseMarginMs: settings.leaseMarginMs,
      definitionOf: options.definitionOf,
      ports: options.ports,
      maxPlayersPerZone: settings.maxPlayersPerZone,
      nowMs,
      wallClockMs: options.wallClockMs,
      delay: options.delay,
      report,
      inputLog: this.inputLogs(),
      defer: setImmediate,
      took: (ms) => {
        workMs += ms;
      },
    });
    this.ticker = new Ticker(1_000 / TICK_HZ, () => {
      this.shard.tick();
      this.durations.add(workMs);
      workMs = 0;
    });
    this.server = new ZoneServer({
      gate: (ticket) => this.shard.admit(ticket),
      paths: settings.paths,
      allowedOrigins: settings.allowedOrigins,
      helloTimeoutMs: HELLO_TIMEOUT_MS,
      maxConnections: settings.maxConnections,
      nowMs,
      report: (reason, cause) => {
        this.closes.set(reason, (this.closes.get(reason) ?? 0) + 1);
        if (cause !== undefined) report.error('connection failed', { reason, cause });
      },
      isOpen: () => !this.shard.isDraining,
      health: () => ({
        status: this.shard.isDraining ? 'draining' : 'ok',
        shardId: settings.shardId,
        zones: this.shard.zones.map((zone) => zone.id),
      }),
      metrics: () =>
        metricsPage(this.shard.zones, {
          connections: this.server.connections,
          sideLines: this.server.sideLines,
          bytesSent: this.server.bytesSent,
          skippedTicks: this.ticker.skipped,
          refusals: this.shard.refusals,
          closes: this.closes,
        }),
      live: settings.hasLiveFeed ? sparingly(nowMs, () => JSON.stringify(this.liveFeed())) : undefined,
    });
  }

  private inputLogs(): ((zoneId: string, epoch: number, seed: number) => InputLog) | undefined {
    const { settings, report } = this.options;
    const directory = settings.inputLogDir;
    if (directory === undefined) return undefined;
    return (zoneId, epoch, seed) => {
      const failed = (cause: Error) => report.error('input log failed', { zoneId, epoch, cause: cause.message });
      return new InputLog(openLogFile(directory, zoneId, epoch, failed), { epoch, seed });
    };
  }

  /** Claims zones, listens and ticks. Answers the port. */
  async start(): Promise<number> {
    await this.shard.claimStep();
    const port = await this.server.listen(this.options.settings.port);
    this.ticker.start();
    const { leaseMs } = this.options.settings;
    this.timers = [
      setInterval(() => void this.claim(), Math.min(CLAIM_EVERY_MS, leaseMs * CLAIM_SHARE)),
      setInterval(() => void this.shard.renewStep(), leaseMs * RENEW_SHARE),
      setInterval(() => void this.shard.commandStep(), COMMANDS_EVERY_MS),
      setInterval(() => void this.shard.mergeStep(), mergeLimits.stepMs),
      setInterval(() => this.emitMetrics(), METRICS_EVERY_MS),
    ];
    return port;
  }

  /** Claims what is free, and what will be as soon as it is. */
  private async claim(): Promise<void> {
    const { shard, claims } = this;
    await shard.claimStep();
    for (const timer of claims.values()) clearTimeout(timer);
    claims.clear();
    if (shard.isDraining) return;
    for (const { unitId, waitMs } of shard.endingLeases()) {
      const claim = () => {
        claims.delete(unitId);
        void shard.claim(unitId);
      };
      claims.set(unitId, setTimeout(claim, waitMs + systemRandom.int(1, CLAIM_SPREAD_MS)));
    }
  }

  private liveFeed(): LiveFeed {
    const { shard, server, ticker, options } = this;
    return {
      shardId: options.settings.shardId,
      atMs: options.wallClockMs(),
      connections: server.connections,
      bytesSent: server.bytesSent,
      skippedTicks: ticker.skipped,
      zones: shard.zones.map((zone) => liveZone(zone, (client) => server.bytesSentTo(client))),
    };
  }

  private emitMetrics(): void {
    const { zones } = this.shard;
    const { stage, shardId } = this.options.settings;
    emitMetrics(
      { Stage: stage, Shard: shardId },
      {
        TickMs: [this.durations.p99(), 'Milliseconds'],
        Zones: [zones.length, 'Count'],
        Players: [zones.reduce((sum, zone) => sum + zone.players, 0), 'Count'],
        Connections: [this.server.connections, 'Count'],
        OverloadLevel: [Math.max(0, ...zones.map((zone) => zone.meter.level)), 'None'],
        SkippedTicks: [this.ticker.skipped, 'Count'],
      },
      capacityFields(takeProcessCapacity()),
      this.options.wallClockMs(),
      // The number of shards follows the figures of the whole fleet.
      [['Stage']],
    );
  }

  /** Drains and ends. Answers whether everything was written. */
  async stop(): Promise<boolean> {
    const complete = await this.shard.drain(DRAIN_DEADLINE_MS);
    this.ticker.stop();
    for (const timer of [...this.timers, ...this.claims.values()]) clearInterval(timer);
    await this.server.close();
    return complete;
  }
}
