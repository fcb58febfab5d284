import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { zones } from '#content/zones.ts';
import { saveCharacterState } from '#functions/character/public.ts';
import { claimZone, enterZone, type ZoneFence } from '#functions/zone/public.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { giveNew, moveItems, type Owner, owner } from '#shared/testing/test-owner.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { listInventory } from './contract.ts';
import { deposit, mergeStacks, moveItem, sortContainer, splitStack, withdraw } from './contract-arrange.ts';
import { handler as depositHandler } from './endpoints/deposit.ts';
import { handler as listHandler } from './endpoints/list-inventory.ts';
import { handler as mergeHandler } from './endpoints/merge-stacks.ts';
import { handler as moveHandler } from './endpoints/move-item.ts';
import { handler as sortHandler } from './endpoints/sort-container.ts';
import { handler as splitHandler } from './endpoints/split-stack.ts';
import { handler as withdrawHandler } from './endpoints/withdraw.ts';
import { itemsOf } from './public.ts';
import { BAG_SLOTS, containerSlots } from './rules.ts';

const stackable = itemTemplates.all.find(({ maxStack, bind }) => maxStack >= 20 && bind === 'none')!;
const single = itemTemplates.all.find(({ maxStack, slot }) => maxStack === 1 && slot === 'weapon')!;
const docks = zones.all.find(({ starting }) => starting)!;

let world: TestWorld;
let fence: ZoneFence;
beforeAll(async () => {
  world = await startTestWorld();
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: docks.id, shardId, url: 'ws://127.0.0.1/zone', leaseMs: 24 * HOUR_MS });
  fence = { zoneId: docks.id, shardId, epoch: claimed!.epoch };
});
afterEach(async () => {
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});
afterAll(() => world.stop());

let keys = 0;
function send(
  handler: HttpHandler,
  endpoint: EndpointBase,
  actor: Owner,
  body: unknown,
  itemId?: string,
  key?: string,
) {
  keys += 1;
  world.clock.advance(1_000);
  const params = itemId === undefined ? {} : { params: { itemId } };
  return world.call(handler, endpoint, {
    actor,
    body,
    ...params,
    idempotencyKey: key ?? `arrange-key-${1_000 + keys}`,
  });
}

/** What a character has, short: container, slot, count. */
async function held({ characterId }: Owner) {
  return (await itemsOf(characterId)).map(({ container, slot, count }) => `${container} ${slot}: ${count}`);
}

async function refused(attempt: () => ReturnType<typeof send>, status: number, code: string) {
  const before = (await world.snapshot()).filter((row) => !String(row.pk).startsWith('RATE#'));
  const reply = await attempt();
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect((await world.snapshot()).filter((row) => !String(row.pk).startsWith('RATE#'))).toEqual(before);
}

describe('arranging the bag', () => {
  it('moves to a free slot, changes places, joins and splits, each once however often it is sent', async () => {
    const ana = await owner(world);
    const [weapon] = await giveNew(world, ana.characterId, single.id);
    const [stack] = await giveNew(world, ana.characterId, stackable.id, 10);
    expect((await send(moveHandler, moveItem, ana, { container: 'bag', slot: 9 }, weapon)).body.items).toMatchObject([
      { itemId: weapon, container: 'bag', slot: 9, version: 2 },
    ]);
    await send(moveHandler, moveItem, ana, { container: 'bag', slot: 9 }, stack);
    expect(await held(ana)).toEqual(['bag 1: 1', 'bag 9: 10']);
    const split = await send(splitHandler, splitStack, ana, { count: 4 }, stack, 'split-once-key');
    const again = await send(splitHandler, splitStack, ana, { count: 4 }, stack, 'split-once-key');
    expect([again.status, again.text]).toEqual([200, split.text]);
    expect(await held(ana)).toEqual(['bag 0: 4', 'bag 1: 1', 'bag 9: 6']);
    const part = split.body.items.find(({ count }: { count: number }) => count === 4).itemId;
    await send(moveHandler, moveItem, ana, { container: 'bag', slot: 9, count: 1 }, part);
    expect(await held(ana)).toEqual(['bag 0: 3', 'bag 1: 1', 'bag 9: 7']);
    const merged = await send(mergeHandler, mergeStacks, ana, { into: stack }, part);
    expect(merged.body).toMatchObject({ items: [{ itemId: stack, count: 10 }], gone: [part] });
    expect(await held(ana)).toEqual(['bag 1: 1', 'bag 9: 10']);
  });

  it('sorts: stacks together, best first, without gaps', async () => {
    const ana = await owner(world);
    for (const count of [7, 5, 3]) await giveNew(world, ana.characterId, stackable.id, count);
    const [weapon] = await giveNew(world, ana.characterId, single.id);
    await send(moveHandler, moveItem, ana, { container: 'bag', slot: BAG_SLOTS - 1 }, weapon);
    const reply = await send(sortHandler, sortContainer, ana, { container: 'bag' });
    expect(reply.body).toMatchObject({ isSorted: true });
    expect(await held(ana)).toEqual(['bag 0: 1', 'bag 1: 15']);
    const again = await send(sortHandler, sortContainer, ana, { container: 'bag' });
    expect(again.body).toEqual({ items: [], gone: [], isSorted: true });
  });

  it('sorts a full bag in one transaction', async () => {
    const ana = await owner(world);
    const mints = Array.from({ length: BAG_SLOTS }, (_none, index) => ({
      kind: 'mint' as const,
      templateId: index % 2 === 0 ? stackable.id : single.id,
      count: index % 2 === 0 ? stackable.maxStack : 1,
      origin: 'test',
      source: [ana.characterId, index],
      destination: { to: 'character', characterId: ana.characterId, overflow: 'refuse' } as const,
    }));
    await moveItems(world, mints);
    expect((await send(sortHandler, sortContainer, ana, { container: 'bag' })).body.isSorted).toBe(true);
    const templates = (await itemsOf(ana.characterId)).map(({ templateId }) => templateId);
    expect(new Set(templates.slice(0, BAG_SLOTS / 2))).toEqual(new Set([single.id]));
  });

  it('refuses what cannot be, and changes nothing', async () => {
    const [ana, bob] = [await owner(world), await owner(world)];
    const [stack] = await giveNew(world, ana.characterId, stackable.id, 5);
    const [weapon] = await giveNew(world, ana.characterId, single.id);
    const move =
      (body: object, itemId = stack, actor = ana) =>
      () =>
        send(moveHandler, moveItem, actor, body, itemId);
    await refused(move({ container: 'bag', slot: BAG_SLOTS }), 400, 'inventory.no_such_slot');
    await refused(move({ container: 'bag', slot: 1, count: 2 }), 409, 'inventory.slot_taken');
    await refused(move({ container: 'bag', slot: 7, count: 6 }), 409, 'inventory.not_enough');
    await refused(move({ container: 'bag', slot: 7, version: 9 }), 409, 'inventory.item_changed');
    await refused(move({ container: 'bag', slot: 7 }, stack, bob), 404, 'inventory.item_not_found');
    await refused(move({ container: 'bag', slot: 7 }, createId('itm')), 404, 'inventory.item_not_found');
    await refused(move({ container: 'equipment', slot: 0 }), 400, 'request.invalid');
    await refused(move({ container: 'bag', slot: -1 }), 400, 'request.invalid');
    await refused(() => send(splitHandler, splitStack, ana, { count: 5 }, stack), 409, 'inventory.not_enough');
    await refused(() => send(mergeHandler, mergeStacks, ana, { into: stack }, stack), 409, 'inventory.not_stackable');
    await refused(() => send(mergeHandler, mergeStacks, ana, { into: weapon }, stack), 409, 'inventory.not_stackable');
  });

  it('gives one slot to one of many calls that race for it', async () => {
    const ana = await owner(world);
    const ids = [];
    for (let index = 0; index < 4; index += 1) ids.push(...(await giveNew(world, ana.characterId, single.id)));
    const replies = await Promise.all(
      ids.map((itemId) => send(moveHandler, moveItem, ana, { container: 'bag', slot: 20 }, itemId)),
    );
    for (const { status, body } of replies) if (status !== 200) expect(body.code).toMatch(/slot_taken|conflict/);
    expect(await held(ana)).toHaveLength(4);
  });
});

describe('the bank', () => {
  it('takes and gives whole stacks and parts, which join what is there', async () => {
    const ana = await owner(world);
    const [stack] = await giveNew(world, ana.characterId, stackable.id, 10);
    await send(depositHandler, deposit, ana, { count: 4 }, stack);
    await send(depositHandler, deposit, ana, { count: 3 }, stack);
    expect(await held(ana)).toEqual(['bag 0: 3', 'bank 0: 7']);
    const banked = (await itemsOf(ana.characterId))[1]!.itemId;
    await send(withdrawHandler, withdraw, ana, {}, banked);
    expect(await held(ana)).toEqual(['bag 0: 10']);
    await refused(() => send(withdrawHandler, withdraw, ana, {}, stack), 404, 'inventory.item_not_found');
    const shown = await world.call(listHandler, listInventory, { actor: ana, query: { container: 'bank' } });
    expect(shown.body).toMatchObject({ items: [], bank: { used: 0, slots: containerSlots.bank } });
  });

  it('is open in rest areas and out of the world, and nowhere else', async () => {
    const ana = await owner(world);
    const [stack] = await giveNew(world, ana.characterId, stackable.id, 10);
    await enterZone(fence, ana);
    const stand = (x: number, y: number, sequence: number) =>
      saveCharacterState(fence, {
        characterId: ana.characterId,
        x,
        y,
        yaw: 0,
        health: 9,
        sequence,
        stay: 1,
      });
    const rest = docks.restAreas[0]!;
    await refused(() => send(depositHandler, deposit, ana, {}, stack), 409, 'inventory.bank_out_of_reach');
    await stand(rest.x + 200, rest.y + 200, 1);
    await refused(() => send(depositHandler, deposit, ana, {}, stack), 409, 'inventory.bank_out_of_reach');
    await stand(rest.x + rest.radiusM, rest.y, 2);
    expect((await send(depositHandler, deposit, ana, {}, stack)).status).toBe(200);
  });
});

describe('the list', () => {
  it('filters by sort of thing and quality, and pages through one container', async () => {
    const ana = await owner(world);
    for (let index = 0; index < 3; index += 1) await giveNew(world, ana.characterId, single.id);
    await giveNew(world, ana.characterId, stackable.id, 3);
    const list = async (query: Record<string, string>) =>
      (await world.call(listHandler, listInventory, { actor: ana, query })).body;
    expect((await list({ kind: stackable.kind })).items).toHaveLength(1);
    expect((await list({ minQuality: 'legendary' })).items).toEqual([]);
    const first = await list({ limit: '2' });
    const second = await list({ limit: '2', cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ slot }: { slot: number }) => slot)).toEqual([0, 1, 2, 3]);
    const foreign = Buffer.from('bank~000~x').toString('base64url');
    expect((await list({ cursor: foreign })).code).toBe('request.invalid');
  });
});
