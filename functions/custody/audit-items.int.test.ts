import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { handler as repairHandler } from '#functions/inventory/endpoints/repair-items.ts';
import { bagsOf, itemById, wearDown } from '#functions/inventory/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type ItemId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { AuditedWorld, coat, forgeLink, stack, textsOf } from '#shared/testing/audited-world.ts';
import { eraseRow, forge } from '#shared/testing/forge.ts';
import { commitInTest } from '#shared/testing/test-character.ts';
import { giveNew } from '#shared/testing/test-owner.ts';
import type { TestWorld } from '#shared/testing/test-world.ts';

let audited: AuditedWorld;
let world: TestWorld;
beforeEach(async () => {
  audited = await AuditedWorld.start();
  world = audited.world;
});
afterEach(() => audited.stop());

const audit = (passedMs?: number) => audited.audit(passedMs);
const busyPlayer = () => audited.busyPlayer();

const firstLink = (itemId: ItemId) => inventoryKeys.chainPage.primary({ itemId, ver: sortableNumber(1) });

describe('V1, items', () => {
  it.each([
    [
      'an item that is where nobody put it',
      (id: ItemId) => forge(inventoryKeys.item.primary({ itemId: id }), { holder: 'sink.x' }),
      /is not where its last posting says/,
    ],
    [
      'a change without a link',
      (id: ItemId) => forge(inventoryKeys.item.primary({ itemId: id }), { ver: 9 }),
      /has version 9 and \d postings/,
    ],
    ['a link that was taken out', (id: ItemId) => forgeLink(id, 2, undefined), /postings/],
    ['an item of whose making there is no record', (id: ItemId) => eraseRow(firstLink(id)), /postings/],
    [
      'a link that tells of another hand',
      (id: ItemId) => forgeLink(id, 2, { from: 'chr_x' }),
      /changed hands without a posting/,
    ],
    [
      'an item that is gone',
      (id: ItemId) => eraseRow(inventoryKeys.item.primary({ itemId: id })),
      /has postings and no row/,
    ],
  ])('finds %s', async (_what, doWrong, complaint) => {
    const { stackId } = await busyPlayer();
    await doWrong(stackId);
    const run = await audit();
    expect(textsOf(run)).toContainEqual(expect.stringMatching(complaint));
    expect(run.complaints.every(({ invariant }: { invariant: string }) => invariant === 'V1')).toBe(true);
  });

  it('finds pieces that a split has made out of nothing, although every chain is flawless', async () => {
    const { stackId } = await busyPlayer();
    await audit();
    await forge(inventoryKeys.item.primary({ itemId: stackId }), { count: 45 });
    await forgeLink(stackId, 2, { change: -10, count: 40 });
    await forgeLink(stackId, 3, { count: 45 });
    const run = await audit();
    expect(textsOf(run)).toEqual([`V1 splits and merges of ${stack.id} have made 10 of them`]);
  });
});

describe('V1, slots', () => {
  const bag = (characterId: CharacterId) => inventoryKeys.bag.primary({ characterId, container: 'bag' });
  const takenBy = async (characterId: CharacterId) => [...(await bagsOf(characterId)).bag.taken].map(Number);

  it('finds a slot that is taken with nothing in it, and says so until that is over', async () => {
    const { ana } = await busyPlayer();
    const taken = await takenBy(ana.characterId);
    await forge(bag(ana.characterId), { taken: new Set([...taken, 33]) });
    const text = `V1 ${ana.characterId}/bag/33 is taken, and nothing lies in it`;
    expect(textsOf(await audit())).toEqual([text]);
    expect(textsOf(await audit())).toEqual([text]);
    await forge(bag(ana.characterId), { taken: new Set(taken) });
    expect((await audit()).faults).toBe(0);
  });

  it('finds an item whose slot is free for others, and two in one slot', async () => {
    const { ana, stackId } = await busyPlayer();
    const [otherId] = (await giveNew(world, ana.characterId, coat.id)) as [ItemId];
    const [slot, otherSlot] = await Promise.all([stackId, otherId].map(async (id) => (await itemById(id))!.slot!));
    await forge(bag(ana.characterId), {
      taken: new Set((await takenBy(ana.characterId)).filter((one) => one !== slot)),
    });
    expect(textsOf(await audit())).toEqual([
      `V1 ${stackId} lies in ${ana.characterId}/bag/${slot}, which is not taken`,
    ]);
    await forge(bag(ana.characterId), { taken: new Set([slot, otherSlot]) });
    await forge(inventoryKeys.item.primary({ itemId: otherId }), { slot });
    expect(textsOf(await audit())).toContain(
      `V1 ${ana.characterId}/bag/${slot} holds ${[stackId, otherId].sort().join(' and ')}`,
    );
  });

  it('says nothing of slots that a settlement under way keeps', async () => {
    const { ana, coatId } = await busyPlayer();
    await commitInTest(
      await wearDown(ana.characterId, 50, { reason: 'test', cause: 'again', atMs: world.clock.nowMs() }),
    );
    const undo = useStepHook((name, run) => {
      if (name === 'settlement.decide') throw new Error('the ledger does not answer');
      return run();
    });
    const call = { actor: ana, body: { itemIds: [coatId] }, idempotencyKey: createId('opr') };
    const { status } = await world.call(repairHandler, repairItems, call).finally(undo);
    expect([status, (await itemById(coatId))!.holder]).toEqual([202, expect.stringMatching(/^esc\./)]);
    const run = await audit(MINUTE_MS);
    expect(textsOf(run)).toEqual([]);
  });
});
