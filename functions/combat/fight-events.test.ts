import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId, deriveId } from '#shared/kernel/ids.ts';
import { eventsOf } from './fight-events.ts';
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
});
