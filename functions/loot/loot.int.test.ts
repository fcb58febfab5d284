import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { itemsOf, mintItems } from '#functions/inventory/public.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { claimZone, enterZone, leaveZone, type ZoneFence } from '#functions/zone/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { rateBuckets } from '#shared/runtime/rate-limit.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getDrop, pickUp } from './contract.ts';
import { handler as getDropHandler } from './endpoints/get-drop.ts';
import { handler as pickUpHandler } from './endpoints/pick-up.ts';
import { type Kill, type RecordedDrop, recordKill } from './public.ts';
import { lootLimits } from './rules.ts';

const [docks, terraces] = zones.all.map((zone) => zone.id) as [string, string];
/** How many value calls an account may make at one moment. */
const VALUE_BURST = rateBuckets.value!.burst;
const npc = npcs.all.find((kind) => kind.rank === 'normal')!;

let world: TestWorld;
let fence: ZoneFence;
let killSeq = 0;

const shardId = createId('shd');

/** The one shard of this test owns every zone; claiming a zone again gives it the next epoch. */
async function claim(zoneId: string): Promise<ZoneFence> {
  const claimed = await claimZone({ zoneId, shardId, url: 'ws://127.0.0.1/zone', leaseMs: 10 * SECOND_MS });
  return { zoneId, shardId, epoch: claimed!.epoch };
}

beforeAll(async () => {
  world = await startTestWorld();
  fence = await claim(docks);
});
afterAll(() => world.stop());

type Player = ReturnType<TestWorld['actor']> & { readonly characterId: CharacterId };

/** A player with a live session whose character stands in the zone. */
async function playerIn(zone: ZoneFence | undefined): Promise<Player> {
  const player = await world.openSession(world.actor({ characterId: createId('chr') }));
  const { accountId, sessionId } = player;
  const characterId = player.characterId!;
  if (zone) await enterZone(zone, { accountId, sessionId, characterId });
  return { ...player, characterId };
}

function killBy(...players: readonly Player[]): Kill {
  killSeq += 1;
  return {
    killSeq,
    npcKind: npc.id,
    npcLevel: npc.level,
    spawnId: 'drones-slipway.3',
    x: 100.5,
    y: 80,
    killedAtMs: world.clock.nowMs(),
    combatId: createId('cbt'),
    claimants: players.map(({ accountId, characterId }, index) => ({
      accountId,
      characterId,
      level: 3,
      damage: 100 - index,
    })),
  };
}

/** A random source whose every draw is the highest: tables yield as much as they can. */
const generous = { int: (_min: number, max: number) => max };

/** A drop of these players, when all of them may take of it. */
async function dropFor(...players: readonly Player[]): Promise<RecordedDrop> {
  const [drop] = await recordKill(fence, killBy(...players), generous);
  if (!drop) throw new Error(`${npc.id} should leave something with the most generous dice`);
  if (players.length > 1) world.clock.advance(lootLimits.soloHeadStartMs.at(-1)!);
  return drop;
}

let keys = 0;
function freshKey(): string {
  keys += 1;
  return `pick-up-key-${String(keys).padStart(6, '0')}`;
}

function take(actor: Player, dropId: string, slotIndex: number | string = 0, idempotencyKey = freshKey()) {
  return world.call(pickUpHandler, pickUp, { actor, params: { dropId, slotIndex: String(slotIndex) }, idempotencyKey });
}

describe('recordKill', () => {
  it('lays the drop down and tells NPC_DIED and LOOT_GENERATED, in one commit', async () => {
    const [killer, helper] = [await playerIn(fence), await playerIn(fence)];
    const kill = killBy(killer, helper);
    const [drop] = await recordKill(fence, kill, generous);
    await world.deliver();
    const told = world.events.filter((event) => event.causationId === `${docks}.${fence.epoch}.${kill.killSeq}`);
    expect(told.map((event) => event.name)).toEqual(['NPC_DIED', 'LOOT_GENERATED']);
    expect(told[0]!.data).toMatchObject({
      npcKind: npc.id,
      npcRank: 'normal',
      topDamager: killer.characterId,
      dropId: drop!.dropId,
      eligible: [
        { characterId: killer.characterId, level: 3 },
        { characterId: helper.characterId, level: 3 },
      ],
    });
    expect(told[1]!.data).toMatchObject({
      dropId: drop!.dropId,
      slots: drop!.slots.map(({ slotIndex, templateId, count }) => ({ slotIndex, templateId, count })),
      eligible: [killer, helper].map(({ accountId, characterId }) => ({ accountId, characterId })),
    });
  });

  it('answers a repetition with the first drop, whatever the dice say now, and tells nothing again', async () => {
    const kill = killBy(await playerIn(fence));
    const first = await recordKill(fence, kill, generous);
    const before = await world.snapshot();
    const again = await recordKill(fence, kill, { int: (min) => min });
    expect(again).toEqual(first);
    expect(await world.snapshot()).toEqual(before);
  });

  it('records a kill once when two calls race', async () => {
    const kill = killBy(await playerIn(fence));
    const answers = await Promise.all([recordKill(fence, kill), recordKill(fence, kill), recordKill(fence, kill)]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    await world.deliver();
    const killId = `${docks}.${fence.epoch}.${kill.killSeq}`;
    expect(world.events.filter((event) => event.name === 'NPC_DIED' && event.causationId === killId)).toHaveLength(1);
  });

  it('refuses an owner whose epoch is over, and changes nothing', async () => {
    const old = await claim(terraces);
    const killer = await playerIn(old);
    await claim(terraces);
    const before = await world.snapshot();
    await expect(recordKill(old, killBy(killer), generous)).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });
});

describe('picking up', () => {
  it('moves the slot into the bag and tells ITEM_PICKED_UP', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const reply = await take(player, drop.dropId);
    expect(reply.status).toBe(200);
    const { templateId, count } = drop.slots[0]!;
    expect(reply.body.item).toMatchObject({ templateId, count });
    expect(await itemsOf(player.characterId)).toMatchObject([{ itemId: reply.body.item.itemId, templateId, count }]);

    const look = await world.call(getDropHandler, getDrop, { actor: player, params: { dropId: drop.dropId } });
    expect(look.body.slots[0]).toMatchObject({ templateId, count, state: 'AWARDED' });
    expect(look.body.slots.slice(1).every((slot: { state: string }) => slot.state === 'OPEN')).toBe(true);

    await world.deliver();
    const told = world.events.filter((event) => event.aggregateId === reply.body.item.itemId);
    expect(told).toMatchObject([
      {
        name: 'ITEM_PICKED_UP',
        data: { templateId, count, dropId: drop.dropId, slotIndex: 0, characterId: player.characterId, zoneId: docks },
      },
    ]);
  });

  it('answers a repeated call with the same bytes and no second item', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const key = freshKey();
    const first = await take(player, drop.dropId, 0, key);
    const before = await world.snapshot();
    const again = await take(player, drop.dropId, 0, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await world.snapshot()).toEqual(before);
  });

  it.each(['before', 'after'] as const)('makes one item when the store fails %s the commit', async (moment) => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const key = freshKey();
    const undo = useStepHook(async (name, run) => {
      if (name !== 'table.TransactWriteItems') return run();
      if (moment === 'after') await run();
      throw new Error('the connection broke');
    });
    const first = await take(player, drop.dropId, 0, key);
    undo();
    // Where the commit did happen its receipt tells, and the caller is answered as if nothing had broken.
    expect(first.status).toBe(moment === 'after' ? 200 : 500);
    const again = await take(player, drop.dropId, 0, key);
    expect(again.status).toBe(200);
    if (moment === 'after') expect(again.text).toBe(first.text);
    expect(await itemsOf(player.characterId)).toHaveLength(1);
  });

  it('refuses the same key for another slot', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const key = freshKey();
    await take(player, drop.dropId, 0, key);
    const before = await world.snapshot();
    const reply = await take(player, drop.dropId, 1, key);
    expect([reply.status, reply.body.code]).toEqual([409, 'request.idempotency_mismatch']);
    expect(await world.snapshot()).toEqual(before);
  });

  it.each([2, 8, 20])('gives one of %i racing players the item, the others the declared answer', async (racers) => {
    const players = await Promise.all(Array.from({ length: racers }, () => playerIn(fence)));
    const drop = await dropFor(...players);
    const replies = await Promise.all(players.map((player) => take(player, drop.dropId)));
    const won = replies.flatMap((reply, index) => (reply.status === 200 ? [players[index]!] : []));
    expect(won).toHaveLength(1);
    for (const reply of replies) {
      if (reply.status !== 200) expect([reply.status, reply.body.code]).toEqual([409, 'loot.already_taken']);
    }
    const bags = await Promise.all(players.map(({ characterId }) => itemsOf(characterId)));
    expect(bags.flat()).toHaveLength(1);
    expect(bags.flat()[0]!.holder).toBe(won[0]!.characterId);
  });

  it.each([2, 16, 64])('makes one item of %i identical frames of one player', async (frames) => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const key = freshKey();
    const replies = await Promise.all(Array.from({ length: frames }, () => take(player, drop.dropId, 0, key)));
    const texts = new Set(replies.filter(({ status }) => status === 200).map(({ text }) => text));
    expect(texts.size).toBe(1);
    const refused = replies.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    expect(refused.length).toBe(Math.max(0, frames - VALUE_BURST));
    expect(refused.every((code) => code === 'request.rate_limited')).toBe(true);
    expect(await itemsOf(player.characterId)).toHaveLength(1);
  });

  it('lets one player take several slots at the same moment, each into a slot of its own', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const replies = await Promise.all(drop.slots.map(({ slotIndex }) => take(player, drop.dropId, slotIndex)));
    const taken = replies.filter(({ status }) => status === 200).length;
    for (const { status, body } of replies) {
      if (status !== 200) expect([status, body.code]).toEqual([409, 'request.conflict']);
    }
    expect(taken).toBeGreaterThan(0);
    const held = await itemsOf(player.characterId);
    expect(held).toHaveLength(taken);
    expect(new Set(held.map(({ slot }) => slot)).size).toBe(taken);
  });
});

describe('refused pick-ups change nothing', () => {
  async function expectRefusal(attempt: () => ReturnType<typeof take>, expected: readonly [number, string]) {
    const before = await world.snapshot();
    const reply = await attempt();
    expect([reply.status, reply.body.code]).toEqual(expected);
    expect(await world.snapshot()).toEqual(before);
    return reply;
  }

  it('of a drop that never was', async () => {
    const player = await playerIn(fence);
    await expectRefusal(() => take(player, createId('drp')), [404, 'loot.drop_not_found']);
  });

  it('of a slot that it does not have', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    expect(drop.slots.length).toBeLessThan(16);
    await expectRefusal(() => take(player, drop.dropId, 15), [404, 'loot.slot_not_found']);
  });

  it.each(['16', '-1', '1e1', '01', 'x', '0x1', ' 1'])('of slot %j', async (slotIndex) => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    await expectRefusal(() => take(player, drop.dropId, slotIndex), [400, 'request.invalid']);
  });

  it('by a character that is in no zone, in another, or has left', async () => {
    const owner = await playerIn(fence);
    const drop = await dropFor(owner);
    const elsewhere = await playerIn(await claim(terraces));
    const nowhere = await playerIn(undefined);
    await expectRefusal(() => take(elsewhere, drop.dropId), [404, 'loot.drop_not_found']);
    await expectRefusal(() => take(nowhere, drop.dropId), [404, 'loot.drop_not_found']);
    await leaveZone(fence, owner);
    await expectRefusal(() => take(owner, drop.dropId), [409, 'loot.wrong_zone']);
  });

  it('by a stranger, until the drop is free for all', async () => {
    const [owner, stranger] = [await playerIn(fence), await playerIn(fence)];
    const drop = await dropFor(owner);
    const reply = await expectRefusal(() => take(stranger, drop.dropId), [403, 'loot.not_eligible']);
    const waitSeconds = Number(reply.headers['retry-after']);
    expect(waitSeconds).toBe(npc.decaySeconds / 2);
    world.clock.advance(waitSeconds * SECOND_MS);
    expect((await take(stranger, drop.dropId)).status).toBe(200);
  });

  it('of a drop that is gone', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    world.clock.advance(npc.decaySeconds * SECOND_MS);
    await expectRefusal(() => take(player, drop.dropId), [410, 'loot.expired']);
    const look = await world.call(getDropHandler, getDrop, { actor: player, params: { dropId: drop.dropId } });
    expect([look.status, look.body.code]).toEqual([410, 'loot.expired']);
  });

  it('with a full bag: the slot stays open for others', async () => {
    const [full, other] = [await playerIn(fence), await playerIn(fence)];
    const drop = await dropFor(full, other);
    const filling = await mintItems({
      holder: full.characterId,
      origin: 'starting',
      source: [full.characterId],
      items: Array.from({ length: BAG_SLOTS }, () => ({ templateId: drop.slots[0]!.templateId, count: 1 })),
      nowMs: world.clock.nowMs(),
    });
    await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(
      filling.changes,
    );
    await expectRefusal(() => take(full, drop.dropId), [409, 'inventory.full']);
    expect((await take(other, drop.dropId)).status).toBe(200);
  });

  it('by a session that has ended or plays another character', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const change = (values: Record<string, string>) =>
      Promise.all(
        Object.entries(values).map(([name, value]) =>
          world.client.send(
            new UpdateCommand({
              TableName: world.tableName,
              Key: sessionKeys.session.primary(player),
              UpdateExpression: 'SET #name = :value',
              ExpressionAttributeNames: { '#name': name },
              ExpressionAttributeValues: { ':value': value },
            }),
          ),
        ),
      );
    await change({ characterId: createId('chr') });
    await expectRefusal(() => take(player, drop.dropId), [401, 'auth.session_ended']);
    await change({ characterId: player.characterId, state: 'CLOSED' });
    await expectRefusal(() => take(player, drop.dropId), [401, 'auth.session_ended']);
  });

  it('without a key, without a token, without a character', async () => {
    const player = await playerIn(fence);
    const drop = await dropFor(player);
    const params = { dropId: drop.dropId, slotIndex: '0' };
    const { characterId: _none, ...account } = player;
    const call = (options: Parameters<TestWorld['call']>[2]) => () => world.call(pickUpHandler, pickUp, options);
    await expectRefusal(call({ params, actor: player }), [400, 'request.idempotency_key_missing']);
    await expectRefusal(call({ params, idempotencyKey: freshKey() }), [401, 'auth.unauthenticated']);
    await expectRefusal(call({ params, actor: { ...account, characterId: undefined }, idempotencyKey: freshKey() }), [
      403,
      'auth.no_character',
    ]);
  });
});

describe('GET /api/v1/loot/drops/{dropId}', () => {
  it('answers alike for a drop of another zone and for none', async () => {
    const drop = await dropFor(await playerIn(fence));
    const elsewhere = await playerIn(await claim(terraces));
    const replies = await Promise.all(
      [drop.dropId, createId('drp')].map((dropId) =>
        world.call(getDropHandler, getDrop, { actor: elsewhere, params: { dropId } }),
      ),
    );
    expect(replies.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'loot.drop_not_found'],
      [404, 'loot.drop_not_found'],
    ]);
  });

  it('says whether the caller may take from it', async () => {
    const [owner, stranger] = [await playerIn(fence), await playerIn(fence)];
    const drop = await dropFor(owner);
    const seen = await Promise.all(
      [owner, stranger].map((actor) => world.call(getDropHandler, getDrop, { actor, params: { dropId: drop.dropId } })),
    );
    expect(seen.map(({ body }) => body.eligible)).toEqual([true, false]);
    expect(seen[0]!.body).toMatchObject({ zoneId: docks, position: { x: 100.5, y: 80 }, npcKind: npc.id });
  });
});
