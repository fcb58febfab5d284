import type { correctionReasons } from '#shared/contract/zone-protocol.ts';
import type { DuelNews, DuelRefusal } from './abilities/duels.ts';
import type { FeudResult } from './abilities/feuds.ts';
import type { CarriedState } from './definition.ts';
import type { FightResult } from './fights.ts';
import type { LeaveManner } from './leaving.ts';
import type { SuspicionReport } from './suspicion.ts';

export type CorrectionReason = keyof typeof correctionReasons;

/** Why a player who wished to leave does not. */
export type StayReason = 'moved' | 'fighting' | 'dead' | 'trading';

/** Where and how a player was when it left the simulation, or at a save. */
export interface PlayerSnapshot {
  readonly slot: number;
  readonly characterId: string;
  readonly accountId: string;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly health: number;
}

export interface KillOutcome {
  /** Counts the kills of this simulation from 1. */
  readonly killSeq: number;
  readonly npcSlot: number;
  readonly npcKind: number;
  readonly spawnId: string;
  /** When its place is filled again. */
  readonly respawnTicks: number;
  readonly x: number;
  readonly y: number;
  readonly fightSeq: number;
  /** In range, with damage or healing done; the one who struck last is first. Never empty. */
  readonly claimants: readonly {
    readonly slot: number;
    readonly characterId: string;
    readonly accountId: string;
    readonly level: number;
    readonly damage: number;
  }[];
  /** The character that struck first: the kill is its group's. */
  readonly tappedBy: string | undefined;
  /** The other players in range, dead or alive. */
  readonly nearby: readonly { readonly characterId: string; readonly accountId: string; readonly level: number }[];
}

/** An object was used. */
export interface UseOutcome {
  /** Counts the uses of this simulation from 1. */
  readonly useSeq: number;
  /** Index in the zone's `objects`. */
  readonly object: number;
  readonly objectSlot: number;
  readonly by: { readonly accountId: string; readonly characterId: string; readonly level: number };
  /** The others of its party who were near, dead or alive. */
  readonly nearby: readonly UseOutcome['by'][];
}

/** A player has died. */
export interface PlayerDeath {
  readonly slot: number;
  readonly characterId: string;
  readonly accountId: string;
  /** Counts the deaths of this simulation from 1. */
  readonly deathSeq: number;
  /** In which fight; unset: it was over already. */
  readonly fightSeq: number | undefined;
  readonly killer: { readonly npcKind: number } | { readonly accountId: string; readonly characterId: string };
}

/** What of its body a player alone is told. */
export interface Vitals {
  readonly slot: number;
  readonly energy: number;
  readonly maxEnergy: number;
  readonly energyPerSecond: number;
  /** Share of the speed that it has, in thousandths. */
  readonly pacePermille: number;
  /** Of the plain attack. */
  readonly attackRange: number;
  readonly attackTicks: number;
}

const MAX_COMBAT_EVENTS = 4_096;

/** Blows and heals of one tick, in columns; beyond the limit they still count but are no longer shown. */
export class CombatEvents {
  count = 0;
  readonly cell = new Uint16Array(MAX_COMBAT_EVENTS);
  readonly source = new Uint16Array(MAX_COMBAT_EVENTS);
  readonly target = new Uint16Array(MAX_COMBAT_EVENTS);
  readonly ability = new Uint8Array(MAX_COMBAT_EVENTS);
  readonly outcome = new Uint8Array(MAX_COMBAT_EVENTS);
  readonly amount = new Uint16Array(MAX_COMBAT_EVENTS);

  add(cell: number, source: number, target: number, ability: number, outcome: number, amount: number): void {
    if (this.count === MAX_COMBAT_EVENTS) return;
    const row = this.count++;
    this.cell[row] = cell;
    this.source[row] = source;
    this.target[row] = target;
    this.ability[row] = ability;
    this.outcome[row] = outcome;
    this.amount[row] = Math.min(65_535, amount);
  }
}

/** Everything that a tick tells the world outside; emptied at the start of the next. */
export class TickOutcome {
  readonly joined: { readonly slot: number; readonly characterId: string }[] = [];
  /** Characters for whom there is no room. */
  readonly turnedAway: string[] = [];
  readonly left: (PlayerSnapshot & {
    readonly manner: LeaveManner;
    readonly carried: CarriedState | undefined;
  })[] = [];
  /** Those who leave with this tick through a gate of the zone, by its index. */
  readonly crossings: { readonly slot: number; readonly gate: number }[] = [];
  /** Those who are not strong enough for what lies behind a gate. */
  readonly turnedBack: { readonly slot: number; readonly gate: number }[] = [];
  /** Those who wish to leave, and when they will be out. */
  readonly leaving: { readonly slot: number; readonly ticks: number; readonly isShift?: boolean }[] = [];
  readonly stayed: { readonly slot: number; readonly reason: StayReason }[] = [];
  /** Those who leave because nobody plays them. */
  readonly idle: { readonly slot: number; readonly characterId: string; readonly idleTicks: number }[] = [];
  readonly corrections: {
    readonly slot: number;
    readonly correction: number;
    readonly reason: CorrectionReason;
    readonly x: number;
    readonly y: number;
  }[] = [];
  readonly actionResults: { readonly slot: number; readonly actionSeq: number; readonly result: number }[] = [];
  readonly deaths: PlayerDeath[] = [];
  readonly feuds: FeudResult[] = [];
  readonly duels: DuelNews[] = [];
  /** Duels that cannot be. */
  readonly refusedDuels: { readonly slot: number; readonly reason: DuelRefusal }[] = [];
  /** Offers to the dead to stand up. */
  readonly offers: { readonly slot: number; readonly by: number; readonly name: string; readonly ticks: number }[] = [];
  readonly vitals: Vitals[] = [];
  /** Those who have reached a higher level. */
  readonly levels: { readonly slot: number; readonly level: number }[] = [];
  readonly kills: KillOutcome[] = [];
  readonly fights: FightResult[] = [];
  readonly spawned: { readonly slot: number; readonly npcKind: number; readonly spawnId: string }[] = [];
  /** Who has come to a landmark for the first time in its stay. */
  readonly visits: { readonly characterId: string; readonly landmark: string }[] = [];
  /** NPCs that died and nobody has a claim on. */
  readonly unclaimed: { readonly npcKind: number; readonly spawnId: string; readonly respawnTicks: number }[] = [];
  /** What happens in the fights of bosses, for everybody in the zone. */
  readonly bossNews: {
    readonly slot: number;
    readonly npcKind: number;
    readonly event: 'boss_phase' | 'boss_enraged' | 'boss_reset';
    readonly text: string;
  }[] = [];
  readonly uses: UseOutcome[] = [];
  /** What happens in events, for everybody in the zone. */
  readonly eventNews: {
    readonly event: number;
    readonly what: 'began' | 'phase' | 'done' | 'failed';
    readonly text: string;
  }[] = [];
  /** Events that are over, and whom that concerns. */
  readonly eventEnds: {
    readonly event: number;
    readonly isDone: boolean;
    readonly characterIds: readonly string[];
  }[] = [];
  /** Players of whom suspicion has added up. */
  readonly suspects: SuspicionReport[] = [];
  readonly combat = new CombatEvents();

  clear(): void {
    this.joined.length = 0;
    this.turnedAway.length = 0;
    this.left.length = 0;
    this.crossings.length = 0;
    this.turnedBack.length = 0;
    this.leaving.length = 0;
    this.stayed.length = 0;
    this.idle.length = 0;
    this.corrections.length = 0;
    this.actionResults.length = 0;
    this.deaths.length = 0;
    this.feuds.length = 0;
    this.duels.length = 0;
    this.refusedDuels.length = 0;
    this.offers.length = 0;
    this.vitals.length = 0;
    this.levels.length = 0;
    this.kills.length = 0;
    this.fights.length = 0;
    this.spawned.length = 0;
    this.visits.length = 0;
    this.unclaimed.length = 0;
    this.bossNews.length = 0;
    this.uses.length = 0;
    this.eventNews.length = 0;
    this.eventEnds.length = 0;
    this.suspects.length = 0;
    this.combat.count = 0;
  }
}
