import type { WantedUnit } from '#functions/zone/public.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { type Admission, AdmissionRefused } from '../persist/character-ports.ts';
import { type ZoneFence, ZoneFenced } from '../persist/unit-ports.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { Zone } from '../zone/zone.ts';
import { isNeededNoMore, type LayerLife, mergeLayer } from './layer-life.ts';
import { openUnit, takeOver, type UnitOptions } from './open-unit.ts';

export const LEASE_MS = 10_000;
/** A lease that was not renewed counts as lost this long before it ends, so that two owners never overlap. */
const LEASE_MARGIN_MS = 2_000;
const EXPIRED = 'lease not renewed in time';
const RETRY_AFTER_MS = 1_000;
/** A lease that ends later than this is looked at again before that. */
const SOON_MS = 2_000;
/** Who already has units, or is about to claim some, lets others go first by so much for each. */
const STEP_ASIDE_MS = 50;

export interface ShardOptions extends UnitOptions {
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
}

/** A unit that the process holds. */
interface HeldZone extends LayerLife {
  /** The lease holds at least until then, on the monotonic clock. */
  leaseUntilMs: number;
  renewing: boolean;
  polling: boolean;
}

/** A unit of another process that will be free unless its lease is renewed. */
export interface EndingLease {
  readonly unitId: Slug;
  /** So long from now it is to be claimed. */
  readonly waitMs: number;
}

/** The zones of one process: claims them, keeps their leases, carries out orders, gives them back. Driven by its steps. */
export class Shard {
  private readonly options: ShardOptions;
  private readonly held = new Map<string, HeldZone>();
  private isLooking = false;
  private readonly claiming = new Set<Slug>();
  /** Units of others as last read. */
  private others: readonly WantedUnit[] = [];
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
    if (this.isLooking || this.draining) return;
    this.isLooking = true;
    try {
      const { zones, ports, shardId, claimsPerStep } = this.options;
      await this.retireStep();
      const before = this.held.size;
      const wanted = await ports.wantedUnits(zones);
      // Its own name on a lease that it does not hold is that of a life before.
      const isFree = ({ shardId: owner }: WantedUnit) => owner === undefined || owner === shardId;
      this.others = wanted.filter((unit) => !isFree(unit));
      for (const { unitId } of wanted.filter(isFree)) {
        if (this.held.size - before >= claimsPerStep) return;
        await this.claim(unitId);
      }
    } catch (cause) {
      this.options.report.error('claiming failed', { cause });
    } finally {
      this.isLooking = false;
    }
  }

  /**
   * The leases of others that end soon, as they were last read: a unit is to be claimed as soon as it is free, and not
   * when it is next looked for. The fewer units a shard has, the sooner it comes.
   */
  endingLeases(): readonly EndingLease[] {
    const now = this.options.wallClockMs();
    return this.others
      .flatMap(({ unitId, leaseUntilMs = 0 }) => {
        const leftMs = leaseUntilMs - now;
        return leftMs > SOON_MS ? [] : [{ unitId, leftMs: Math.max(0, leftMs) }];
      })
      .toSorted((one, other) => one.leftMs - other.leftMs)
      .map(({ unitId, leftMs }, place) => ({ unitId, waitMs: leftMs + (this.held.size + place) * STEP_ASIDE_MS }));
  }

  private async retireStep(): Promise<void> {
    for (const held of this.held.values()) {
      const { zone, fence } = held;
      if (!isNeededNoMore(held)) continue;
      await this.options.ports.retireUnit(fence);
      this.held.delete(fence.zoneId);
      zone.stop();
      this.options.report.info('unit closed', { ...fence });
    }
  }

  /** Moves players out of layers that are to be merged into others. */
  async mergeStep(): Promise<void> {
    const { ports, report } = this.options;
    await Promise.all([...this.held.values()].map((held) => mergeLayer(held, ports, report)));
  }

  /** Claims a unit if there is room for one more; it gets it only if nobody's lease holds any longer. */
  async claim(zoneId: Slug): Promise<void> {
    const isEnough = this.held.size + this.claiming.size >= this.options.maxUnits;
    if (isEnough || this.draining || this.held.has(zoneId) || this.claiming.has(zoneId)) return;
    this.claiming.add(zoneId);
    try {
      await this.takeUnit(zoneId);
    } catch (cause) {
      this.options.report.error('zone claim failed', { zoneId, cause });
    } finally {
      this.claiming.delete(zoneId);
    }
  }

  private async takeUnit(zoneId: Slug): Promise<void> {
    const { options } = this;
    const { shardId, socketUrl: url, ports, report } = options;
    const definition = options.definitionOf(zoneOf(zoneId));
    if (!definition) {
      report.error('zone is not in content', { zoneId });
      return;
    }
    const askedMs = options.nowMs();
    const claimed = await ports.claimZone({ zoneId, shardId, url, leaseMs: this.leaseMs });
    if (!claimed) return;
    const fence: ZoneFence = { zoneId, shardId, epoch: claimed.epoch };
    const left = await takeOver(ports, fence);
    if (this.draining) {
      await ports.releaseZone(fence);
      return;
    }
    const zone = openUnit(options, {
      definition,
      fence,
      left,
      fenced: () => this.lose(fence, 'a write was refused'),
    });
    const leaseUntilMs = askedMs + this.leaseMs;
    this.held.set(zoneId, { zone, fence, leaseUntilMs, renewing: false, polling: false, isMerging: false });
    report.info('zone claimed', { ...fence, tookMs: Math.round(options.nowMs() - askedMs) });
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
