import {
  COMBAT_ENDED,
  COMBAT_STARTED,
  DAMAGE_DEALT,
  HEAL_CAST,
  PLAYER_ATTACKED,
  PLAYER_DIED,
  PVP_FIGHT_ENDED,
} from '#events/combat.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { type CombatSummary, type Death, type Participant, type PvpFight, recordedParticipants } from './rules.ts';

/**
 * Everything that a finished fight tells: its start and end always, attacks, damage and healing where there were any;
 * deaths have been told when they happened. Each figure is the fight's sum, so that a blow never costs an event of its own.
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

type ZoneLife = { readonly zoneId: Slug; readonly epoch: number };

/** Names a death in a unit, however often it is told. */
export function deathIdOf({ zoneId, epoch }: ZoneLife, deathSeq: number): string {
  return `${zoneId}.${epoch}.${deathSeq}`;
}

/** That a character died, in this zone of content. */
export function deathEvent(deathId: string, { zoneId, epoch }: ZoneLife, death: Death): DomainEvent {
  const { combatId, accountId, characterId, killer } = death;
  const data = { combatId, zoneId, epoch, accountId, characterId, killer, deaths: 1, deathId };
  return event(PLAYER_DIED, { aggregateId: deathId, aggregateSeq: 1, data });
}

/** That a fight between two characters is over. */
export function pvpFightEvent({ zoneId, epoch }: ZoneLife, fight: PvpFight): DomainEvent {
  const { combatId, isDuel, winnerId, participants } = fight;
  const data = {
    ...{ combatId, zoneId, epoch, isDuel },
    startedAt: toIso(fight.startedAtMs),
    endedAt: toIso(fight.endedAtMs),
    ...(winnerId ? { winnerId } : {}),
    participants: participants.map(({ healingDone: _healing, ...figures }) => figures),
  };
  return event(PVP_FIGHT_ENDED, { aggregateId: combatId, aggregateSeq: 1, data });
}
