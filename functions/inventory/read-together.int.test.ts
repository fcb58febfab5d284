import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { giveNew, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { moveItem, sortContainer } from './contract-arrange.ts';
import { handler as moveHandler } from './endpoints/move-item.ts';
import { handler as sortHandler } from './endpoints/sort-container.ts';
import { planned } from './load-plan.ts';
import { itemsOf } from './public.ts';

const stackable = itemTemplates.all.find(({ maxStack, bind }) => maxStack >= 20 && bind === 'none')!;

let world: TestWorld;
let undoHook: () => void = () => {};
beforeAll(async () => {
  world = await startTestWorld();
});
afterEach(async () => {
  undoHook();
  // Nothing lies in a slot that is free, and no slot is kept for nothing.
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});
afterAll(() => world.stop());

let keys = 0;
const nextKey = () => {
  keys += 1;
  return `together-key-${1_000 + keys}`;
};
const moved = (actor: Owner, itemId: string, slot: number) =>
  world.call(moveHandler, moveItem, {
    actor,
    params: { itemId },
    body: { container: 'bag', slot },
    idempotencyKey: nextKey(),
  });
const counts = async ({ characterId }: Owner) => (await itemsOf(characterId)).map(({ slot, count }) => [slot, count]);

describe('something that comes into its slot while it is read', () => {
  it('is sorted into a slot of its own', async () => {
    const ana = await owner(world);
    for (const count of [7, 5]) await giveNew(world, ana.characterId, stackable.id, count);
    let queries = 0;
    undoHook = useStepHook(async (name, run) => {
      if (name === 'table.Query') queries += 1;
      if (name === 'table.Query' && queries === 2) await giveNew(world, ana.characterId, stackable.id, 1);
      return run();
    });
    const body = { container: 'bag' };
    expect((await world.call(sortHandler, sortContainer, { actor: ana, body, idempotencyKey: nextKey() })).status).toBe(
      200,
    );
    const left = await counts(ana);
    expect(left.reduce((sum, [, count]) => sum + count!, 0)).toBe(13);
  });

  it('is not planned with: the container must be read again', async () => {
    const ana = await owner(world);
    const { characterId } = ana;
    const [stack] = await giveNew(world, characterId, stackable.id, 7);
    const legs = [
      { kind: 'move', itemId: stack!, from: characterId, destination: { to: 'sink', reason: 'destroyed' } },
    ] as const;
    const cause = { reason: 'test', cause: 'test', atMs: world.clock.nowMs() };
    let isMoved = false;
    const bagRead = Promise.withResolvers<void>();
    undoHook = useStepHook(async (name, run) => {
      if (isMoved) return run();
      if (name === 'table.GetItem') return run().finally(bagRead.resolve);
      await bagRead.promise;
      isMoved = true;
      await moved(ana, stack!, 9);
      return run();
    });
    await expect(planned(legs, cause)).rejects.toMatchObject({ code: 'request.conflict' });
    await expect(planned(legs, cause)).resolves.toBeDefined();
  });
});
