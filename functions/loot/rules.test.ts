import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import { lootTables } from '#content/loot-tables.ts';
import type { GameError } from '#shared/contract/errors.ts';
import { type CharacterId, createId, deriveId } from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import {
  type Claimant,
  type DropFacts,
  dropTimes,
  freezeEligible,
  isEligible,
  type LootTable,
  openSlotFor,
  rollLoot,
} from './rules.ts';

const maxStackOf = (id: string) => items.get(id).maxStack;
const noLimit = () => 1_000;

/** Plays the given numbers, each taken into its range; then the range's lower end. */
function scripted(numbers: readonly number[]): Random {
  let next = 0;
  return {
    int: (min, max) => {
      const value = numbers[next] ?? 0;
      next += 1;
      return min + (value % (max - min + 1));
    },
  };
}

const range = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }))
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const itemId = fc.integer({ min: 0, max: 30 }).map((index) => `item-${index}`);
const anyTable: fc.Arbitrary<LootTable> = fc.record({
  id: fc.constant('table'),
  guaranteed: fc.array(fc.record({ item: itemId, count: range }), { maxLength: 16 }),
  rolls: fc
    .tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 0, max: 16 }))
    .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
  maxRepeats: fc.integer({ min: 1, max: 16 }),
  weighted: fc.array(
    fc.record({ item: fc.option(itemId), weight: fc.integer({ min: 1, max: 1_000_000 }), count: range }),
    { maxLength: 40 },
  ),
});
const anyRandom = fc.array(fc.nat(), { maxLength: 60 }).map(scripted);

describe('rollLoot', () => {
  it('never exceeds 16 slots, nor a stack, nor what the table offers', () => {
    fc.assert(
      fc.property(anyTable, anyRandom, fc.integer({ min: 1, max: 200 }), (table, random, maxStack) => {
        const entries = rollLoot(table, random, () => maxStack);
        expect(entries.length).toBeLessThanOrEqual(MAX_LOOT_SLOTS);
        const offered = new Set([...table.guaranteed, ...table.weighted].map((entry) => entry.item));
        for (const { templateId, count } of entries) {
          expect(offered.has(templateId)).toBe(true);
          expect(count).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(maxStack);
        }
      }),
    );
  });

  it('holds every guaranteed entry, within its range', () => {
    fc.assert(
      fc.property(anyTable, anyRandom, (table, random) => {
        const entries = rollLoot(table, random, noLimit);
        table.guaranteed.forEach(({ item, count }, index) => {
          expect(entries[index]!.templateId).toBe(item);
          expect(entries[index]!.count).toBeGreaterThanOrEqual(count.min);
          expect(entries[index]!.count).toBeLessThanOrEqual(count.max);
        });
      }),
    );
  });

  it('draws as often as the rolls say and no entry more often than it may repeat', () => {
    fc.assert(
      fc.property(anyTable, anyRandom, (table, random) => {
        const distinct = {
          ...table,
          guaranteed: [],
          weighted: table.weighted.map((entry, i) => ({ ...entry, item: `w-${i}` })),
        };
        const entries = rollLoot(distinct, random, noLimit);
        expect(entries.length).toBeLessThanOrEqual(table.rolls.max);
        expect(entries.length).toBeGreaterThanOrEqual(
          Math.min(table.rolls.min, distinct.weighted.length * table.maxRepeats),
        );
        const times = new Map<string, number>();
        for (const { templateId } of entries) times.set(templateId, (times.get(templateId) ?? 0) + 1);
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(table.maxRepeats);
      }),
    );
  });

  it('answers the same for the same random numbers', () => {
    fc.assert(
      fc.property(anyTable, fc.array(fc.nat(), { maxLength: 60 }), (table, numbers) => {
        expect(rollLoot(table, scripted(numbers), noLimit)).toEqual(rollLoot(table, scripted(numbers), noLimit));
      }),
    );
  });

  it('keeps to the weights', () => {
    const count = { min: 1, max: 1 };
    const table: LootTable = {
      id: 'weights',
      guaranteed: [],
      rolls: { min: 1, max: 1 },
      maxRepeats: 1,
      weighted: [
        { item: 'often', weight: 3, count },
        { item: 'seldom', weight: 1, count },
      ],
    };
    // One number for how many rolls, one for the draw: the four points of the weights.
    const drawn = [0, 1, 2, 3].map((point) => rollLoot(table, scripted([0, point]), noLimit)[0]!.templateId);
    expect(drawn).toEqual(['often', 'often', 'often', 'seldom']);
  });

  it('yields nothing for an empty draw', () => {
    const table: LootTable = {
      id: 'nothing',
      guaranteed: [],
      rolls: { min: 3, max: 3 },
      maxRepeats: 3,
      weighted: [{ item: null, weight: 1, count: { min: 1, max: 1 } }],
    };
    expect(rollLoot(table, systemRandom, noLimit)).toEqual([]);
  });

  it('works for every table of the content', () => {
    expect(lootTables.all.length).toBeGreaterThan(0);
    for (const table of lootTables.all) {
      for (let round = 0; round < 50; round += 1) {
        const entries = rollLoot(table, systemRandom, maxStackOf);
        expect(entries.length).toBeLessThanOrEqual(MAX_LOOT_SLOTS);
        expect(entries.length).toBeGreaterThanOrEqual(table.guaranteed.length);
      }
    }
  });
});

const anyClaimants: fc.Arbitrary<Claimant[]> = fc
  .array(
    fc.record({ who: fc.integer({ min: 0, max: 60 }), level: fc.integer({ min: 1, max: 30 }), damage: fc.nat(10_000) }),
    { minLength: 1, maxLength: 100 },
  )
  .map((rows) =>
    rows.map(({ who, level, damage }) => ({
      accountId: deriveId('acc', who),
      characterId: deriveId('chr', who),
      level,
      damage,
    })),
  );

describe('freezeEligible', () => {
  it('keeps the killer first, nobody twice, shares between 0 and 1 and at most the limit', () => {
    fc.assert(
      fc.property(anyClaimants, fc.integer({ min: 1, max: 40 }), (claimants, limit) => {
        const { eligible, topDamager } = freezeEligible(claimants, limit);
        expect(eligible[0]!.characterId).toBe(claimants[0]!.characterId);
        expect(eligible.length).toBeLessThanOrEqual(limit);
        const ids = eligible.map(({ characterId }) => characterId);
        expect(new Set(ids).size).toBe(ids.length);
        const sum = eligible.reduce((total, { damageShare }) => total + damageShare, 0);
        expect(eligible.every(({ damageShare }) => damageShare >= 0 && damageShare <= 1)).toBe(true);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(claimants.some(({ characterId }) => characterId === topDamager)).toBe(true);
      }),
    );
  });

  it('names who did most damage, killer or not', () => {
    const [killer, helper] = [createId('chr'), createId('chr')];
    const account = createId('acc');
    const claimants = [
      { accountId: account, characterId: killer, level: 2, damage: 25 },
      { accountId: account, characterId: helper, level: 3, damage: 75 },
    ];
    const { eligible, topDamager } = freezeEligible(claimants, 40);
    expect(topDamager).toBe(helper);
    expect(eligible.map(({ damageShare }) => damageShare)).toEqual([0.25, 0.75]);
  });

  it('refuses a kill that nobody made', () => {
    expect(() => freezeEligible([], 40)).toThrow(RangeError);
  });
});

describe('openSlotFor', () => {
  const [mine, stranger] = [createId('chr'), createId('chr')];
  const killedAtMs = 1_000_000;
  const drop: DropFacts = {
    zoneId: 'docks',
    eligible: [mine],
    ...dropTimes({ decaySeconds: 60 }, killedAtMs),
    slots: [
      { templateId: 'scrap', count: 1, state: 'OPEN' },
      { templateId: 'scrap', count: 1, state: 'AWARDED', awardedTo: stranger },
    ],
  };
  const ask =
    (request: { characterId?: CharacterId; slotIndex?: number; presentIn?: string; afterMs?: number }) => () =>
      openSlotFor(drop, {
        characterId: request.characterId ?? mine,
        slotIndex: request.slotIndex ?? 0,
        presentIn: 'presentIn' in request ? request.presentIn : 'docks',
        nowMs: killedAtMs + (request.afterMs ?? 0),
      });

  it('gives an open slot to the eligible at once, and to others when half of its life is over', () => {
    expect(ask({})()).toBe(drop.slots[0]);
    expect(ask({ characterId: stranger, afterMs: 30_000 })()).toBe(drop.slots[0]);
    expect(isEligible(drop, stranger, killedAtMs + 29_999)).toBe(false);
  });

  it.each([
    ['loot.not_eligible', { characterId: stranger, afterMs: 29_999 }],
    ['loot.already_taken', { slotIndex: 1 }],
    ['loot.slot_not_found', { slotIndex: 2 }],
    ['loot.wrong_zone', { presentIn: 'terraces' }],
    ['loot.wrong_zone', { presentIn: undefined }],
    ['loot.expired', { afterMs: 60_000 }],
    ['loot.expired', { slotIndex: 1, characterId: stranger, afterMs: 60_000 }],
    ['loot.drop_not_found', { characterId: stranger, presentIn: 'terraces' }],
    ['loot.drop_not_found', { characterId: stranger, presentIn: undefined, slotIndex: 2, afterMs: 60_000 }],
  ] as const)('answers %s to %j', (code, request) => {
    expect(ask(request)).toThrow(expect.objectContaining({ code }) as GameError);
  });

  it('tells a stranger when to come back', () => {
    try {
      ask({ characterId: stranger, afterMs: 10_500 })();
      expect.unreachable();
    } catch (error) {
      expect((error as GameError).retryAfterSeconds).toBe(20);
    }
  });
});
