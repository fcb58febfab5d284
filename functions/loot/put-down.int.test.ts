import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zones } from '#content/zones.ts';
import { handler as expireJob } from '#functions/inventory/jobs/expire-items.ts';
import { itemsOf, mintItems } from '#functions/inventory/public.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { readItem } from '#functions/inventory/store.ts';
import { leaveZone } from '#functions/zone/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { commitInTest, type PlayingActor } from '#shared/testing/test-character.ts';
import { startHunt, type TestHunt } from '#shared/testing/test-hunt.ts';
import { giveNew } from '#shared/testing/test-owner.ts';
import { partyOfPlayers } from '#shared/testing/test-party.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { pickUp, pickUpAll, putDown } from './contract.ts';
import { handler as pickUpHandler } from './endpoints/pick-up.ts';
import { handler as pickUpAllHandler } from './endpoints/pick-up-all.ts';
import { handler as putDownHandler } from './endpoints/put-down.ts';
import { handler as closeDueHandler } from './jobs/close-due.ts';
import { lootLimits } from './rules.ts';

const docks = zones.all[0]!.id;
const COURIER = 'gilded-courier';

let world: TestWorld;
let hunt: TestHunt;
beforeAll(async () => {
  world = await startTestWorld();
  hunt = await startHunt(world, docks);
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(async () => {
  const complaints = itemComplaints(await world.snapshot());
  await world.stop();
  expect(complaints).toEqual([]);
});

type Answer = Promise<CallResult>;
const put = (actor: PlayingActor, body: object, idempotencyKey: string = createId('opr')): Answer =>
  world.call(putDownHandler, putDown, { actor, body, idempotencyKey });
const take = (actor: PlayingActor, dropId: string, slotIndex = 0): Answer =>
  world.call(pickUpHandler, pickUp, {
    actor,
    params: { dropId, slotIndex: String(slotIndex) },
    idempotencyKey: createId('opr'),
  });
const takeAll = (actor: PlayingActor, dropId: string, idempotencyKey: string = createId('opr')): Answer =>
  world.call(pickUpAllHandler, pickUpAll, { actor, params: { dropId }, idempotencyKey });

let minted = 0;
/** Gives a player items and answers the id of the first. */
async function carrying(
  { characterId }: PlayingActor,
  ...items: { readonly templateId: string; readonly count: number }[]
): Promise<ItemId> {
  minted += 1;
  const made = await mintItems({
    holder: characterId,
    origin: 'quest',
    source: [characterId, minted],
    items,
    nowMs: world.clock.nowMs(),
  });
  await commitInTest(made.changes);
  return made.items[0]!.itemId;
}

/** Gives a player something that lasts a minute. */
async function fleeting({ characterId }: PlayingActor): Promise<ItemId> {
  const expiresAtMs = world.clock.nowMs() + MINUTE_MS;
  const [itemId] = await giveNew(world, characterId, 'rebar-cleaver', 1, { expiresAtMs });
  return itemId!;
}

async function expectRefusal(attempt: () => Answer, status: number, code: string) {
  const rows = async () => (await world.snapshot()).filter(({ pk }) => !String(pk).startsWith('RATE#'));
  const before = await rows();
  const reply = await attempt();
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(await rows()).toEqual(before);
}

const facts = (name: string, dropId: string) =>
  world.events.filter((one) => one.name === name && (one.data as { dropId?: string }).dropId === dropId);

describe('putting an item down', () => {
  it('lets anybody in the zone take the same item, and nobody finds anything new by it', async () => {
    const [giver, taker] = [await hunt.hunter(), await hunt.hunter()];
    const itemId = await carrying(giver, { templateId: 'rebar-cleaver', count: 1 });
    const key = createId('opr');
    const reply = await put(giver, { itemId }, key);
    expect(reply).toMatchObject({ status: 201, body: { zoneId: docks, item: { itemId, count: 1 } } });
    expect((await put(giver, { itemId }, key)).text).toBe(reply.text);
    const { dropId } = reply.body;
    expect(await readItem(itemId)).toMatchObject({ holder: `drop.${dropId}` });
    expect(await itemsOf(giver.characterId)).toEqual([]);
    expect((await take(taker, dropId)).body.item).toEqual(reply.body.item);
    expect(await readItem(itemId)).toMatchObject({ holder: taker.characterId, container: 'bag' });
    await world.deliver();
    expect(facts('ITEM_DROPPED', dropId)).toMatchObject([{ data: { itemId, characterId: giver.characterId } }]);
    expect(facts('ITEM_PICKED_UP', dropId)).toMatchObject([{ data: { itemId, putDown: true } }]);
  });

  it('takes a part of a stack, and a taker’s stack grows by it', async () => {
    const [giver, taker] = [await hunt.hunter(), await hunt.hunter()];
    const itemId = await carrying(giver, { templateId: 'scrap-alloy', count: 10 });
    await carrying(taker, { templateId: 'scrap-alloy', count: 3 });
    const { dropId } = (await put(giver, { itemId, count: 4 })).body;
    expect(await readItem(itemId)).toMatchObject({ holder: giver.characterId, count: 6 });
    expect((await take(taker, dropId)).body.item).toMatchObject({ templateId: 'scrap-alloy', count: 4 });
    expect((await itemsOf(taker.characterId)).map(({ count }) => count)).toEqual([7]);
  });

  it('is refused for what is bound, not one’s own, not enough, and outside of a zone', async () => {
    const [giver, other] = [await hunt.hunter(), await hunt.hunter()];
    const bound = await carrying(giver, { templateId: 'first-light', count: 1 });
    const stack = await carrying(giver, { templateId: 'scrap-alloy', count: 2 });
    const foreign = await carrying(other, { templateId: 'scrap-alloy', count: 2 });
    await expectRefusal(() => put(giver, { itemId: bound }), 409, 'inventory.item_bound');
    await expectRefusal(() => put(giver, { itemId: foreign }), 404, 'inventory.item_not_found');
    await expectRefusal(() => put(giver, { itemId: createId('itm') }), 404, 'inventory.item_not_found');
    await expectRefusal(() => put(giver, { itemId: stack, count: 3 }), 409, 'inventory.not_enough');
    await leaveZone(hunt.fence, giver);
    await expectRefusal(() => put(giver, { itemId: stack }), 409, 'loot.not_in_zone');
  });

  it('happens once, however many ask for it at the same moment; one of many takes it', async () => {
    const giver = await hunt.hunter();
    const takers = await Promise.all(Array.from({ length: 8 }, () => hunt.hunter()));
    const itemId = await carrying(giver, { templateId: 'rebar-cleaver', count: 1 });
    const puts = await Promise.all(Array.from({ length: 8 }, () => put(giver, { itemId })));
    const done = puts.filter(({ status }) => status === 201);
    expect(done).toHaveLength(1);
    const { dropId } = done[0]!.body;
    const takes = await Promise.all(takers.map((taker) => take(taker, dropId)));
    expect(takes.filter(({ status }) => status === 200)).toHaveLength(1);
    const bags = await Promise.all(takers.map(({ characterId }) => itemsOf(characterId)));
    expect(bags.flat().map((item) => item.itemId)).toEqual([itemId]);
  });

  it('ends in the sink when nobody takes it within 5 minutes', async () => {
    const giver = await hunt.hunter();
    const itemId = await carrying(giver, { templateId: 'rebar-cleaver', count: 1 });
    const { dropId } = (await put(giver, { itemId })).body;
    world.clock.advance(lootLimits.putDownLifeMs - 1);
    await closeDueHandler(undefined, lambdaContext());
    expect((await readItem(itemId))?.holder).toBe(`drop.${dropId}`);
    world.clock.advance(1);
    await expectRefusal(() => take(giver, dropId), 410, 'loot.expired');
    await Promise.all([closeDueHandler(undefined, lambdaContext()), closeDueHandler(undefined, lambdaContext())]);
    expect((await readItem(itemId))?.holder).toBe('sink.decayed');
  });

  it('ends as a drop does when the item’s own time is over before: taken and then gone, or decayed', async () => {
    const [giver, taker] = [await hunt.hunter(), await hunt.hunter()];
    const [taken, left] = [await fleeting(giver), await fleeting(giver)];
    const drops = [(await put(giver, { itemId: taken })).body.dropId, (await put(giver, { itemId: left })).body.dropId];
    world.clock.advance(2 * MINUTE_MS);
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
    expect(await readItem(taken)).toMatchObject({ holder: `drop.${drops[0]}` });
    expect((await take(taker, drops[0])).status).toBe(200);
    expect(await readItem(taken)).toMatchObject({ holder: taker.characterId });
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 1 });
    expect(await readItem(taken)).toMatchObject({ holder: 'sink.expired' });
    world.clock.advance(lootLimits.putDownLifeMs);
    await closeDueHandler(undefined, lambdaContext());
    expect(await readItem(left)).toMatchObject({ holder: 'sink.decayed' });
    expect(await expireJob({}, lambdaContext())).toEqual({ processed: 0 });
  });
});

describe('taking everything of a drop', () => {
  it('takes all that one may take, in one go, and says what stays', async () => {
    const members = [await hunt.hunter(), await hunt.hunter()];
    await partyOfPlayers(world, members, { threshold: 'legendary' });
    const [drop] = await hunt.kill([members[0]!], { npcKind: COURIER, nearby: [members[1]!] });
    const key = createId('opr');
    const reply = await takeAll(members[0]!, drop!.dropId, key);
    expect(reply.status).toBe(200);
    const own = drop!.slots.filter(({ rollId }) => !rollId).map(({ slotIndex }) => slotIndex);
    expect(reply.body.items.map(({ slotIndex }: { slotIndex: number }) => slotIndex)).toEqual(own);
    expect(new Set(reply.body.left.map(({ reason }: { reason: string }) => reason))).toEqual(
      new Set(['loot.being_rolled']),
    );
    expect((await takeAll(members[0]!, drop!.dropId, key)).text).toBe(reply.text);
    expect(await itemsOf(members[0]!.characterId)).toHaveLength(own.length);
    await world.deliver();
    expect(facts('ITEM_PICKED_UP', drop!.dropId)).toHaveLength(own.length);
    await expectRefusal(() => takeAll(members[0]!, drop!.dropId), 409, 'loot.being_rolled');
  });

  it('takes as much as there is room for, and the same items as slot by slot', async () => {
    const player = await hunt.hunter();
    await carrying(player, ...Array.from({ length: BAG_SLOTS - 1 }, () => ({ templateId: 'rebar-cleaver', count: 1 })));
    const [drop] = await hunt.kill([player], { npcKind: COURIER });
    expect(drop!.slots.length).toBeGreaterThan(1);
    const reply = await takeAll(player, drop!.dropId);
    expect(reply.body.items).toHaveLength(1);
    expect(reply.body.left[0]).toEqual({ slotIndex: 1, reason: 'inventory.full' });
    await expectRefusal(() => takeAll(player, drop!.dropId), 409, 'inventory.full');
  });

  it('gives each slot to one, however many reach for all of them at the same moment', async () => {
    const players = await Promise.all(Array.from({ length: 6 }, () => hunt.hunter()));
    const [drop] = await hunt.kill(players, { npcKind: COURIER });
    world.clock.advance(lootLimits.soloHeadStartMs.at(-1)!);
    const replies = await Promise.all(
      players.map((player, index) =>
        index % 2 === 0 ? takeAll(player, drop!.dropId) : take(player, drop!.dropId, index % drop!.slots.length),
      ),
    );
    for (const { status, body } of replies) {
      if (status !== 200) expect(['loot.already_taken', 'request.conflict']).toContain(body.code);
    }
    const bags = (await Promise.all(players.map(({ characterId }) => itemsOf(characterId)))).flat();
    const ids = bags.map(({ itemId }) => itemId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(bags.length).toBeLessThanOrEqual(drop!.slots.length);
    for (const { slotIndex } of drop!.slots) {
      const { status, body } = await take(players[0]!, drop!.dropId, slotIndex);
      if (status !== 200) expect(body.code).toBe('loot.already_taken');
    }
    const all = (await Promise.all(players.map(({ characterId }) => itemsOf(characterId)))).flat();
    expect(all).toHaveLength(drop!.slots.length);
  });

  it('is refused of what never was, of what is gone, and to strangers', async () => {
    const [owner, stranger] = [await hunt.hunter(), await hunt.hunter()];
    const [drop] = await hunt.kill([owner], { npcKind: COURIER });
    await expectRefusal(() => takeAll(owner, createId('drp')), 404, 'loot.drop_not_found');
    await expectRefusal(() => takeAll(stranger, drop!.dropId), 403, 'loot.not_eligible');
    await takeAll(owner, drop!.dropId);
    await expectRefusal(() => takeAll(owner, drop!.dropId), 409, 'loot.already_taken');
    world.clock.advance(MINUTE_MS);
    await expectRefusal(() => takeAll(owner, drop!.dropId), 410, 'loot.expired');
  });
});
