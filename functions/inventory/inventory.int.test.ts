import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getItem, listInventory } from './contract.ts';
import { handler as getItemHandler } from './endpoints/get-item.ts';
import { handler as listInventoryHandler } from './endpoints/list-inventory.ts';
import { itemsOf, mintItems } from './public.ts';
import { BAG_SLOTS } from './rules.ts';

const single = itemTemplates.all.find((template) => template.maxStack === 1)!.id;
const stackable = itemTemplates.all.find((template) => template.maxStack >= 20)!;

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

function operation() {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
}

async function mint(holder: CharacterId, occasion: string, wanted: readonly { templateId: Slug; count: number }[]) {
  return withConflictRetry(async () => {
    const minted = await mintItems({
      holder,
      origin: 'quest',
      source: [holder, occasion],
      items: wanted,
      nowMs: world.clock.nowMs(),
    });
    await operation().commit(minted.changes);
    return minted.items;
  });
}

describe('minting', () => {
  it('puts new instances into the lowest free slots and tells their origin', async () => {
    const holder = createId('chr');
    const minted = await mint(holder, 'a', [
      { templateId: single, count: 1 },
      { templateId: stackable.id, count: 3 },
    ]);
    const held = await itemsOf(holder);
    expect(held.map(({ itemId, slot, count }) => ({ itemId, slot, count }))).toEqual([
      { itemId: minted[0]!.itemId, slot: 0, count: 1 },
      { itemId: minted[1]!.itemId, slot: 1, count: 3 },
    ]);
    expect(held[0]).toMatchObject({ holder, ver: 1, origin: 'quest', originRef: `${holder}.a`, container: 'bag' });
  });

  it('splits what is more than a stack', async () => {
    const holder = createId('chr');
    await mint(holder, 'a', [{ templateId: stackable.id, count: stackable.maxStack + 7 }]);
    expect((await itemsOf(holder)).map(({ count }) => count)).toEqual([stackable.maxStack, 7]);
  });

  it('mints once per occasion, however often it is repeated', async () => {
    const holder = createId('chr');
    await mint(holder, 'a', [{ templateId: single, count: 1 }]);
    const before = await world.snapshot();
    await expect(mint(holder, 'a', [{ templateId: single, count: 1 }])).rejects.toMatchObject({
      code: 'request.conflict',
    });
    expect(await world.snapshot()).toEqual(before);
  });

  it('refuses what does not fit and changes nothing', async () => {
    const holder = createId('chr');
    await mint(holder, 'most', [{ templateId: single, count: BAG_SLOTS - 1 }]);
    const before = await world.snapshot();
    await expect(mint(holder, 'two', [{ templateId: single, count: 2 }])).rejects.toMatchObject({
      code: 'inventory.full',
      facts: { needed: 2, free: 1 },
    });
    expect(await world.snapshot()).toEqual(before);
    await mint(holder, 'one', [{ templateId: single, count: 1 }]);
    expect(await itemsOf(holder)).toHaveLength(BAG_SLOTS);
  });

  it('gives no slot twice when grants race', async () => {
    const holder = createId('chr');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_none, index) => mint(holder, `race-${index}`, [{ templateId: single, count: 2 }])),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(won).toBeGreaterThan(0);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'request.conflict' });
    }
    const held = await itemsOf(holder);
    expect(held.map(({ slot }) => slot)).toEqual(Array.from({ length: won * 2 }, (_none, slot) => slot));
  });
});

describe('GET /api/v1/inventory', () => {
  it("pages through the character's own items by slot", async () => {
    const actor = world.actor({ characterId: createId('chr') });
    await mint(actor.characterId!, 'a', [{ templateId: single, count: 12 }]);
    await mint(createId('chr'), 'a', [{ templateId: single, count: 1 }]);

    const slots: number[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const query = { limit: '5', ...(cursor ? { cursor } : {}) };
      const reply = await world.call(listInventoryHandler, listInventory, { actor, query });
      expect(reply.status).toBe(200);
      expect(reply.body.bag).toEqual({ slots: BAG_SLOTS, used: 12 });
      slots.push(...reply.body.items.map((one: { slot: number }) => one.slot));
      cursor = reply.body.nextCursor;
      pages += 1;
    } while (cursor);
    expect(slots).toEqual(Array.from({ length: 12 }, (_none, slot) => slot));
    expect(pages).toBe(3);
  });

  it('answers an empty bag to a character that never had anything', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const reply = await world.call(listInventoryHandler, listInventory, { actor });
    expect(reply.body).toMatchObject({ items: [], bag: { slots: BAG_SLOTS, used: 0 }, equipment: { used: 0 } });
  });

  it('refuses a cursor of another list', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const cursor = Buffer.from('CBT#x').toString('base64url');
    const reply = await world.call(listInventoryHandler, listInventory, { actor, query: { cursor } });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });

  it('asks for a selected character', async () => {
    const reply = await world.call(listInventoryHandler, listInventory, { actor: world.actor() });
    expect([reply.status, reply.body.code]).toEqual([403, 'auth.no_character']);
  });
});

describe('GET /api/v1/inventory/items/{itemId}', () => {
  it('shows an own item', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const [minted] = await mint(actor.characterId!, 'a', [{ templateId: stackable.id, count: 4 }]);
    const reply = await world.call(getItemHandler, getItem, { actor, params: { itemId: minted!.itemId } });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      itemId: minted!.itemId,
      templateId: stackable.id,
      quality: stackable.quality,
      count: 4,
      slot: 0,
      version: 1,
    });
  });

  it("answers alike for a foreign item, a missing one, and another character's of the same account", async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const sibling = createId('chr');
    const [foreign] = await mint(createId('chr'), 'a', [{ templateId: single, count: 1 }]);
    const [siblings] = await mint(sibling, 'a', [{ templateId: single, count: 1 }]);
    const ids = [foreign!.itemId, createId('itm'), siblings!.itemId];
    const replies = await Promise.all(
      ids.map((itemId) => world.call(getItemHandler, getItem, { actor, params: { itemId } })),
    );
    expect(replies.map(({ status, body }) => [status, body.code])).toEqual(
      ids.map(() => [404, 'inventory.item_not_found']),
    );
  });

  it('refuses an id of another kind', async () => {
    const actor = world.actor({ characterId: createId('chr') });
    const reply = await world.call(getItemHandler, getItem, { actor, params: { itemId: createId('chr') } });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
  });
});
