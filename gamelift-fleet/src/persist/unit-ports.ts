import type { DueRespawn, NotedEvents, NotedPlace, WantedUnit } from '#functions/zone/public.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';

/** The zone belongs to another owner or epoch by now: the caller stops the zone and writes nothing more. */
export class ZoneFenced extends Error {
  override readonly name = 'ZoneFenced';
  readonly zoneId: string;

  constructor(zoneId: string, options?: { cause?: unknown }) {
    super(`zone ${zoneId} has another owner`, options);
    this.zoneId = zoneId;
  }
}

/** Names one life of a zone in one process. Epochs rise by one with every claim and never repeat. */
export interface ZoneFence {
  readonly zoneId: Slug;
  readonly shardId: string;
  readonly epoch: number;
}

export interface LeasePort {
  /**
   * Takes a zone that nobody owns or whose lease has run out: conditional write of owner, url and epoch + 1.
   * Answers undefined when another shard holds it. A shard that finds itself as the owner claims anew (epoch + 1).
   */
  claimZone(request: {
    readonly zoneId: Slug;
    readonly shardId: string;
    /** Public address of the zone socket on this shard, as `enter` hands it to clients. */
    readonly url: string;
    readonly leaseMs: number;
  }): Promise<{ readonly epoch: number } | undefined>;

  /** Units of these zones of content that should be run now, and the shards that run them. */
  wantedUnits(zoneIds: readonly Slug[]): Promise<readonly WantedUnit[]>;

  /** Closes an own layer or instance that nobody needs any more, with its lease. */
  retireUnit(fence: ZoneFence): Promise<void>;

  /** Extends the lease by `leaseMs` from now; refused with {@link ZoneFenced} unless owner and epoch are the caller's. */
  renewLease(fence: ZoneFence, state: { readonly leaseMs: number; readonly players: number }): Promise<void>;

  /** Ends the lease at once; a lease that is another's by now is left alone without an error. */
  releaseZone(fence: ZoneFence): Promise<void>;
}

export interface LayerPort {
  /**
   * Into which unit the players of this further layer are to be moved now, for it and another have few; undefined: into
   * none. Asked again and again: that a merge begins or is given up is noted by this.
   */
  planMerge(fence: ZoneFence, players: number): Promise<Slug | undefined>;
  /** The members of the parties in which some of these characters, at most 100, are. */
  partiesAmong(characterIds: readonly CharacterId[]): Promise<readonly (readonly CharacterId[])[]>;
}

/** What an owner notes down of its unit: where everybody is, who stays dead, and what goes on. */
export interface UnitMemory {
  /** Packed by `PlacesPacker`. */
  readonly places: Uint8Array;
  readonly respawns: readonly DueRespawn[];
  /** Unset: nothing goes on. */
  readonly events?: NotedEvents | undefined;
}

/** The same as the next owner reads it. */
export interface UnitLegacy extends Omit<UnitMemory, 'places'> {
  readonly places: readonly NotedPlace[];
}

export interface MemoryPort {
  /** Takes over what earlier owners of the unit have noted down; from here on they can note nothing. After a claim. */
  takeOverMemory(fence: ZoneFence): Promise<UnitLegacy | undefined>;
  /** Notes down how it stands, in place of what was noted before: what the next owner begins with. */
  noteMemory(fence: ZoneFence, memory: UnitMemory): Promise<void>;
}
