import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId, deriveId } from '#shared/kernel/ids.ts';
import { eventsOf } from './fight-events.ts';
import { noLog } from './fight-log.ts';
import { type CombatSummary, type Participant, recordedParticipants } from './rules.ts';

const zone = { zoneId: 'docks', epoch: 3 };

function summaryOf(participants: readonly Participant[]): CombatSummary {
  return {
    combatId: createId('cbt'),
    startedAtMs: 1_000,
    endedAtMs: 9_000,
    outcome: 'npc_evaded',
    npc: { kind: 'salvage-drone', level: 2, damageDone: 0, damageTaken: 0 },
    participants,
    log: noLog,
  };
}

const figure = fc.nat(100_000);
const anyParticipants = fc.array(
  fc.record({
    accountId: fc.nat(60).map((who) => deriveId('acc', who)),
    characterId: fc.nat(60).map((who) => deriveId('chr', who)),
    damageDone: figure,
    damageTaken: figure,
    healingDone: figure,
    hits: fc.nat(500),
    misses: fc.nat(500),
    deaths: fc.nat(3),
  }),
  { minLength: 1, maxLength: 80 },
);

describe('eventsOf', () => {
  it('tells valid events whose figures add up to what the participants did', () => {
    fc.assert(
      fc.property(anyParticipants, (participants) => {
        const summary = summaryOf(participants);
        const recorded = recordedParticipants(summary);
        const events = eventsOf(zone, summary);
        for (const { definition, data } of events) expect(definition.detail.safeParse(data).success).toBe(true);
        const sum = (name: string, list: string, key: string) =>
          events
            .filter(({ definition }) => definition.name === name)
            .flatMap(({ data }) => (data as Record<string, Record<string, number>[]>)[list]!)
            .reduce((total, one) => total + one[key]!, 0);
        const done = (key: 'damageTaken' | 'healingDone') => recorded.reduce((total, one) => total + one[key], 0);
        expect(sum('PLAYER_ATTACKED', 'victims', 'damageTaken')).toBe(done('damageTaken'));
        expect(sum('HEAL_CAST', 'healed', 'healing')).toBe(done('healingDone'));
        expect(events.map(({ aggregateSeq }) => aggregateSeq)).toEqual(events.map((_event, index) => index + 1));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out what did not happen', () => {
    const idle = { damageDone: 0, damageTaken: 0, healingDone: 0, hits: 0, misses: 0, deaths: 0 };
    const summary = summaryOf([{ accountId: createId('acc'), characterId: createId('chr'), ...idle }]);
    expect(eventsOf(zone, summary).map(({ definition }) => definition.name)).toEqual([
      'COMBAT_STARTED',
      'COMBAT_ENDED',
    ]);
  });

  it('tells of two who fought each other, and what each has done to the other', () => {
    const figures = { damageTaken: 0, healingDone: 0, hits: 1, misses: 0, deaths: 0 };
    const [first, second] = [0, 1].map((who) => ({
      accountId: deriveId('acc', who),
      characterId: deriveId('chr', who),
      ...figures,
      damageDone: 20 * (1 - who),
      damageTaken: 20 * who,
    })) as [Participant, Participant];
    const { npc: _npc, outcome: _outcome, ...fight } = summaryOf([first, second]);
    const duel = { ...fight, isDuel: true, winnerId: first.characterId, participants: [first, second] } as const;
    const events = eventsOf(zone, duel);
    for (const { definition, data } of events) expect(definition.detail.safeParse(data).success).toBe(true);
    const refOf = ({ accountId, characterId }: Participant) => ({ accountId, characterId });
    expect(events.map(({ definition, data }) => [definition.name, data])).toMatchObject([
      ['COMBAT_STARTED', { opponent: { isDuel: true } }],
      ['DAMAGE_DEALT', { target: refOf(second), dealt: [{ ...refOf(first), damage: 20 }] }],
      ['PLAYER_ATTACKED', { attacker: refOf(first), victims: [{ ...refOf(second), damageTaken: 20 }] }],
      ['DAMAGE_DEALT', { target: refOf(first), dealt: [{ ...refOf(second), damage: 0 }] }],
      ['COMBAT_ENDED', { outcome: 'won', winnerId: first.characterId, opponent: { isDuel: true } }],
    ]);
  });
});
