import { COMBAT_ENDED, COMBAT_STARTED, DAMAGE_DEALT, HEAL_CAST, PLAYER_ATTACKED, PLAYER_DIED } from '#events/combat.ts';
import { type DomainEvent, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { type Death, type Fight, type Participant, recordedParticipants, rivalOf } from './rules.ts';

type ZoneLife = { readonly zoneId: Slug; readonly epoch: number };
type Unnumbered = (seq: { readonly aggregateId: string; readonly aggregateSeq: number }) => DomainEvent;

const refOf = ({ accountId, characterId }: Participant) => ({ accountId, characterId });

/**
 * Everything that a finished fight tells: its start and end always, attacks, damage and healing where there were any;
 * deaths have been told when they happened. Each figure is the fight's sum, so that a blow never costs an event of its
 * own. Of two characters each has attacked the other, and is told of by itself.
 */
export function eventsOf(zone: ZoneLife, fight: Fight): DomainEvent[] {
  const { combatId } = fight;
  const participants = recordedParticipants(fight);
  const data = { combatId, zoneId: zone.zoneId, epoch: zone.epoch };
  const startedAt = toIso(fight.startedAtMs);
  const opponent = opponentIn(fight);
  const healers = participants.filter(({ healingDone }) => healingDone > 0);

  const told: Unnumbered[] = [
    (seq) =>
      event(COMBAT_STARTED, { ...seq, data: { ...data, startedAt, opponent, participants: participants.map(refOf) } }),
    ...blowsOf(data, fight, participants),
  ];
  if (healers.length > 0) {
    const healed = healers.map((one) => ({ ...refOf(one), healing: one.healingDone }));
    told.push((seq) => event(HEAL_CAST, { ...seq, data: { ...data, healed } }));
  }
  const end = {
    ...{ ...data, startedAt, endedAt: toIso(fight.endedAtMs), opponent },
    ...endOf(fight),
    participants: participants.map((one) => ({
      ...refOf(one),
      damageDone: one.damageDone,
      damageTaken: one.damageTaken,
      healingDone: one.healingDone,
      deaths: one.deaths,
    })),
  };
  told.push((seq) => event(COMBAT_ENDED, { ...seq, data: end }));
  return told.map((tell, index) => tell({ aggregateId: combatId, aggregateSeq: index + 1 }));
}

function opponentIn(fight: Fight) {
  return 'npc' in fight ? npcOf(fight.npc) : { isDuel: fight.isDuel };
}

const npcOf = ({ kind, level }: { readonly kind: Slug; readonly level: number }) => ({
  npcKind: kind,
  npcLevel: level,
});

function endOf(fight: Fight) {
  if ('npc' in fight) return { outcome: fight.outcome };
  const { winnerId } = fight;
  return winnerId === undefined ? { outcome: 'drawn' as const } : { outcome: 'won' as const, winnerId };
}

/** Attacks and damage: all against the NPC and it against all, or each of two against the other. */
function blowsOf(
  data: { readonly combatId: Fight['combatId'] } & ZoneLife,
  fight: Fight,
  participants: readonly Participant[],
): Unnumbered[] {
  const sides =
    'npc' in fight
      ? [{ opponent: npcOf(fight.npc), own: participants }]
      : participants.map((one) => ({ opponent: refOf(rivalOf(fight, one.characterId)), own: [one] }));
  return sides.flatMap(({ opponent, own }) => {
    const victims = own.filter(({ damageTaken }) => damageTaken > 0);
    const attackers = own.filter(({ hits, misses, damageDone }) => hits + misses > 0 || damageDone > 0);
    const told: Unnumbered[] = [];
    if (victims.length > 0) {
      const hurt = victims.map((one) => ({ ...refOf(one), damageTaken: one.damageTaken }));
      told.push((seq) => event(PLAYER_ATTACKED, { ...seq, data: { ...data, attacker: opponent, victims: hurt } }));
    }
    if (attackers.length > 0) {
      const dealt = attackers.map((one) => ({
        ...refOf(one),
        damage: one.damageDone,
        hits: one.hits,
        misses: one.misses,
      }));
      told.push((seq) => event(DAMAGE_DEALT, { ...seq, data: { ...data, target: opponent, dealt } }));
    }
    return told;
  });
}

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
