import type { SuspicionReport } from '#functions/anticheat/public.ts';
import type { CombatSummary, Death, FightLog, PvpFight } from '#functions/combat/public.ts';
import type { OpenedCache } from '#functions/loot/public.ts';
import type { LandmarkVisit, WorldDeed } from '#functions/quest/public.ts';
import type { ZoneEndReason } from '#functions/trade/public.ts';
import type { BossAppearance, BossFall, BossState } from '#functions/zone/public.ts';
import type { AccountId, CharacterId, DropId, Id, Slug, TradeId } from '#shared/kernel/ids.ts';
import type { ZoneFence } from './unit-ports.ts';

export type {
  BossAppearance,
  BossFall,
  BossState,
  CombatSummary,
  Death,
  FightLog,
  LandmarkVisit,
  OpenedCache,
  PvpFight,
  WorldDeed,
};

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

export interface TradePort {
  /**
   * The two who trade are too far apart, or one of them fights or is dead: the trade ends, unless it is over already.
   */
  endTrade(fence: ZoneFence, end: { readonly tradeId: TradeId; readonly reason: ZoneEndReason }): Promise<void>;
}
