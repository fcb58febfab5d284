import type { SuspicionReport } from '#functions/anticheat/public.ts';
import type { Carried } from '#functions/character/public.ts';
import type { CombatSummary, Death, FightLog, PvpFight } from '#functions/combat/public.ts';
import type { OpenedCache } from '#functions/loot/public.ts';
import type { LandmarkVisit, WorldDeed } from '#functions/quest/public.ts';
import type { ZoneEndReason } from '#functions/trade/public.ts';
import type {
  BossAppearance,
  BossFall,
  BossState,
  DueRespawn,
  EvictReason,
  LeaveReason,
  NotedEvents,
  NotedPlace,
  Trip,
  WantedUnit,
} from '#functions/zone/public.ts';
import type { AccountId, CharacterId, DropId, Id, PartyId, SessionId, Slug, TradeId } from '#shared/kernel/ids.ts';

/**
 * What the fleet asks of the outside. Zone memory owns no value: whatever must last passes through one of these calls,
 * and each of them carries the zone's epoch, so that a process that has lost its lease changes nothing.
 *
 * Errors common to all writes: {@link ZoneFenced} when the stored epoch or owner is another; anything else means
 * "unknown, maybe applied", and the caller repeats the same call. Every write is therefore idempotent by its ids.
 */
export interface ZonePorts
  extends LeasePort,
    LayerPort,
    AdmissionPort,
    CharacterStatePort,
    KillPort,
    BossPort,
    QuestPort,
    TiesPort,
    CombatLogPort,
    SuspicionPort,
    PresencePort,
    TradePort,
    CommandPort,
    MemoryPort {}

export type {
  BossAppearance,
  BossFall,
  BossState,
  Carried,
  CombatSummary,
  Death,
  DueRespawn,
  FightLog,
  LandmarkVisit,
  LeaveReason,
  NotedEvents,
  NotedPlace,
  OpenedCache,
  PvpFight,
  Trip,
  WantedUnit,
  WorldDeed,
};

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

/** Why a ticket or a character was refused; the socket closes with it. */
export type AdmissionRefusal = 'ticket_invalid' | 'session_ended' | 'wrong_zone' | 'character_unavailable';

export class AdmissionRefused extends Error {
  override readonly name = 'AdmissionRefused';
  readonly reason: AdmissionRefusal;

  constructor(reason: AdmissionRefusal, options?: { cause?: unknown }) {
    super(reason, options);
    this.reason = reason;
  }
}

/** What a character strikes with; unset: bare hands, or a broken thing. */
export interface WeaponInHand {
  readonly minDamage: number;
  readonly maxDamage: number;
  readonly rangeM: number;
  readonly intervalMs: number;
}

/** A character that may enter, as it was last saved. */
export interface Admission {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  readonly name: string;
  readonly level: number;
  /** Content id of the class; chooses abilities and base figures. */
  readonly classId: Slug;
  /** Staff leave the world without waiting. */
  readonly isStaff?: boolean;
  /** What its equipment adds, by stat. */
  readonly gear?: Readonly<Record<string, number>> | undefined;
  readonly weapon?: WeaponInHand | undefined;
  /** Where it was last saved; unset for a newcomer or when it was saved in another zone. */
  readonly state?: SavedState | undefined;
}

/** Where a character was last saved, or is to arrive. */
export interface SavedState extends Omit<CharacterZoneState, 'characterId'> {
  /** The stay and the save in it; unset: what is told here is newer than what is stored. */
  readonly stay?: number | undefined;
  readonly sequence?: number | undefined;
  readonly savedAtMs?: number | undefined;
}

export interface AdmissionPort {
  /**
   * Uses up a single-use ticket for one of these zones and loads its character.
   * @throws AdmissionRefused
   */
  redeemTicket(request: { readonly ticket: string; readonly zoneIds: readonly Slug[] }): Promise<{
    readonly zoneId: Slug;
    readonly character: Admission;
  }>;
}

/** What of a character the zone moves and wears down. */
export interface CharacterZoneState {
  readonly characterId: CharacterId;
  readonly zoneId: Slug;
  /** Metres from the zone's south-west corner. */
  readonly x: number;
  readonly y: number;
  /** Radians, counter-clockwise from east, in [0, 2π). */
  readonly yaw: number;
  /** 0 means dead. */
  readonly health: number;
  /** What leaving and crossing must not reset; unset: nothing. */
  readonly carried?: Carried | undefined;
}

export interface CharacterStatePort {
  /**
   * Writes a character's place and health under the zone's epoch. `sequence` rises with every save of the character in
   * this stay: a save that arrives after a later one, or belongs to an earlier stay, changes nothing and is no error.
   */
  saveCharacterState(
    fence: ZoneFence,
    save: CharacterZoneState & {
      readonly accountId: AccountId;
      /** As `enterZone` has answered it. */
      readonly stay: number;
      readonly sequence: number;
      readonly reason: 'periodic' | 'leave' | 'evict' | 'drain';
    },
  ): Promise<void>;

  /**
   * Hands a character over to another unit: one transaction writes its state as it will arrive and takes it out of this
   * one. The unit to which it comes claims it by the next version of its presence. False: it is not in this stay any
   * more, nothing was written. Repeating it changes nothing.
   */
  handOffCharacter(fence: ZoneFence, go: HandOff): Promise<boolean>;
}

/** Where a character goes, and how it will stand there. */
export interface HandOff extends Omit<CharacterZoneState, 'zoneId'> {
  readonly stay: number;
  readonly sequence: number;
  readonly toZone: Slug;
  /** Set when it must be this layer or instance. */
  readonly toUnit?: Slug | undefined;
  /** What the journey uses up. */
  readonly use?: Trip['use'];
}

/** Somebody who stood near a dying NPC, dead or alive. */
export interface Bystander {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly level: number;
}

/** Somebody who had a part in the NPC's death, frozen at that moment; the first is the killer. */
export interface Claimant extends Bystander {
  /** 0: they healed those who fought. */
  readonly damage: number;
}

export interface Kill {
  /** Counts the kills of this epoch from 1: (zoneId, epoch, killSeq) names the kill, its drop and every item of it. */
  readonly killSeq: number;
  readonly npcKind: Slug;
  readonly npcLevel: number;
  /** The spawn point, as content names it, with the index of the NPC there. */
  readonly spawnId: string;
  readonly x: number;
  readonly y: number;
  readonly killedAtMs: number;
  readonly combatId: Id<'cbt'>;
  /** At least one. */
  readonly claimants: readonly Claimant[];
  /** Who struck first: the kill is its group's, if any of it is near. */
  readonly tappedBy?: CharacterId | undefined;
  /** Who else stood near: their party may have made the kill. */
  readonly nearby: readonly Bystander[];
  /** It was a boss: until when it stays dead, written with the kill or not at all. */
  readonly boss?: BossFall | undefined;
}

export interface RecordedDrop {
  readonly dropId: DropId;
  /** How those who earned it share it. */
  readonly method: string;
  /** Who has earned it, and is shown it. */
  readonly eligibleIds: readonly CharacterId[];
  readonly slots: readonly {
    readonly slotIndex: number;
    readonly templateId: Slug;
    readonly count: number;
    /** Whose it is or whose turn it is; unset: all who have earned it. */
    readonly reservedFor?: CharacterId | undefined;
    /** The roll for it. */
    readonly rollId?: string | undefined;
  }[];
  readonly expiresAtMs: number;
}

export interface KillPort {
  /**
   * One transaction: zone epoch check, world drop with its slots, NPC_DIED and LOOT_GENERATED in the outbox.
   * The same (zoneId, epoch, killSeq) again answers the drops of the first call. None: the kill left nothing; several:
   * each for somebody.
   */
  recordKill(fence: ZoneFence, kill: Kill): Promise<readonly RecordedDrop[]>;
  /** The same for an object that held something, once per (zoneId, epoch, useSeq). */
  recordCache(fence: ZoneFence, opened: OpenedCache): Promise<readonly RecordedDrop[]>;
}

export interface BossPort {
  /** How it is with the zone's bosses, after a claim: what earlier owners have written is in it. */
  bossesOf(fence: ZoneFence): Promise<readonly BossState[]>;
  /** A boss lives: noted and told once for each of its lives. */
  recordBossSpawn(fence: ZoneFence, boss: BossAppearance): Promise<void>;
  /** A boss is dead and nobody has a claim on it. */
  recordBossFall(fence: ZoneFence, fall: BossFall): Promise<void>;
}

/** What binds a character to others and to the world's tasks. */
export interface Ties {
  readonly partyId?: PartyId | undefined;
  /** The quests that it has under way. */
  readonly quests: readonly Slug[];
}

export interface TiesPort {
  /** A character's party and quests as they are stored now. */
  tiesOf(characterId: CharacterId): Promise<Ties>;
}

export interface QuestPort {
  /** A character has walked to a landmark: quests that ask for it have their visit. Repeating it changes nothing. */
  recordVisit(fence: ZoneFence, visit: LandmarkVisit): Promise<void>;
  /** A character has had a share in the use of an object or in an event. Repeating it changes nothing. */
  recordDeed(fence: ZoneFence, deed: WorldDeed): Promise<void>;
}

export interface CombatLogPort {
  /** Tells a death once per (zoneId, epoch, deathSeq); what is worn wears by it. */
  recordDeath(fence: ZoneFence, death: Death): Promise<void>;
  /** Stores a fight, its log and what it adds to statistics, and tells it (COMBAT_ENDED …), once per `combatId`. */
  recordFight(fence: ZoneFence, fight: CombatSummary | PvpFight): Promise<void>;
}

/** What has added up against one character since its last report. */
export type Suspicion = SuspicionReport;

export interface SuspicionPort {
  /** Counts what was noticed against the character's account, once per (zoneId, epoch, reportSeq). */
  reportSuspicion(fence: ZoneFence, suspicion: Suspicion): Promise<void>;
}

/** How a character left the world. */
export interface Departure {
  readonly reason: LeaveReason;
  /** Set when nobody had played it for so long that it was put out. */
  readonly idleMs?: number | undefined;
}

export interface PresencePort {
  /**
   * The character is in this zone: one row per character, last writer wins under its epoch. Answers the version that
   * names this stay.
   * @throws AdmissionRefused when its session has ended meanwhile.
   */
  enterZone(
    fence: ZoneFence,
    who: Pick<Admission, 'accountId' | 'sessionId' | 'characterId' | 'name' | 'level'>,
  ): Promise<number>;
  /** The character is gone from it, and why; a row of another zone or epoch stays. Told to others once. */
  leaveZone(fence: ZoneFence, who: Pick<Admission, 'accountId' | 'characterId'>, departure: Departure): Promise<void>;
}

export interface TradePort {
  /**
   * The two who trade are too far apart, or one of them fights or is dead: the trade ends, unless it is over already.
   */
  endTrade(fence: ZoneFence, end: { readonly tradeId: TradeId; readonly reason: ZoneEndReason }): Promise<void>;
}

/** An order to the owner of a zone, given by other parts of the backend. */
export type ZoneCommand = EvictOrder | RefreshOrder | TiesOrder | WatchPairOrder | TravelOrder | LeaveOrder;

/** To let a character go to another unit. */
export interface TravelOrder {
  readonly commandId: string;
  readonly kind: 'travel';
  readonly characterId: CharacterId;
  readonly trip: Trip;
}

/** To look again at a character's party and quests. */
export interface TiesOrder {
  readonly commandId: string;
  readonly kind: 'ties';
  readonly characterId: CharacterId;
}

/** To let a character leave the world, as if it had wished so itself. */
export interface LeaveOrder {
  readonly commandId: string;
  readonly kind: 'leave';
  readonly characterId: CharacterId;
}

/** To watch two characters that trade. */
export interface WatchPairOrder {
  readonly commandId: string;
  readonly kind: 'watch-pair';
  readonly tradeId: TradeId;
  readonly characterIds: readonly [CharacterId, CharacterId];
  /** Metres that may lie between them. */
  readonly rangeM: number;
  /** Wall clock. */
  readonly expiresAtMs: number;
}

/** To look again at a character's level and at what it wears, and to let something that it used take effect. */
export interface RefreshOrder {
  readonly commandId: string;
  readonly kind: 'refresh';
  readonly characterId: CharacterId;
  /** What its equipment adds by now, by stat. */
  readonly gear: Readonly<Record<string, number>>;
  readonly weapon?: WeaponInHand | undefined;
  /** Its level by now; unset: unknown. */
  readonly level?: number | undefined;
  /** Health and energy that come back at once. */
  readonly heal: number;
  readonly energy: number;
  /** What works for a while. */
  readonly tonics: readonly { readonly stats: Readonly<Record<string, number>>; readonly durationMs: number }[];
}

/** To put somebody out. */
export interface EvictOrder {
  readonly commandId: string;
  readonly kind: 'evict';
  /** All that are set must match; at least one is set. */
  readonly accountId?: AccountId | undefined;
  readonly sessionId?: SessionId | undefined;
  readonly characterId?: CharacterId | undefined;
  readonly reason: EvictReason;
}

export interface CommandPort {
  /** Orders not yet acknowledged, oldest first, at most 100. */
  pollCommands(fence: ZoneFence): Promise<readonly ZoneCommand[]>;
  /** The order is carried out: deletes it. Deleting it twice is no error. */
  acknowledgeCommand(fence: ZoneFence, commandId: string): Promise<void>;
}

/** What an owner notes down of its unit: where everybody is, who stays dead, and what goes on. */
export interface UnitMemory {
  /** Packed by `packPlaces`. */
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
