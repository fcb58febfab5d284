import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { items } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import { BAG_SLOTS, bindOnPickup, freeSlots, stacksOf } from './rules.ts';

const takenSlots = fc.uniqueArray(fc.integer({ min: 0, max: BAG_SLOTS - 1 }), { maxLength: BAG_SLOTS });

describe('freeSlots', () => {
  it('hands out free slots only, as many as asked for, or refuses with the figures', () => {
    fc.assert(
      fc.property(takenSlots, fc.integer({ min: 0, max: BAG_SLOTS + 5 }), (taken, needed) => {
        const bag = new Set(taken);
        const free = BAG_SLOTS - bag.size;
        try {
          const slots = freeSlots(bag, needed);
          expect(needed).toBeLessThanOrEqual(free);
          expect(new Set(slots).size).toBe(needed);
          expect(slots.every((slot) => slot >= 0 && slot < BAG_SLOTS && !bag.has(slot))).toBe(true);
        } catch (error) {
          if (!(error instanceof GameError)) throw error;
          expect(needed).toBeGreaterThan(free);
          expect([error.code, error.facts]).toEqual(['inventory.full', { needed, free }]);
        }
      }),
    );
  });

  it('takes the lowest slots first', () => {
    expect(freeSlots(new Set([0, 2]), 3)).toEqual([1, 3, 4]);
  });
});

describe('stacksOf', () => {
  it('conserves the amount and keeps every stack within its limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 200 }), (count, maxStack) => {
        const stacks = stacksOf(count, maxStack);
        expect(stacks.reduce((sum, stack) => sum + stack, 0)).toBe(count);
        expect(stacks.every((stack) => stack >= 1 && stack <= maxStack)).toBe(true);
        expect(stacks.length).toBe(Math.ceil(count / maxStack));
      }),
    );
  });
});

describe('bindOnPickup', () => {
  it('ties only what its template ties at the pick-up', () => {
    const stateOf = (bind: (typeof items.all)[number]['bind']) => bindOnPickup({ bind });
    expect(['none', 'equip', 'pickup', 'account', 'quest'].map((bind) => stateOf(bind as 'none'))).toEqual([
      'none',
      'none',
      'character',
      'account',
      'quest',
    ]);
  });
});
