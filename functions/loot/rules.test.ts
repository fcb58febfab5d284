import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { MAX_LOOT_SLOTS } from '#content/loot-limits.ts';
import { lootTables } from '#content/loot-tables.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, deriveId } from '#shared/kernel/ids.ts';
import { type Random, systemRandom } from '#shared/kernel/random.ts';
import { type Claimant, dropTimes, freezeEarners, type LootTable, ofTapGroup, rollLoot } from './rules.ts';

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

const bystander = (characterId: CharacterId) => ({ accountId: createId('acc'), characterId, level: 5 });
const who = (index: number) => deriveId('chr', index);

describe('freezeEarners', () => {
  const anyParty = fc.uniqueArray(fc.integer({ min: 0, max: 70 }), { maxLength: 5 }).map((rows) => rows.map(who));
  const anyNearby = fc.uniqueArray(fc.integer({ min: 0, max: 70 }), { maxLength: 30 }).map((rows) => rows.map(who));

  it('keeps the killer first, nobody twice, shares between 0 and 1 and at most the limit', () => {
    fc.assert(
      fc.property(
        anyClaimants,
        anyNearby,
        anyParty,
        fc.integer({ min: 1, max: 40 }),
        (claimants, near, party, limit) => {
          const { all, topDamager } = freezeEarners({ claimants, nearby: near.map(bystander) }, party, limit);
          expect(all[0]!.characterId).toBe(claimants[0]!.characterId);
          expect(all.length).toBeLessThanOrEqual(limit);
          const ids = all.map(({ characterId }) => characterId);
          expect(new Set(ids).size).toBe(ids.length);
          const sum = all.reduce((total, { damageShare }) => total + damageShare, 0);
          expect(all.every(({ damageShare }) => damageShare >= 0 && damageShare <= 1)).toBe(true);
          expect(sum).toBeLessThanOrEqual(1 + 1e-9);
          expect(claimants.some(({ characterId }) => characterId === topDamager)).toBe(true);
        },
      ),
    );
  });

  it('takes in who had a part in it, and of the bystanders the party’s members alone', () => {
    fc.assert(
      fc.property(anyClaimants, anyNearby, anyParty, (claimants, near, party) => {
        const { all, order, partyIds } = freezeEarners({ claimants, nearby: near.map(bystander) }, party, 1_000);
        const hands = new Set(claimants.map(({ characterId }) => characterId));
        const expected = new Set([...hands, ...party.filter((id) => near.includes(id))]);
        expect(new Set(all.map(({ characterId }) => characterId))).toEqual(expected);
        expect([...order].sort()).toEqual([...expected].sort());
        const present = party.filter((id) => expected.has(id));
        expect(partyIds).toEqual(present.length >= 2 ? present : []);
        expect(order.slice(0, partyIds.length)).toEqual(partyIds);
      }),
    );
  });

  it('leaves the kill to the group of whoever struck first, and to all when none of it is there', () => {
    fc.assert(
      fc.property(anyClaimants, anyParty, (claimants, party) => {
        const tapper = claimants[0]!.characterId;
        const group = ofTapGroup(claimants, tapper, party);
        expect(group.length).toBeGreaterThan(0);
        for (const { characterId } of group) expect([tapper, ...party]).toContain(characterId);
        expect(ofTapGroup(claimants, undefined, party)).toEqual(claimants);
        expect(ofTapGroup(claimants, createId('chr'), [])).toEqual(claimants);
      }),
    );
  });

  it('names who did most damage, killer or not, and puts those outside the party in the order of their damage', () => {
    const [killer, helper, healer] = [createId('chr'), createId('chr'), createId('chr')];
    const accountId = createId('acc');
    const claimants = [
      { accountId, characterId: killer, level: 2, damage: 25 },
      { accountId, characterId: healer, level: 2, damage: 0 },
      { accountId, characterId: helper, level: 3, damage: 75 },
    ];
    const { all, topDamager, order } = freezeEarners({ claimants, nearby: [] }, [], 40);
    expect(topDamager).toBe(helper);
    expect(order).toEqual([helper, killer, healer]);
    expect(all.map(({ damageShare }) => damageShare)).toEqual([0.25, 0.75, 0]);
  });

  it('refuses a kill that nobody made', () => {
    expect(() => freezeEarners({ claimants: [], nearby: [] }, [], 40)).toThrow(RangeError);
  });
});

describe('dropTimes', () => {
  it('gives the whole life of a drop after what is decided first', () => {
    const npc = { decaySeconds: 60 };
    expect(dropTimes(npc, 1_000)).toEqual({ freeForAllAtMs: 31_000, expiresAtMs: 61_000 });
    expect(dropTimes(npc, 1_000, 120 * SECOND_MS)).toEqual({ freeForAllAtMs: 151_000, expiresAtMs: 181_000 });
  });
});
