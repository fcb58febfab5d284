import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualities } from '#content/quality.ts';
import { quests } from '#content/quests.ts';
import { createId } from '#shared/kernel/ids.ts';
import { advance, begin, type Fact, isMarked, periodOf, type Quest, refusalOf, rewardsOf } from './rules.ts';

const owner = { characterId: createId('chr'), accountId: createId('acc') };
const run = (quest: Quest) => begin(quest, { ...owner, seed: 'seed', acceptedAtMs: 1_000 });
const drone: Fact = { kind: 'kill', npc: 'salvage-drone' };
const core: Fact = { kind: 'collect', item: 'drone-memory-core', itemKind: 'quest', quality: 'common', count: 1 };
const firstSalvage = quests.get('first-salvage');
const arsenal = quests.get('arsenal-of-the-poor');

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({
    kind: fc.constant('kill' as const),
    npc: fc.constantFrom('salvage-drone', 'bilge-crawler', 'mother-rust'),
  }),
  fc.record({
    kind: fc.constant('collect' as const),
    item: fc.constantFrom('drone-memory-core', 'salt-crystal', 'first-light'),
    itemKind: fc.constantFrom('quest', 'material', 'weapon'),
    quality: fc.constantFrom(...qualities),
    count: fc.integer({ min: 1, max: 200 }),
  }),
  fc.record({ kind: fc.constant('visit' as const), zone: fc.constantFrom('ember-terraces', 'null-cathedral') }),
  fc.record({ kind: fc.constant('talk' as const), node: fc.constantFrom('ilex-truth', 'oduya-name') }),
);

describe('objectives', () => {
  it('count what they ask for, and the quest is complete with the last of them', () => {
    const one = advance(run(firstSalvage), firstSalvage, drone);
    expect(one.state).toBe('ACTIVE');
    const both = advance(one, firstSalvage, core);
    expect(both).toMatchObject({ state: 'COMPLETE', counters: { 'break-a-drone': 1, 'take-its-core': 1 } });
  });

  it('leave the run as it is when nothing counts', () => {
    const before = run(firstSalvage);
    expect(advance(before, firstSalvage, { kind: 'kill', npc: 'mother-rust' })).toBe(before);
  });

  it('count a whole stack, but never above what is asked for', () => {
    const stack: Fact = { ...core, item: 'rebar-cleaver', itemKind: 'weapon', count: 7 };
    const once = advance(run(arsenal), arsenal, stack);
    expect(once.counters['collect-10-weapons']).toBe(7);
    expect(advance(once, arsenal, stack).counters['collect-10-weapons']).toBe(10);
  });

  it('clamp, never fall, and say COMPLETE exactly when all are full, whatever happens', () => {
    fc.assert(
      fc.property(fc.constantFrom(...quests.all), fc.array(anyFact, { maxLength: 60 }), (quest, facts) => {
        let before = run(quest);
        for (const fact of facts) {
          const after = advance(before, quest, fact);
          for (const objective of quest.objectives) {
            const count = after.counters[objective.id] ?? 0;
            expect(count).toBeLessThanOrEqual(objective.count);
            expect(count).toBeGreaterThanOrEqual(before.counters[objective.id] ?? 0);
          }
          const full = quest.objectives.every((one) => after.counters[one.id] === one.count);
          expect(after.state).toBe(full ? 'COMPLETE' : 'ACTIVE');
          expect(after.version).toBe(after === before ? before.version : before.version + 1);
          before = after;
        }
      }),
    );
  });
});

describe('accepting', () => {
  const standing = { level: 30, rewarded: new Set<string>(), done: undefined, isUnderWay: false };
  const signal = quests.get('signal-in-the-salt');
  const code = (quest: Quest, change: Partial<Parameters<typeof refusalOf>[1]>) =>
    refusalOf(quest, { ...standing, ...change }, 0)?.code;

  it('is allowed when nothing stands against it', () => {
    expect(code(firstSalvage, {})).toBeUndefined();
    expect(code(signal, { rewarded: new Set(['first-salvage']) })).toBeUndefined();
  });

  it('is refused while it is under way, below its level, or before its prerequisite', () => {
    expect(code(firstSalvage, { isUnderWay: true })).toBe('quest.already_accepted');
    expect(code(signal, { level: 1 })).toBe('quest.level_too_low');
    expect(code(signal, {})).toBe('quest.prerequisite_missing');
  });

  it('is refused for ever after the reward of a quest that does not repeat', () => {
    expect(code(firstSalvage, { done: { period: 'once' } })).toBe('quest.already_rewarded');
  });

  it('is allowed again in the next period of a quest that repeats', () => {
    const rewarded = new Set(['first-salvage']);
    const today = periodOf(arsenal, 0);
    expect(code(arsenal, { rewarded, done: { period: today } })).toBe('quest.already_rewarded');
    expect(code(arsenal, { rewarded, done: { period: 'daily-1969-12-01' } })).toBeUndefined();
  });

  it('shows a mark only for quests near the level', () => {
    expect([3, 4, 8, 9].map((level) => isMarked({ level: 4 }, level))).toEqual([true, true, true, false]);
    expect(isMarked({ level: 12 }, 5)).toBe(true);
    expect(isMarked({ level: 13 }, 5)).toBe(false);
  });
});

describe('the reward', () => {
  const finished = (quest: Quest) => ({ ...run(quest), state: 'COMPLETE' as const });

  it('is everything that is given, and the one thing that was chosen', () => {
    expect(rewardsOf(finished(firstSalvage), firstSalvage, undefined)).toEqual(firstSalvage.rewards.items);
    expect(rewardsOf(finished(arsenal), arsenal, 'servo-joint')).toEqual([
      ...arsenal.rewards.items,
      { item: 'servo-joint', count: 5 },
    ]);
  });

  it('is refused before the quest is complete, without a choice, and for a choice that is none', () => {
    expect(() => rewardsOf(run(arsenal), arsenal, 'servo-joint')).toThrow('quest.not_complete');
    expect(() => rewardsOf(finished(arsenal), arsenal, undefined)).toThrow('quest.choice_required');
    expect(() => rewardsOf(finished(arsenal), arsenal, 'first-light')).toThrow('quest.choice_unknown');
    expect(() => rewardsOf(finished(firstSalvage), firstSalvage, 'first-light')).toThrow('quest.choice_unknown');
  });
});
