import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { type HeldItem, isHeld } from './item.ts';
import { MovePlan } from './plan.ts';
import { MAX_ARRANGED, planMove, planSort } from './plan-arrange.ts';
import { type Container, containerSlots } from './rules.ts';

const holder = deriveId('chr', 'ana');
const some = (isStack: boolean) => itemTemplates.all.filter(({ maxStack }) => maxStack >= 20 === isStack).slice(0, 4);
const templates = [...some(true), ...some(false)];

function held(slot: number, pick: number, count: number, container: Container): HeldItem {
  const template = templates[pick % templates.length]!;
  return {
    itemId: deriveId('itm', slot, pick),
    templateId: template.id,
    holder,
    container,
    slot,
    count: (count % template.maxStack) + 1,
    ver: 1,
    bind: 'none',
    origin: 'test',
    originRef: 'test',
    acquiredAtMs: 1,
  };
}

/** What lies in a container, and slots of it that are kept for something on its way. */
const contents = fc.constantFrom<Container>('bag', 'bank').chain((container) =>
  fc
    .uniqueArray(
      fc.record({
        slot: fc.integer({ min: 0, max: containerSlots[container] - 1 }),
        pick: fc.nat({ max: 7 }),
        count: fc.nat({ max: 200 }),
        isReserved: fc.boolean(),
      }),
      { selector: ({ slot }) => slot, maxLength: containerSlots[container] },
    )
    .map((rows) => ({
      container,
      items: rows.filter((row) => !row.isReserved).map(({ slot, pick, count }) => held(slot, pick, count, container)),
      reserved: rows.filter((row) => row.isReserved).map(({ slot }) => slot),
    })),
);

function planOver(container: Container, items: readonly HeldItem[], reserved: readonly number[]): MovePlan {
  const taken = new Set([...items.map(({ slot }) => slot), ...reserved]);
  return new MovePlan({ reason: 'sort', cause: 'test', atMs: 1 }, [{ characterId: holder, container, taken, ver: 1 }]);
}

/** Amounts by kind of thing. */
function amounts(items: readonly { readonly templateId: string; readonly count: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { templateId, count } of items) sums[templateId] = (sums[templateId] ?? 0) + count;
  return sums;
}

describe('sorting', () => {
  it('loses nothing, keeps reserved slots, and is done in a bounded number of calls', () => {
    fc.assert(
      fc.property(contents, ({ container, items, reserved }) => {
        let now: readonly HeldItem[] = items;
        for (let calls = 1; ; calls += 1) {
          const plan = planOver(container, now, reserved);
          const isSorted = planSort(plan, now);
          expect(plan.itemChanges.length).toBeLessThanOrEqual(MAX_ARRANGED);
          const after = now.map((item) => plan.now(item)).filter(isHeld);
          expect(amounts(after)).toEqual(amounts(items));
          const slots = after.map(({ slot }) => slot);
          expect(new Set(slots).size).toBe(slots.length);
          expect(plan.bag(holder, container).taken).toEqual(new Set([...slots, ...reserved]));
          expect(after.every(({ templateId, count }) => count <= itemTemplates.get(templateId).maxStack)).toBe(true);
          now = after;
          if (isSorted) break;
          expect(calls).toBeLessThan(8);
        }
        const again = planOver(container, now, reserved);
        expect(planSort(again, now)).toBe(true);
        expect(again.itemChanges).toEqual([]);
        const open = Array.from({ length: containerSlots[container] }, (_none, slot) => slot).filter(
          (slot) => !reserved.includes(slot),
        );
        expect(now.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(open.slice(0, now.length));
      }),
    );
  });

  it('leaves an empty container alone', () => {
    const plan = planOver('bag', [], [3]);
    expect(planSort(plan, [])).toBe(true);
    expect(plan.bagChanges).toEqual([]);
  });
});

describe('putting an item into a slot', () => {
  const stack = templates.findIndex(({ maxStack }) => maxStack >= 20);
  const [one, two] = [held(0, stack, 4, 'bag'), held(1, stack, 11, 'bag')];

  it('joins a stack of the same, and changes places with a full one', () => {
    const joining = planOver('bag', [one, two], []);
    planMove(joining, one, { container: 'bag', slot: 1 }, two);
    expect([joining.now(one), joining.now(two)]).toMatchObject([{ holder: 'sink.merged', count: 0 }, { count: 17 }]);
    const full = { ...two, count: itemTemplates.get(two.templateId).maxStack };
    const swapping = planOver('bag', [one, full], []);
    planMove(swapping, one, { container: 'bag', slot: 1 }, full);
    expect([swapping.now(one).slot, swapping.now(full).slot]).toEqual([1, 0]);
    expect(swapping.bagChanges).toEqual([]);
  });

  it('puts a part of a stack into a free slot, and nowhere else', () => {
    const plan = planOver('bag', [one, two], [5]);
    planMove(plan, one, { container: 'bag', slot: 7 }, undefined, 2);
    expect(plan.itemChanges.map(({ after }) => [after.slot, after.count])).toEqual([
      [0, 3],
      [7, 2],
    ]);
    const other = held(2, stack === 0 ? 1 : 0, 0, 'bag');
    expect(() => planMove(planOver('bag', [one, other], []), one, { container: 'bag', slot: 2 }, other, 2)).toThrow(
      'inventory.slot_taken',
    );
    expect(() => planMove(planOver('bag', [one], [5]), one, { container: 'bag', slot: 5 }, undefined)).toThrow(
      'inventory.slot_taken',
    );
  });

  it('does nothing when the item is there already', () => {
    const plan = planOver('bag', [one], []);
    planMove(plan, one, { container: 'bag', slot: 0 }, undefined);
    expect(plan.itemChanges).toEqual([]);
  });
});
