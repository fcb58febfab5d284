import { MAX_GROUP } from '#events/fields.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, CombatId, Slug } from '#shared/kernel/ids.ts';
import type { FightLog } from './fight-log.ts';

/** The last three are of fights between two characters. */
export const combatOutcomes = ['npc_died', 'npc_evaded', 'players_died', 'won', 'lost', 'drawn'] as const;
export type CombatOutcome = (typeof combatOutcomes)[number];

/** How long a fight stays in a character's log. */
export const LOG_RETENTION_MS = 30 * DAY_MS;

/** What one character did and suffered in a fight. */
export interface Participant {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly damageDone: number;
  readonly damageTaken: number;
  readonly healingDone: number;
  readonly hits: number;
  readonly misses: number;
  readonly deaths: number;
  /** The most damage of one blow; unset: none did any. */
  readonly bestBlow?: { readonly amount: number; readonly abilityId: Slug } | undefined;
}

interface FightOver {
  readonly combatId: CombatId;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly log: FightLog;
}

/** One fight: from the first hostile act on an NPC until it dies, gives up or everybody who fought it is dead. */
export interface CombatSummary extends FightOver {
  readonly outcome: Exclude<CombatOutcome, 'won' | 'lost' | 'drawn'>;
  readonly npc: {
    readonly kind: Slug;
    readonly level: number;
    readonly damageDone: number;
    readonly damageTaken: number;
  };
  /** The first 40 are told of. */
  readonly participants: readonly Participant[];
}

/** A fight or duel between two characters, from the first blow until one is down or gone, or neither strikes any more. */
export interface PvpFight extends FightOver {
  readonly isDuel: boolean;
  /** Unset: nobody has won. */
  readonly winnerId: CharacterId | undefined;
  readonly participants: readonly [Participant, Participant];
}

/** Any fight that is over. */
export type Fight = CombatSummary | PvpFight;

/** One death of a character. */
export interface Death {
  /** Counts the deaths of the zone's epoch from 1: (zoneId, epoch, deathSeq) names the death. */
  readonly deathSeq: number;
  readonly combatId: CombatId;
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly killer:
    | { readonly npcKind: Slug; readonly npcLevel: number }
    | { readonly accountId: AccountId; readonly characterId: CharacterId };
}

/** How a fight ended for one of those who fought it. */
export function outcomeFor(fight: Fight, characterId: CharacterId): CombatOutcome {
  if ('npc' in fight) return fight.outcome;
  if (fight.winnerId === undefined) return 'drawn';
  return fight.winnerId === characterId ? 'won' : 'lost';
}

/** Those whose fight is recorded: nobody twice, and no more than events have room for. */
export function recordedParticipants({ participants }: Fight): readonly Participant[] {
  const byCharacter = new Map(participants.map((one) => [one.characterId, one]));
  return [...byCharacter.values()].slice(0, MAX_GROUP);
}

/** The other one of a fight of two. */
export function rivalOf({ participants }: PvpFight, characterId: CharacterId): Participant {
  return participants[participants[0].characterId === characterId ? 1 : 0];
}

/** A fight as one character remembers it. */
export interface LoggedFight extends Omit<Participant, 'accountId' | 'bestBlow'> {
  readonly combatId: CombatId;
  readonly zoneId: Slug;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: CombatOutcome;
  /** Against an NPC … */
  readonly npcKind?: Slug | undefined;
  readonly npcLevel?: number | undefined;
  /** … or against another character. */
  readonly rivalId?: CharacterId | undefined;
  readonly isDuel?: boolean | undefined;
  readonly participants: number;
}

/** What each who fought remembers of a fight. */
export function loggedFights(zoneId: Slug, fight: Fight): readonly LoggedFight[] {
  const { combatId, startedAtMs, endedAtMs } = fight;
  const participants = recordedParticipants(fight);
  return participants.map(({ accountId: _account, bestBlow: _blow, ...figures }) => ({
    ...figures,
    ...{ combatId, zoneId, startedAtMs, endedAtMs, participants: participants.length },
    outcome: outcomeFor(fight, figures.characterId),
    ...('npc' in fight
      ? { npcKind: fight.npc.kind, npcLevel: fight.npc.level }
      : { rivalId: rivalOf(fight, figures.characterId).characterId, isDuel: fight.isDuel }),
  }));
}
