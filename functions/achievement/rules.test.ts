import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { achievements } from '#content/achievements.ts';
import { qualities } from '#content/quality.ts';
import { createId } from '#shared/kernel/ids.ts';
import { type AchievementProgress, advance, type CriterionKind, type Fact, nothingYet } from './rules.ts';

const owner = { characterId: createId('chr'), accountId: createId('acc') };
const definitionsOf = (kind: CriterionKind) => achievements.all.filter(({ criterion }) => criterion.kind === kind);
const fresh = (kind: CriterionKind) => nothingYet(owner, kind);
const ids = (unlocked: readonly { id: string }[]) => unlocked.map(({ id }) => id);

const pickUp = (quality: (typeof qualities)[number], itemKind = 'weapon', count = 1): Fact => ({
  kind: 'pick-up',
  itemKind,
  quality,
  count,
});
const kill = (npc: string, rank: string, faction: string): Fact => ({ kind: 'kill', npc, rank, faction });

describe('counting', () => {
  it('unlocks the first legendary with a legendary item only', () => {
    const epic = advance(fresh('pick-up'), definitionsOf('pick-up'), pickUp('epic'), 5);
    expect(ids(epic.unlocked)).toEqual(['purple-reign']);
    const legendary = advance(epic.progress, definitionsOf('pick-up'), pickUp('legendary'), 6);
    expect(ids(legendary.unlocked)).toEqual(['first-legendary']);
    expect(legendary.progress.unlocked).toEqual({ 'purple-reign': 5, 'first-legendary': 6 });
  });

  it('counts a kill for everything that it fits', () => {
    const { progress, unlocked } = advance(
      fresh('kill'),
      definitionsOf('kill'),
      kill('mother-rust', 'boss', 'rustjaw-gang'),
      1,
    );
    expect(progress.counters).toEqual({ 'first-blood': 1, jawbreaker: 1, regicide: 1 });
    expect(ids(unlocked)).toEqual(['first-blood', 'regicide']);
  });

  it('takes a level as a height, not as a sum', () => {
    const definitions = definitionsOf('level');
    const at4 = advance(fresh('level'), definitions, { kind: 'level', level: 4 }, 1);
    expect(at4.unlocked).toEqual([]);
    const late = advance(at4.progress, definitions, { kind: 'level', level: 2 }, 2);
    expect(late.progress).toBe(at4.progress);
    expect(ids(advance(at4.progress, definitions, { kind: 'level', level: 5 }, 3).unlocked)).toEqual(['dock-rat']);
  });

  it('leaves the progress as it is when nothing moves', () => {
    const definitions = definitionsOf('quest').filter(({ id }) => id === 'follow-the-money');
    const before = fresh('quest');
    expect(advance(before, definitions, { kind: 'quest', quest: 'first-salvage' }, 1).progress).toBe(before);
  });

  it('clamps, never falls, and unlocks each achievement once, exactly at its target', () => {
    const fact: fc.Arbitrary<Fact> = fc.oneof(
      fc.record({
        kind: fc.constant('kill' as const),
        npc: fc.constantFrom('mother-rust', 'salvage-drone'),
        rank: fc.constantFrom('normal', 'elite', 'boss'),
        faction: fc.constantFrom('rustjaw-gang', 'feral-machines'),
      }),
      fc.record({
        kind: fc.constant('pick-up' as const),
        itemKind: fc.constantFrom('weapon', 'material'),
        quality: fc.constantFrom(...qualities),
        count: fc.integer({ min: 1, max: 60 }),
      }),
      fc.record({ kind: fc.constant('quest' as const), quest: fc.constantFrom('cold-accounts', 'last-rites') }),
      fc.record({ kind: fc.constant('level' as const), level: fc.integer({ min: 2, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 80 }), (facts) => {
        const rows = new Map<CriterionKind, AchievementProgress>();
        const unlockedOnce = new Set<string>();
        for (const one of facts) {
          const before = rows.get(one.kind) ?? fresh(one.kind);
          const { progress, unlocked } = advance(before, definitionsOf(one.kind), one, 1);
          for (const { id, criterion } of definitionsOf(one.kind)) {
            const count = progress.counters[id] ?? 0;
            expect(count).toBeLessThanOrEqual(criterion.target);
            expect(count).toBeGreaterThanOrEqual(before.counters[id] ?? 0);
            expect(progress.unlocked[id] !== undefined).toBe(count === criterion.target);
          }
          for (const { id } of unlocked) {
            expect(unlockedOnce.has(id)).toBe(false);
            unlockedOnce.add(id);
          }
          rows.set(one.kind, progress);
        }
      }),
    );
  });
});
