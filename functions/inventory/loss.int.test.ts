import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { giveNew, moveItems, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { equipItem } from './contract-equipment.ts';
import { destroyItem, listRestorable, restoreItem } from './contract-loss.ts';
import { viewLink } from './contract-use.ts';
import { handler as destroyHandler } from './endpoints/destroy-item.ts';
import { handler as equipHandler } from './endpoints/equip-item.ts';
import { handler as restorableHandler } from './endpoints/list-restorable.ts';
import { handler as restoreHandler } from './endpoints/restore-item.ts';
import { handler as linkHandler } from './endpoints/view-link.ts';
import { handler as expireJob } from './jobs/expire-items.ts';
import { buybackHolder, gearOf, itemsOf } from './public.ts';
import { RESTORABLE_MS } from './rules.ts';
import { readItem } from './store.ts';
import { listPostings } from './store-chain.ts';
import { listHandOvers } from './store-hand-overs.ts';

const rare = itemTemplates.all.find(
  ({ quality, maxStack, slot }) => qualityRank(quality) >= 2 && maxStack === 1 && slot,
)!;
const common = itemTemplates.all.find(({ quality, maxStack }) => quality === 'common' && maxStack >= 20)!;
const coat = itemTemplates.all.find(
  ({ slot, bind, requiredLevel }) => slot === 'torso' && bind === 'none' && requiredLevel === 1,
)!;

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterEach(async () => {
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});
afterAll(async () => {
  await world.stop();
});

let keys = 0;
function send(
  handler: HttpHandler,
  endpoint: EndpointBase,
  actor: Owner,
  itemId: string,
  body?: unknown,
  key?: string,
) {
  keys += 1;
  const idempotencyKey = key ?? `loss-key-${1_000 + keys}`;
  return world.call(handler, endpoint, { actor, params: { itemId }, ...(body ? { body } : {}), idempotencyKey });
}
const destroy = (actor: Owner, itemId: string, body = {}) => send(destroyHandler, destroyItem, actor, itemId, body);
const restore = (actor: Owner, itemId: string, key?: string) =>
  send(restoreHandler, restoreItem, actor, itemId, undefined, key);
const restorable = async (actor: Owner) => (await world.call(restorableHandler, listRestorable, { actor })).body.items;
const idsOf = async ({ characterId }: Owner) => (await itemsOf(characterId)).map(({ itemId }) => itemId);

describe('destroying', () => {
  it('takes a part of a stack out of the game for good', async () => {
    const ana = await owner(world);
    const [stack] = await giveNew(world, ana.characterId, common.id, 9);
    const reply = await destroy(ana, stack!, { count: 4 });
    expect(reply.body).toMatchObject({ isRestorable: false, items: [{ itemId: stack, count: 5 }] });
    expect(await restorable(ana)).toEqual([]);
    const gone = await readItem(reply.body.gone[0]);
    expect(gone).toMatchObject({ holder: 'sink.destroyed', count: 4 });
    expect((await restore(ana, gone!.itemId)).body.code).toBe('inventory.not_restorable');
  });

  it('wants to hear twice about things of worth, and gives them back for 30 days, once', async () => {
    const [ana, bob] = [await owner(world), await owner(world)];
    const [item] = await giveNew(world, ana.characterId, rare.id);
    expect((await destroy(ana, item!)).body).toMatchObject({
      code: 'inventory.confirmation_required',
      facts: { templateId: rare.id },
    });
    expect((await destroy(ana, item!, { confirm: common.id })).body.code).toBe('inventory.confirmation_required');
    expect(await idsOf(ana)).toEqual([item]);
    expect((await destroy(ana, item!, { confirm: rare.id })).body).toMatchObject({ isRestorable: true, gone: [item] });
    expect(await restorable(ana)).toMatchObject([{ itemId: item, lostBy: 'destroyed' }]);
    expect((await restore(bob, item!)).body.code).toBe('inventory.not_restorable');
    const back = await restore(ana, item!, 'restore-once-key');
    expect([back.status, back.body]).toEqual([200, { itemId: item, templateId: rare.id, count: 1 }]);
    expect((await restore(ana, item!, 'restore-once-key')).text).toBe(back.text);
    expect((await restore(ana, item!)).body.code).toBe('inventory.not_restorable');
    expect(await idsOf(ana)).toEqual([item]);
    expect(await restorable(ana)).toEqual([]);
    await destroy(ana, item!, { confirm: rare.id });
    world.clock.advance(RESTORABLE_MS);
    expect(await restorable(ana)).toEqual([]);
    expect((await restore(ana, item!)).body.code).toBe('inventory.not_restorable');
  });

  it('gives one of many calls the thing back', async () => {
    const ana = await owner(world);
    const [item] = await giveNew(world, ana.characterId, rare.id);
    await destroy(ana, item!, { confirm: rare.id });
    const replies = await Promise.all(Array.from({ length: 6 }, () => restore(ana, item!)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await idsOf(ana)).toEqual([item]);
  });

  it('keeps the whole chain of an item: who made it, had it, and lost it', async () => {
    const ana = await owner(world);
    const [item] = await giveNew(world, ana.characterId, rare.id);
    await destroy(ana, item!, { confirm: rare.id });
    await restore(ana, item!);
    const chain = await listPostings(item!, { limit: 10 });
    expect(chain.map(({ from, to, ver }) => [ver, from, to])).toEqual([
      [1, 'mint.test', ana.characterId],
      [2, ana.characterId, 'sink.destroyed'],
      [3, 'sink.destroyed', ana.characterId],
    ]);
    const [gave, got] = await Promise.all([
      listHandOvers(ana.characterId, 'gave', { limit: 10 }),
      listHandOvers(ana.characterId, 'got', { limit: 10 }),
    ]);
    expect(gave.postings.map(({ ver }) => ver)).toEqual([2]);
    expect(got.postings.map(({ ver }) => ver).sort()).toEqual([1, 3]);
  });
});

describe('what was sold', () => {
  async function sold(price: string): Promise<{ readonly ana: Owner; readonly item: ItemId }> {
    const ana = await owner(world);
    const [item] = await giveNew(world, ana.characterId, rare.id);
    const from = buybackHolder(ana.characterId);
    const { characterId } = ana;
    const buyback = { to: 'buyback', characterId } as const;
    await moveItems(world, [{ kind: 'move', itemId: item!, from: characterId, bound: 'any', destination: buyback }]);
    const lostBy = { characterId, price: { currency: 'eddies', amount: price } };
    await moveItems(world, [
      { kind: 'move', itemId: item!, from, destination: { to: 'sink', reason: 'sold', lostBy } },
    ]);
    return { ana, item: item! };
  }

  it('comes back for what was paid for it', async () => {
    const { ana, item } = await sold('40');
    world.till.balances.set(ana.characterId, 50n);
    expect(await restorable(ana)).toMatchObject([{ lostBy: 'sold', price: { currency: 'eddies', amount: '40' } }]);
    expect((await restore(ana, item)).status).toBe(200);
    expect(world.till.balances.get(ana.characterId)).toBe(10n);
    expect(await idsOf(ana)).toEqual([item]);
    await world.deliver();
    expect(world.events.filter(({ aggregateId }) => aggregateId === item).at(-1)).toMatchObject({
      name: 'ITEM_RESTORED',
      data: { lostBy: 'sold' },
    });
  });

  it('stays restorable when the money is not there', async () => {
    const { ana, item } = await sold('40');
    world.till.balances.set(ana.characterId, 39n);
    expect((await restore(ana, item)).body.code).toBe('ledger.insufficient_funds');
    expect(await restorable(ana)).toHaveLength(1);
    world.till.balances.set(ana.characterId, 40n);
    expect((await restore(ana, item)).status).toBe(200);
  });
});

describe('things that do not last', () => {
  it('are of no use when their time is over, and cleared away, worn ones too', async () => {
    const ana = await owner(world);
    const expiresAtMs = world.clock.nowMs() + HOUR_MS;
    const [worn] = await giveNew(world, ana.characterId, coat.id, 1, { expiresAtMs });
    const [carried] = await giveNew(world, ana.characterId, coat.id, 1, { expiresAtMs });
    const [lasting] = await giveNew(world, ana.characterId, coat.id);
    const equip = (itemId: ItemId) => send(equipHandler, equipItem, ana, itemId, {});
    await equip(worn!);
    world.clock.advance(HOUR_MS);
    expect((await gearOf(ana.characterId, world.clock.nowMs())).stats).toEqual({});
    expect((await equip(carried!)).body.code).toBe('inventory.item_expired');
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 2 });
    expect(await idsOf(ana)).toEqual([lasting]);
    expect(await readItem(worn!)).toMatchObject({ holder: 'sink.expired' });
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
    expect((await equip(lasting!)).status).toBe(200);
    world.clock.advance(DAY_MS);
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
  });
});

describe('a link', () => {
  it('shows anybody what an item is, and nobody whose', async () => {
    const [ana, bob] = [await owner(world), await owner(world)];
    const [item] = await giveNew(world, ana.characterId, rare.id);
    const look = (itemId: string) => world.call(linkHandler, viewLink, { actor: bob, params: { itemId } });
    const reply = await look(item!);
    expect(reply.body).toMatchObject({ itemId: item, templateId: rare.id, quality: rare.quality, stats: rare.stats });
    expect(reply.text).not.toContain(ana.characterId);
    await destroy(ana, item!, { confirm: rare.id });
    expect((await look(item!)).body.code).toBe('inventory.item_not_found');
    expect((await look(createId('itm'))).body.code).toBe('inventory.item_not_found');
  });
});
