import { COMBAT_ENDED, COMBAT_STARTED, DAMAGE_DEALT, HEAL_CAST, PLAYER_ATTACKED, PLAYER_DIED } from '#events/combat.ts';
import { MAX_GROUP } from '#events/fields.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { DAY_MS, toIso } from '#shared/kernel/clock.ts';
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

/**
 * Everything that a finished fight tells: its start and end always, attacks, deaths, damage and healing where there
 * were any. Each figure is the fight's sum, so that a blow never costs an event of its own.
 */
export function eventsOf(
  zone: { readonly zoneId: Slug; readonly epoch: number },
  summary: CombatSummary,
): DomainEvent[] {
  const { combatId, outcome } = summary;
  const participants = recordedParticipants(summary);
  const fight = { combatId, zoneId: zone.zoneId, epoch: zone.epoch };
  const npc = { npcKind: summary.npc.kind, npcLevel: summary.npc.level };
  const [startedAt, endedAt] = [toIso(summary.startedAtMs), toIso(summary.endedAtMs)];
  const refOf = ({ accountId, characterId }: Participant) => ({ accountId, characterId });

  const victims = participants.filter((one) => one.damageTaken > 0);
  const attackers = participants.filter((one) => one.hits + one.misses > 0 || one.damageDone > 0);
  const healers = participants.filter((one) => one.healingDone > 0);
  const dead = participants.filter((one) => one.deaths > 0);

  let aggregateSeq = 0;
  const next = () => {
    aggregateSeq += 1;
    return { aggregateId: combatId, aggregateSeq };
  };
  return [
    event(COMBAT_STARTED, { ...next(), data: { ...fight, startedAt, npc, participants: participants.map(refOf) } }),
    ...(victims.length === 0
      ? []
      : [
          event(PLAYER_ATTACKED, {
            ...next(),
            data: {
              ...fight,
              attacker: npc,
              victims: victims.map((one) => ({ ...refOf(one), damageTaken: one.damageTaken })),
            },
          }),
        ]),
    ...(attackers.length === 0
      ? []
      : [
          event(DAMAGE_DEALT, {
            ...next(),
            data: {
              ...fight,
              target: npc,
              dealt: attackers.map((one) => ({
                ...refOf(one),
                damage: one.damageDone,
                hits: one.hits,
                misses: one.misses,
              })),
            },
          }),
        ]),
    ...(healers.length === 0
      ? []
      : [
          event(HEAL_CAST, {
            ...next(),
            data: { ...fight, healed: healers.map((one) => ({ ...refOf(one), healing: one.healingDone })) },
          }),
        ]),
    ...dead.map((one) =>
      event(PLAYER_DIED, { ...next(), data: { ...fight, ...refOf(one), killer: npc, deaths: one.deaths } }),
    ),
    event(COMBAT_ENDED, {
      ...next(),
      data: {
        ...fight,
        startedAt,
        endedAt,
        outcome,
        npc,
        participants: participants.map((one) => ({
          ...refOf(one),
          damageDone: one.damageDone,
          damageTaken: one.damageTaken,
          healingDone: one.healingDone,
          deaths: one.deaths,
        })),
      },
    }),
  ];
}
