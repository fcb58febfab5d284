import { MAX_GROUP } from '#events/fields.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, CombatId, Slug } from '#shared/kernel/ids.ts';
import type { combatOutcomes } from './contract.ts';

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
}

/** One fight: from the first hostile act on an NPC until it dies, gives up or everybody who fought it is dead. */
export interface CombatSummary {
  readonly combatId: CombatId;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: Exclude<(typeof combatOutcomes)[number], 'won' | 'lost' | 'drawn'>;
  readonly npc: {
    readonly kind: Slug;
    readonly level: number;
    readonly damageDone: number;
    readonly damageTaken: number;
  };
  /** The first 40 are told of. */
  readonly participants: readonly Participant[];
}

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

/** A fight or duel between two characters, from the first blow until one is down or gone, or neither strikes any more. */
export interface PvpFight {
  readonly combatId: CombatId;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly isDuel: boolean;
  /** Unset: nobody has won. */
  readonly winnerId: CharacterId | undefined;
  readonly participants: readonly [Participant, Participant];
}

/** How a fight between two ended for one of them. */
export function pvpOutcome({ winnerId }: PvpFight, characterId: CharacterId): 'won' | 'lost' | 'drawn' {
  if (winnerId === undefined) return 'drawn';
  return winnerId === characterId ? 'won' : 'lost';
}

/** Those whose fight is recorded: nobody twice, and no more than events have room for. */
export function recordedParticipants(summary: CombatSummary): readonly Participant[] {
  const byCharacter = new Map(summary.participants.map((one) => [one.characterId, one]));
  return [...byCharacter.values()].slice(0, MAX_GROUP);
}
