import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { items } from '#content/items.ts';
import { bindOnPickup, containerSlots, containers, freeSlots, stacksOf } from './rules.ts';

const container = fc.constantFrom(...containers);
const bags = container.chain((name) =>
  fc.record({
    name: fc.constant(name),
    taken: fc.uniqueArray(fc.integer({ min: 0, max: containerSlots[name] - 1 })).map((slots) => new Set(slots)),
    limit: fc.integer({ min: 0, max: containerSlots[name] + 5 }),
  }),
);

describe('freeSlots', () => {
  it('tells the lowest free slots of the container, as many as asked for where there are so many', () => {
    fc.assert(
      fc.property(bags, ({ name, taken, limit }) => {
        const slots = freeSlots(name, taken, limit);
        const free = Array.from({ length: containerSlots[name] }, (_none, slot) => slot).filter(
          (slot) => !taken.has(slot),
        );
        expect(slots).toEqual(free.slice(0, limit));
      }),
    );
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
