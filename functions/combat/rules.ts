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
  readonly outcome: (typeof combatOutcomes)[number];
  readonly npc: {
    readonly kind: Slug;
    readonly level: number;
    readonly damageDone: number;
    readonly damageTaken: number;
  };
  /** The first 40 are told of. */
  readonly participants: readonly Participant[];
}

/** Those whose fight is recorded: nobody twice, and no more than events have room for. */
export function recordedParticipants(summary: CombatSummary): readonly Participant[] {
  const byCharacter = new Map(summary.participants.map((one) => [one.characterId, one]));
  return [...byCharacter.values()].slice(0, MAX_GROUP);
}
