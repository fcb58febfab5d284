import { randomInt } from 'node:crypto';
import { instanceLimits, layerLimits } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { unitParts, zoneOf } from '#shared/kernel/zone-unit.ts';
import {
  type Admission,
  AdmissionRefused,
  type BossState,
  type ZoneFence,
  ZoneFenced,
  type ZonePorts,
} from '../persist/ports.ts';
import { type Delay, ZoneWriter } from '../persist/zone-writer.ts';
import type { InputLog } from '../replay/input-log.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { TickMeter } from '../zone/tick-meter.ts';
import type { Recovery } from '../zone/unit-notes.ts';
import { Zone } from '../zone/zone.ts';

export const LEASE_MS = 10_000;
/** A lease that was not renewed counts as lost this long before it ends, so that two owners never overlap. */
const LEASE_MARGIN_MS = 2_000;
const EXPIRED = 'lease not renewed in time';
const TICK_MS = 1_000 / TICK_HZ;
const RETRY_AFTER_MS = 1_000;

export interface ShardReport {
  info(message: string, facts: Readonly<Record<string, unknown>>): void;
  error(message: string, facts: Readonly<Record<string, unknown>>): void;
}

export interface ShardOptions {
  readonly shardId: string;
  readonly socketUrl: string;
  /** Zones of content whose units it may hold, in the order of preference. */
  readonly zones: readonly Slug[];
  /** Most units that it holds at once. */
  readonly maxUnits: number;
  /** Unset: 10 s. */
  readonly leaseMs?: number | undefined;
  /** A lease that was not renewed counts as lost this long before it ends; unset: 2 s. */
  readonly leaseMarginMs?: number | undefined;
  /** Most zones claimed in one step: 1 lets shards that start together share what is free. */
  readonly claimsPerStep: number;
  readonly definitionOf: (zoneId: string) => ZoneDefinition | undefined;
  readonly ports: ZonePorts;
  readonly maxPlayersPerZone: number;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly wallClockMs: () => number;
  readonly delay: Delay;
  readonly report: ShardReport;
  readonly seed?: () => number;
  /** Opens a log of inputs for a unit's new life. */
  readonly inputLog?: ((unitId: string, epoch: number, seed: number) => InputLog) | undefined;
}

/** What is known of a unit's life before. */
interface Legacy {
  readonly recovery: Recovery | undefined;
  readonly bosses: readonly BossState[];
}

interface HeldZone {
  readonly zone: Zone;
  readonly fence: ZoneFence;
  /** The lease holds at least until then, on the monotonic clock. */
  leaseUntilMs: number;
  renewing: boolean;
  polling: boolean;
}

/** The zones of one process: claims them, keeps their leases, carries out orders, gives them back. Driven by its steps. */
export class Shard {
  private readonly options: ShardOptions;
  private readonly held = new Map<string, HeldZone>();
  private claiming = false;
  private draining = false;
  /** Lives of units that ended because the stores refused them as an owner. */
  refusals = 0;

  constructor(options: ShardOptions) {
    this.options = options;
  }

  get zones(): readonly Zone[] {
    return [...this.held.values()].map(({ zone }) => zone);
  }

  private get leaseMs(): number {
    return this.options.leaseMs ?? LEASE_MS;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** One tick of every zone, after making sure that each is still ours. */
  tick(): void {
    const { nowMs, leaseMarginMs = LEASE_MARGIN_MS } = this.options;
    const now = nowMs();
    for (const { zone, fence, leaseUntilMs } of this.held.values()) {
      if (now >= leaseUntilMs - leaseMarginMs) this.lose(fence, EXPIRED);
      else zone.tick();
    }
  }

  /** Closes the units that nobody has needed for long, and claims of those that are free as many as it may. */
  async claimStep(): Promise<void> {
    if (this.claiming || this.draining) return;
    this.claiming = true;
    try {
      const { zones, ports, shardId, claimsPerStep, maxUnits } = this.options;
      await this.retireStep();
      const before = this.held.size;
      const wanted = await ports.wantedUnits(zones);
      for (const { unitId, shardId: owner } of wanted) {
        const isEnough = this.held.size - before >= claimsPerStep || this.held.size >= maxUnits;
        if (this.draining || isEnough) return;
        // Its own name on a lease that it does not hold is that of a life before.
        if (!this.held.has(unitId) && (owner === undefined || owner === shardId)) await this.claim(unitId);
      }
    } catch (cause) {
      this.options.report.error('claiming failed', { cause });
    } finally {
      this.claiming = false;
    }
  }

  /** Further layers close after 5 minutes without anybody, instances after 30. */
  private async retireStep(): Promise<void> {
    for (const held of this.held.values()) {
      const { zone, fence } = held;
      const { layer } = unitParts(fence.zoneId);
      const lastsMs = layer === undefined ? instanceLimits.unloadAfterMs : layerLimits.closeAfterMs;
      if (layer === 1 || zone.emptyTicks * TICK_MS < lastsMs) continue;
      await this.options.ports.retireUnit(fence);
      this.held.delete(fence.zoneId);
      zone.stop();
      this.options.report.info('unit closed', { ...fence });
    }
  }

  private async claim(zoneId: Slug): Promise<void> {
    const { options } = this;
    const { shardId, socketUrl: url, ports, report } = options;
    const definition = options.definitionOf(zoneOf(zoneId));
    if (!definition) {
      report.error('zone is not in content', { zoneId });
      return;
    }
    const askedMs = options.nowMs();
    try {
      const claimed = await ports.claimZone({ zoneId, shardId, url, leaseMs: this.leaseMs });
      if (!claimed) return;
      const fence: ZoneFence = { zoneId, shardId, epoch: claimed.epoch };
      const left = await this.takeOver(fence);
      if (this.draining) {
        await ports.releaseZone(fence);
        return;
      }
      this.held.set(zoneId, this.open(definition, fence, askedMs + this.leaseMs, left));
      report.info('zone claimed', { ...fence });
    } catch (cause) {
      report.error('zone claim failed', { zoneId, cause });
    }
  }

  /**
   * What the owner before has noted down, and which bosses are dead still. A unit of which that cannot be read is given
   * back: the notes would be lost, and the bosses there again.
   */
  private async takeOver(fence: ZoneFence): Promise<Legacy> {
    const { ports } = this.options;
    try {
      const [recovery, bosses] = await Promise.all([ports.takeOverMemory(fence), ports.bossesOf(fence)]);
      return { recovery, bosses };
    } catch (cause) {
      await ports.releaseZone(fence);
      throw cause;
    }
  }

  private open(definition: ZoneDefinition, fence: ZoneFence, leaseUntilMs: number, left: Legacy): HeldZone {
    const { options } = this;
    const writer = new ZoneWriter(
      options.ports,
      fence,
      {
        fenced: () => this.lose(fence, 'a write was refused'),
        refused: ({ characterId, sessionId }, reason) => zone.expel(characterId, reason, sessionId),
        lost: (what, cause) => options.report.error('write failed for good', { ...fence, what, cause }),
      },
      options.delay,
    );
    const seed = options.seed?.() ?? randomInt(2 ** 31);
    const inputLog = options.inputLog?.(fence.zoneId, fence.epoch, seed);
    const zone: Zone = new Zone({
      definition,
      writer,
      seed,
      meter: new TickMeter(options.nowMs),
      nowMs: options.wallClockMs,
      maxPlayers: options.maxPlayersPerZone,
      ...left,
      suspected: ({ noticed: _stored, ...suspicion }) =>
        options.report.info('player suspected', { zoneId: fence.zoneId, ...suspicion }),
      ...(inputLog && { record: (tick, inputs) => inputLog.record(zone.sim, tick, inputs) }),
    });
    return { zone, fence, leaseUntilMs, renewing: false, polling: false };
  }

  /** Extends every lease; a refusal stops its zone at once. */
  async renewStep(): Promise<void> {
    await Promise.all([...this.held.values()].map((held) => this.renew(held)));
  }

  private async renew(held: HeldZone): Promise<void> {
    if (held.renewing) return;
    held.renewing = true;
    const askedMs = this.options.nowMs();
    try {
      await this.options.ports.renewLease(held.fence, { leaseMs: this.leaseMs, players: held.zone.players });
      held.leaseUntilMs = askedMs + this.leaseMs;
    } catch (cause) {
      if (cause instanceof ZoneFenced) this.lose(held.fence, 'renewal refused');
      else this.options.report.error('lease renewal failed', { ...held.fence, cause });
    } finally {
      held.renewing = false;
    }
  }

  /** Fetches and carries out the orders for every zone. */
  async commandStep(): Promise<void> {
    await Promise.all([...this.held.values()].map((held) => this.obey(held)));
  }

  private async obey(held: HeldZone): Promise<void> {
    if (held.polling) return;
    held.polling = true;
    const { ports, report } = this.options;
    try {
      const commands = await ports.pollCommands(held.fence);
      await Promise.all(
        commands.map(async (command) => {
          await held.zone.obey(command);
          await ports.acknowledgeCommand(held.fence, command.commandId);
        }),
      );
    } catch (cause) {
      report.error('commands failed', { ...held.fence, cause });
    } finally {
      held.polling = false;
    }
  }

  private lose(fence: ZoneFence, why: string): void {
    const held = this.held.get(fence.zoneId);
    if (held?.fence !== fence) return;
    if (why !== EXPIRED) this.refusals += 1;
    this.held.delete(fence.zoneId);
    held.zone.stop();
    this.options.report.error('zone stopped', { ...held.fence, why });
  }

  /** What the socket asks with a client's ticket. @throws AdmissionRefused */
  async admit(ticket: string): Promise<{ readonly zone: Zone; readonly character: Admission }> {
    const zoneIds = [...this.held.values()].map(({ fence }) => fence.zoneId);
    if (zoneIds.length === 0) throw new AdmissionRefused('wrong_zone');
    const { zoneId, character } = await this.options.ports.redeemTicket({ ticket, zoneIds });
    const held = this.held.get(zoneId);
    if (!held) throw new AdmissionRefused('wrong_zone');
    for (const other of this.held.values()) if (other !== held) other.zone.expel(character.characterId, 'superseded');
    return { zone: held.zone, character };
  }

  /**
   * Ends everything in good order: nobody new, everybody told, saved and out, all writes done, leases given back.
   * Answers whether all was written by the deadline; zones are released only when their writes are.
   */
  async drain(deadlineMs: number): Promise<boolean> {
    this.draining = true;
    const all = [...this.held.values()];
    for (const { zone } of all) {
      zone.drain(RETRY_AFTER_MS);
      // The bodies leave, and their saves begin, with this tick.
      zone.tick();
    }
    const done = await Promise.all(
      all.map(async ({ zone, fence }) => {
        const inTime = await Promise.race([
          zone.writer.flush().then(() => true),
          this.options.delay(deadlineMs).then(() => false),
        ]);
        this.held.delete(fence.zoneId);
        zone.writer.stop();
        if (inTime) await this.options.ports.releaseZone(fence);
        else this.options.report.error('drain ran out of time', { ...fence, pending: zone.writer.pending });
        return inTime;
      }),
    );
    return done.every((inTime) => inTime);
  }
}
