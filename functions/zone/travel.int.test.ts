import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classes } from '#content/classes.ts';
import { zones } from '#content/zones.ts';
import { PARTY_DISBANDED, PLAYER_JOINED_PARTY, PLAYER_LEFT_PARTY } from '#events/party.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { QUEST_STARTED } from '#events/quest.ts';
import { SESSION_CLOSED } from '#events/session.ts';
import { handOffCharacter, loadCharacterForZone, saveCharacterState } from '#functions/character/public.ts';
import { putSide } from '#functions/friend/store.ts';
import { recordKill } from '#functions/loot/public.ts';
import { beginningOf } from '#functions/progression/rules.ts';
import { createProgressionWrite } from '#functions/progression/store.ts';
import type { EventDefinition } from '#shared/contract/event.ts';
import { event } from '#shared/events/changes.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type Id, type Slug } from '#shared/kernel/ids.ts';
import { instanceUnit, layerUnit, zoneOf } from '#shared/kernel/zone-unit.ts';
import { commitInTest, type PlayingActor, playingCharacter } from '#shared/testing/test-character.ts';
import { guildOfPlayers } from '#shared/testing/test-guild.ts';
import { partyOfPlayers } from '#shared/testing/test-party.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  changeLayer,
  enterZone as enterContract,
  enterInstance,
  evictPlayer,
  followParty,
  followQuest,
  leaveZone as leaveContract,
  leaveInstance,
  listLayers,
  teleport,
} from './contract.ts';
import { handler as changeLayerHandler } from './endpoints/change-layer.ts';
import { handler as enterInstanceHandler } from './endpoints/enter-instance.ts';
import { handler as enterHandler } from './endpoints/enter-zone.ts';
import { handler as leaveHandler } from './endpoints/leave-zone.ts';
import { handler as listLayersHandler } from './endpoints/list-layers.ts';
import { handler as teleportHandler } from './endpoints/teleport.ts';
import { layerLimits, mergeLimits } from './layer-rules.ts';
import { layerFor } from './layers.ts';
import { PlacesPacker } from './places.ts';
import {
  claimZone,
  enterZone,
  leaveZone,
  noteMemory,
  planMerge,
  pollCommands,
  presenceOf,
  presenceVerFor,
  releaseZone,
  renewLease,
  requireInZone,
  retireUnit,
  takeOverMemory,
  wantedUnits,
  type ZoneFence,
} from './public.ts';
import { COMMAND_LIFETIME_MS } from './rules.ts';
import { createInstanceWrite, readInstance, readLock } from './store-instances.ts';
import { wantUnit } from './store-units.ts';
import { instanceLimits, teleportLimits } from './unit-rules.ts';

const [docks, terraces] = [zones.get('glasswater-docks'), zones.get('ember-terraces')];
const cathedral = zones.all.find((zone) => zone.instance)!;
const LEASE_MS = 10 * SECOND_MS;

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.clock.advance(COMMAND_LIFETIME_MS));

async function own(unitId: Slug, players = 0): Promise<ZoneFence> {
  const shardId = createId('shd');
  const claimed = await claimZone({ zoneId: unitId, shardId, url: `wss://${shardId}.test/zone`, leaseMs: LEASE_MS });
  const fence = { zoneId: unitId, shardId, epoch: claimed!.epoch };
  if (players > 0) await renewLease(fence, { leaseMs: LEASE_MS, players });
  return fence;
}

async function player(level = 30): Promise<PlayingActor> {
  const actor = await playingCharacter(world);
  const progression = { ...beginningOf(actor, classes.all[0]!), level };
  await commitInTest({ writes: [createProgressionWrite(progression)] });
  return actor;
}

/** Somebody who stands in this unit. */
async function inside(fence: ZoneFence, level?: number) {
  const actor = await player(level);
  const stay = await enterZone(fence, actor);
  return { actor, characterId: actor.characterId, stay };
}

const here = { x: 10, y: 20, yaw: 1, health: 30 } as const;

describe('a hand-off', () => {
  it('writes the character as it will arrive and takes it out, in one transaction', async () => {
    const from = await own(docks.id);
    const { actor, characterId, stay } = await inside(from);
    await saveCharacterState(from, { characterId, ...here, stay, sequence: 5 });
    const carried = { readyInMs: { strike: 900 }, hostileAgoMs: 200 };
    const go = { characterId, ...here, x: 70, stay, sequence: 6, toZone: terraces.id, carried };
    expect(await handOffCharacter(from, go)).toBe(true);
    expect(await presenceOf(characterId)).toMatchObject({ zoneId: undefined, ver: stay + 1, lastZone: terraces.id });

    // P31: nobody has claimed it yet. It is in neither zone, and let in only where it arrives.
    await own(terraces.id);
    const reply = await world.call(enterHandler, enterContract, { actor, params: { zoneId: docks.id } });
    expect(reply.body).toMatchObject({ zoneId: terraces.id, layer: 1 });
    const arriving = await loadCharacterForZone(characterId, terraces.id);
    expect(arriving?.state).toMatchObject({ x: 70, health: 30, carried });
    expect(await loadCharacterForZone(characterId, docks.id)).not.toHaveProperty('state');
  });

  it('repeated, answers the same and changes nothing; from a stay that is over it writes nothing', async () => {
    const [from, to] = [await own(docks.id), await own(terraces.id)];
    const { actor, characterId, stay } = await inside(from);
    const go = { characterId, ...here, stay, sequence: 1, toZone: terraces.id };
    await handOffCharacter(from, go);
    const before = await world.snapshot();
    expect(await handOffCharacter(from, go)).toBe(true);
    expect(await world.snapshot()).toEqual(before);
    const next = await enterZone(to, actor);
    expect(await handOffCharacter(from, go)).toBe(false);
    expect(await presenceOf(characterId)).toMatchObject({ zoneId: terraces.id, ver: next });
  });

  it('leaves nothing for who was let in before it: the stay elsewhere goes on', async () => {
    const [from, to] = [await own(docks.id), await own(terraces.id)];
    const { actor, characterId, stay } = await inside(from);
    expect(await presenceVerFor(characterId, docks.id, stay)).toBe(stay);
    await handOffCharacter(from, { characterId, ...here, stay, sequence: 1, toZone: terraces.id });
    expect(await presenceVerFor(characterId, docks.id, stay)).toBeUndefined();
    expect(await presenceVerFor(characterId, terraces.id, stay)).toBe(stay + 1);
    const before = await world.snapshot();
    const late = enterZone(from, { ...actor, presenceVer: stay });
    await expect(late).rejects.toMatchObject({ code: 'zone.elsewhere' });
    expect(await world.snapshot()).toEqual(before);
    const next = await enterZone(to, { ...actor, presenceVer: stay + 1 });
    expect(await enterZone(to, { ...actor, presenceVer: stay + 1 })).toBe(next);
    await expect(enterZone(from, { ...actor, presenceVer: stay })).rejects.toMatchObject({ code: 'zone.elsewhere' });
  });

  it('of an owner that has lost the unit is refused, and nothing changes (P32)', async () => {
    const zombie = await own(docks.id);
    const { characterId, stay } = await inside(zombie);
    world.clock.advance(LEASE_MS);
    await own(docks.id);
    const before = await world.snapshot();
    const go = { characterId, ...here, stay, sequence: 1, toZone: terraces.id };
    await expect(handOffCharacter(zombie, go)).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
  });

  it('against entering elsewhere at the same moment leaves the character in one place', async () => {
    const [from, to] = [await own(docks.id), await own(layerUnit(docks.id, 2))];
    for (let round = 0; round < 5; round += 1) {
      const { actor, characterId, stay } = await inside(from);
      const go = { characterId, ...here, stay, sequence: 1, toZone: terraces.id };
      const [handedOff] = await Promise.all([handOffCharacter(from, go), enterZone(to, actor)]);
      const presence = await presenceOf(characterId);
      expect(presence?.zoneId).toBe(to.zoneId);
      expect(presence?.ver).toBe(handedOff ? stay + 2 : stay + 1);
    }
  });

  it('is not undone by a late save of the zone that was left', async () => {
    const [from, to] = [await own(docks.id), await own(terraces.id)];
    const { actor, characterId, stay } = await inside(from);
    await handOffCharacter(from, { characterId, ...here, stay, sequence: 1, toZone: terraces.id });
    await saveCharacterState(from, { characterId, ...here, x: 99, stay, sequence: 900 });
    await enterZone(to, actor);
    expect((await loadCharacterForZone(characterId, terraces.id))?.state).toMatchObject({ x: here.x });
  });
});

describe('the notes of a unit', () => {
  it('go to the next owner, and the one before can write no more', async () => {
    const first = await own(docks.id);
    expect(await takeOverMemory(first)).toBeUndefined();
    const characterId = createId('chr');
    const place = { characterId, stay: 3, sequence: 7, ...here };
    const surge = {
      eventId: 'scrap-surge',
      startedAtMs: 1,
      phase: 1,
      phaseAtMs: 2,
      slain: 3,
      followers: [characterId],
    };
    const end = { eventId: 'porter-run', isDone: false, characterIds: [characterId], endedAtMs: 4 };
    const events = { underWay: [surge], over: [end] };
    const packer = new PlacesPacker();
    packer.add(place);
    await noteMemory(first, { places: packer.packed(), respawns: [], events });
    world.clock.advance(LEASE_MS);
    const second = await own(docks.id);
    const taken = await takeOverMemory(second);
    expect(taken).toEqual({ places: [place], respawns: [], events });
    await expect(noteMemory(first, { places: new PlacesPacker().packed(), respawns: [] })).rejects.toMatchObject({
      code: 'zone.fenced',
    });
    await expect(takeOverMemory(first)).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await takeOverMemory(second)).toEqual(taken);
  });
});

describe('units', () => {
  it('are wanted until their owner retires them, and claimed by one of many', async () => {
    const unitId = layerUnit(docks.id, 7);
    await Promise.all([wantUnit(unitId, 1), wantUnit(unitId, 2)]);
    expect(await wantedUnits([docks.id])).toContainEqual({ unitId, shardId: undefined });
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_shard, index) =>
        claimZone({ zoneId: unitId, shardId: `shard-${index}`, url: 'wss://zone', leaseMs: LEASE_MS }),
      ),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    const shardId = `shard-${claims.findIndex(Boolean)}`;
    const fence = { zoneId: unitId, shardId, epoch: claims.find(Boolean)!.epoch };
    await expect(retireUnit({ ...fence, epoch: fence.epoch - 1 })).rejects.toMatchObject({ code: 'zone.fenced' });
    await retireUnit(fence);
    expect((await wantedUnits([docks.id])).map((unit) => unit.unitId)).not.toContain(unitId);
    // The layer may open again, and its epoch goes on.
    expect((await own(unitId)).epoch).toBe(fence.epoch + 1);
  });
});

describe('POST /api/v1/zones/{zoneId}/enter', () => {
  const enter = (actor: PlayingActor, zoneId: Slug) =>
    world.call(enterHandler, enterContract, { actor, params: { zoneId } });

  it('lets nobody into another zone than the one that they were in last', async () => {
    await own(terraces.id);
    const { actor } = await inside(await own(docks.id));
    const reply = await enter(actor, terraces.id);
    expect([reply.status, reply.body.code]).toEqual([409, 'zone.elsewhere']);
    const [gm, fresh] = [{ ...actor, roles: ['gm' as const] }, await player()];
    expect((await enter(gm, terraces.id)).status).toBe(200);
    expect((await enter(fresh, terraces.id)).body.code).toBe('zone.elsewhere');
    expect((await enter(fresh, docks.id)).body).toMatchObject({ zoneId: docks.id, layer: 1 });
  });

  it('waits for the layer in which the body is, and opens another when all are crowded', async () => {
    const second = layerUnit(docks.id, 2);
    await wantUnit(second, 1);
    const first = await own(docks.id, layerLimits.softCap);
    const { actor } = await inside(await own(second, layerLimits.softCap));
    expect((await enter(actor, docks.id)).body).toMatchObject({ layer: 2 });
    const other = await player();
    expect((await enter(other, docks.id)).status).toBe(200);
    expect((await wantedUnits([docks.id])).map(({ unitId }) => unitId)).toContain(layerUnit(docks.id, 3));
    await renewLease(first, { leaseMs: 10 * LEASE_MS, players: 1 });
    world.clock.advance(LEASE_MS);
    expect((await enter(actor, docks.id)).body.code).toBe('zone.unavailable');
    expect((await enter(other, docks.id)).body).toMatchObject({ layer: 1 });
  });
});

describe('POST /api/v1/zones/{zoneId}/teleport', () => {
  const go = (actor: PlayingActor, zoneId: Slug) =>
    world.call(teleportHandler, teleport, { actor, params: { zoneId } });

  it('orders the zone to let the character go, and cools down when it has gone', async () => {
    const fence = await own(docks.id);
    const { actor, characterId, stay } = await inside(fence);
    expect((await go(actor, docks.id)).body).toEqual({ state: 'ordered', channelMs: teleportLimits.channelMs });
    const [order] = await pollCommands(fence.zoneId);
    expect(order).toMatchObject({ kind: 'travel', trip: { toZone: docks.id, use: 'teleport' } });
    const again = { characterId, ...here, stay, sequence: 1, toZone: docks.id, use: 'teleport' } as const;
    await handOffCharacter(fence, again);
    expect(await pollCommands(fence.zoneId)).toEqual([]);
    await enterZone(fence, actor);
    const reply = await go(actor, docks.id);
    expect([reply.status, reply.body.code]).toEqual([429, 'zone.cooling_down']);
    expect(Number(reply.headers['retry-after'])).toBe(teleportLimits.coolDownMs / SECOND_MS);
  });

  it('refuses without changing anything', async () => {
    const fence = await own(docks.id);
    const { actor } = await inside(fence);
    const absent = await player();
    const before = await world.snapshot();
    const refusals = [
      [await go(actor, 'no-such-zone'), 404, 'zone.not_found'],
      [await go(actor, terraces.id), 403, 'zone.not_visited'],
      [await go(absent, docks.id), 409, 'zone.not_in_world'],
    ] as const;
    expect(refusals.map(([reply]) => [reply.status, reply.body.code])).toEqual(refusals.map(([, ...told]) => told));
    await releaseZone(fence);
    expect((await go(actor, docks.id)).body.code).toBe('zone.unavailable');
    const orders = (rows: Record<string, unknown>[]) => rows.filter((row) => row._et === 'ZoneCommand');
    expect(orders(await world.snapshot())).toEqual(orders(before));
  });
});

describe('layers', () => {
  const second = layerUnit(terraces.id, 2);
  const join = (actor: PlayingActor, layer: number) =>
    world.call(changeLayerHandler, changeLayer, { actor, params: { zoneId: terraces.id, layer: String(layer) } });
  const list = async (actor: PlayingActor) =>
    (await world.call(listLayersHandler, listLayers, { actor, params: { zoneId: terraces.id } })).body;

  it('are listed, and changed with a pause in between', async () => {
    await wantUnit(second, 1);
    const [one, two] = [await own(terraces.id, 3), await own(second, layerLimits.fullAt)];
    const { actor, characterId, stay } = await inside(one);
    expect((await list(actor)).layers).toEqual([
      { layer: 1, open: true, population: 3, full: false, here: true, party: 0 },
      { layer: 2, open: true, population: layerLimits.fullAt, full: true, here: false, party: 0 },
    ]);
    const codes = async () => [(await join(actor, 1)).body.code, (await join(actor, 2)).body.code];
    expect(await codes()).toEqual(['zone.same_layer', 'zone.layer_full']);
    expect((await join(actor, 9)).body.code).toBe('zone.layer_not_found');
    await renewLease(two, { leaseMs: LEASE_MS, players: 0 });
    expect((await join(actor, 2)).status).toBe(202);
    expect(await pollCommands(one.zoneId)).toMatchObject([{ kind: 'travel', trip: { toUnit: second, use: 'swap' } }]);
    const swap = { characterId, ...here, stay, sequence: 1, toZone: terraces.id, toUnit: second, use: 'swap' } as const;
    await handOffCharacter(one, swap);
    await enterZone(two, actor);
    expect((await join(actor, 1)).body.code).toBe('zone.cooling_down');
    expect((await list(actor)).swapAt).toBe(new Date(world.clock.nowMs() + layerLimits.swapCoolDownMs).toISOString());
  });

  it('take newcomers where their party is, else where their friends are, else where their guild is', async () => {
    await wantUnit(second, 1);
    const [one, two] = [await own(terraces.id, 9), await own(second, 3)];
    const newcomer = await player();
    const [guildMate, friend, leader] = [await inside(two), await inside(one), await inside(two)];
    const layerOf = async (actor: PlayingActor) => {
      const reply = await world.call(enterHandler, enterContract, {
        actor: { ...actor, roles: ['gm'] },
        params: { zoneId: terraces.id },
      });
      return reply.body.layer;
    };
    expect(await layerOf(newcomer)).toBe(1);
    await guildOfPlayers(world, [guildMate.actor, newcomer]);
    expect(await layerOf(newcomer)).toBe(2);
    const { accountId } = newcomer;
    const side = { accountId, otherId: friend.actor.accountId, relation: 'friend', sinceMs: 1, revision: 1 } as const;
    await commitInTest({ writes: [putSide(side, undefined)] });
    expect(await layerOf(newcomer)).toBe(1);
    await partyOfPlayers(world, [leader.actor, newcomer]);
    expect(await layerOf(newcomer)).toBe(2);
  });

  it('merge when two have few players: no newcomers at once, moving after a while, given up when more come', async () => {
    await wantUnit(second, 1);
    const [first, further] = [await own(terraces.id, 3), await own(second, 400)];
    const renewed = (players: number) => renewLease(first, { leaseMs: LEASE_MS, players });
    expect(await planMerge(first, 3)).toBeUndefined();
    expect(await planMerge(further, 400)).toBeUndefined();
    expect(await chosenLayer()).toBe(1);
    world.clock.advance(mergeLimits.quietMs);
    await renewed(3);
    await renewLease(further, { leaseMs: LEASE_MS, players: 400 });
    expect(await planMerge(further, 400)).toBe(terraces.id);
    await renewed(mergeLimits.giveUpAt);
    expect(await planMerge(further, 400)).toBeUndefined();
    await renewed(10);
    expect(await chosenLayer()).toBe(2);
    await expect(planMerge({ ...further, epoch: further.epoch - 1 }, 400)).rejects.toMatchObject({
      code: 'zone.fenced',
    });
  });

  /** Where somebody without companions comes in. */
  async function chosenLayer(): Promise<number | undefined> {
    return (await layerFor(await player(), terraces.id, world.clock.nowMs()))?.layer;
  }

  it('show the same zone of content, so that what asks for the zone is served in all of them', async () => {
    await wantUnit(second, 1);
    const { characterId } = await inside(await own(second));
    const refusal = Object.assign(new Error('elsewhere'), { code: 'vendor.not_here' }) as never;
    await commitInTest({ writes: [requireInZone(characterId, terraces.id, refusal)] });
    const elsewhere = commitInTest({ writes: [requireInZone(characterId, docks.id, refusal)] });
    await expect(elsewhere).rejects.toBe(refusal);
  });
});

describe('POST /api/v1/zones/{zoneId}/instances', () => {
  let keys = 0;
  const go = (actor: PlayingActor, body: { difficulty?: string; confirmed?: boolean } = {}, zoneId = cathedral.id) =>
    world.call(enterInstanceHandler, enterInstance, {
      actor,
      params: { zoneId },
      body,
      headers: { 'idempotency-key': `instance-${++keys}` },
    });

  it('makes one for the group, wants its unit to be run, and sends the character there', async () => {
    const fence = await own(cathedral.id);
    const { actor, characterId } = await inside(fence);
    const reply = await go(actor);
    expect(reply.status).toBe(202);
    expect(reply.body).toMatchObject({ created: true, difficulty: 'normal' });
    const instanceId = reply.body.instanceId as Id<'ins'>;
    const unitId = instanceUnit(cathedral.id, instanceId);
    expect(await wantedUnits([cathedral.id])).toContainEqual({ unitId, shardId: undefined });
    expect(await pollCommands(fence.zoneId)).toMatchObject([{ characterId, trip: { toUnit: unitId } }]);
    expect((await go(actor)).body).toMatchObject({ created: false, instanceId });
    const owner = await own(unitId);
    await retireUnit(owner);
    expect(await readInstance(instanceId)).toMatchObject({ state: 'CLOSED' });
    expect((await go(actor)).body).toMatchObject({ created: true });
  });

  it('makes one when it is asked for many times at once', async () => {
    const { actor } = await inside(await own(cathedral.id));
    const replies = await Promise.all(Array.from({ length: 4 }, () => go(actor)));
    const made = replies.filter(({ status }) => status === 202);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => body.instanceId)).size).toBe(1);
  });

  it('is closed to who has done in another what lives in it, and to nobody else', async () => {
    const fence = await own(cathedral.id);
    const [killer, late] = [await inside(fence), await inside(fence)];
    const first = (await go(killer.actor)).body.instanceId as Id<'ins'>;
    const owner = await own(instanceUnit(cathedral.id, first));
    const { accountId, characterId } = killer.actor;
    const kill = {
      ...{ killSeq: 1, npcKind: 'the-cantor' as Slug, npcLevel: 20, spawnId: 'cantor', x: 0, y: 0 },
      ...{ killedAtMs: world.clock.nowMs(), combatId: createId('cbt') },
      claimants: [{ accountId, characterId, level: 20, damage: 9_000 }],
      boss: { spawnId: 'cantor', life: 1, dueAtMs: world.clock.nowMs() + HOUR_MS },
    };
    await recordKill(owner, kill);
    await recordKill(owner, kill);
    expect((await readInstance(first))?.deadBosses).toEqual(['the-cantor']);
    const key = { zoneId: cathedral.id, difficulty: 'normal' as Slug };
    expect(await readLock(characterId, key)).toMatchObject({ instanceId: first, bosses: ['the-cantor'], version: 1 });
    expect((await go(killer.actor)).body).toMatchObject({ created: false, instanceId: first });
    // The next one has its boss alive.
    await retireUnit(owner);
    expect((await go(killer.actor)).body.code).toBe('zone.locked');
    expect((await go(late.actor)).body).toMatchObject({ created: true });
    expect(await readLock(late.characterId, key)).toBeUndefined();
  });

  it('lets an account into five new ones an hour, however many are asked for at once', async () => {
    const fence = await own(cathedral.id);
    const { actor } = await inside(fence);
    const enterOne = async () => {
      const reply = await go(actor);
      if (reply.status === 202) await retireUnit(await own(instanceUnit(cathedral.id, reply.body.instanceId)));
      return reply;
    };
    for (let made = 0; made < instanceLimits.perHour; made += 1) expect((await enterOne()).status).toBe(202);
    const refused = await Promise.all([enterOne(), enterOne()]);
    expect(refused.map(({ body }) => body.code)).toEqual(['zone.instance_limit', 'zone.instance_limit']);
    world.clock.advance(HOUR_MS + MINUTE_MS);
    await own(cathedral.id);
  });

  it('refuses without changing anything', async () => {
    const fence = await own(cathedral.id);
    const [{ actor }, { actor: weak }] = [await inside(fence), await inside(fence, 3)];
    const { actor: away } = await inside(await own(docks.id));
    const before = await world.snapshot();
    const refusals = [
      [await go(actor, {}, 'no-such-zone'), 404, 'zone.not_found'],
      [await go(away, {}, docks.id), 404, 'zone.no_instances'],
      [await go(actor, { difficulty: 'impossible' }), 404, 'zone.no_instances'],
      [await go(weak), 403, 'zone.level_too_low'],
      [await go(away), 409, 'zone.not_in_world'],
    ] as const;
    expect(refusals.map(([reply]) => [reply.status, reply.body.code])).toEqual(refusals.map(([, ...told]) => told));
    const mine = (rows: Record<string, unknown>[]) =>
      rows.filter((row) => ['ZoneInstance', 'ZoneUnit', 'ZoneCommand', 'InstanceQuota'].includes(row._et as string));
    expect(mine(await world.snapshot())).toEqual(mine(before));
  });
});

describe('POST /api/v1/zones/{zoneId}/leave', () => {
  const leave = (actor: PlayingActor, zoneId: Slug) =>
    world.call(leaveHandler, leaveContract, { actor, params: { zoneId } });

  it('leaves the world, or an instance for its zone', async () => {
    const fence = await own(docks.id);
    const { actor } = await inside(fence);
    expect((await leave(actor, docks.id)).body).toEqual({ state: 'ordered', leaves: 'world' });
    expect(await pollCommands(fence.zoneId)).toMatchObject([{ kind: 'leave' }]);
    expect((await leave(actor, terraces.id)).body.code).toBe('zone.not_in_world');
    const within = await own(instanceUnit(cathedral.id, createId('ins')));
    const { actor: guest } = await inside(within);
    expect((await leave(guest, cathedral.id)).body).toEqual({ state: 'ordered', leaves: 'instance' });
    expect(await pollCommands(within.zoneId)).toMatchObject([
      { kind: 'travel', trip: { toZone: zoneOf(within.zoneId) } },
    ]);
  });

  it('ends the stay itself when the process is gone', async () => {
    const { actor, characterId } = await inside(await own(docks.id));
    world.clock.advance(LEASE_MS);
    await own(docks.id);
    expect((await leave(actor, docks.id)).body).toMatchObject({ state: 'left' });
    expect(await presenceOf(characterId)).toMatchObject({ zoneId: undefined });
  });
});

describe('what ends elsewhere', () => {
  async function happened(
    subscriber: Parameters<typeof invokeSubscriber>[0],
    definition: EventDefinition,
    aggregateId: string,
    data: object,
  ): Promise<void> {
    const at = new Date(world.clock.nowMs()).toISOString();
    const cause = { correlationId: 'test', causationId: 'test', actor: { origin: 'test' } };
    const fact = {
      id: createId('evt'),
      name: definition.name,
      version: 1,
      occurredAt: at,
      aggregateId,
      aggregateSeq: 2,
    };
    expect(await invokeSubscriber(subscriber, { ...fact, ...cause, data } as never)).toEqual({ batchItemFailures: [] });
  }

  it('a session that ends on the way ends the journey: the character is out of the world', async () => {
    const from = await own(docks.id);
    const { actor, characterId, stay } = await inside(from);
    await handOffCharacter(from, { characterId, ...here, stay, sequence: 1, toZone: terraces.id });
    const { accountId, sessionId } = actor;
    const data = { accountId, sessionId, characterId, reason: 'logout' };
    await happened(evictPlayer, SESSION_CLOSED, sessionId, data);
    await happened(evictPlayer, SESSION_CLOSED, sessionId, data);
    const presence = await presenceOf(characterId);
    expect(presence).toMatchObject({ zoneId: undefined, ver: stay + 2, lastZone: terraces.id });
    expect(presence).not.toHaveProperty('journey');
  });

  it('an order to go against a hand-off at the same moment: one of them takes place', async () => {
    const from = await own(docks.id);
    for (let round = 0; round < 5; round += 1) {
      const { actor, characterId, stay } = await inside(from);
      const { accountId, sessionId } = actor;
      const data = { accountId, sessionId, characterId, reason: 'logout' };
      await Promise.all([
        handOffCharacter(from, { characterId, ...here, stay, sequence: 1, toZone: terraces.id }),
        happened(evictPlayer, SESSION_CLOSED, sessionId, data),
      ]);
      const presence = await presenceOf(characterId);
      // Handed over before or after the session's end was noted: on its way, or out; never in the zone that it has left.
      expect(presence?.zoneId).toBeUndefined();
      expect(presence?.ver).toBeGreaterThan(stay);
      expect(await pollCommands(from.zoneId)).not.toContainEqual(expect.objectContaining({ kind: 'travel' }));
    }
  });

  it('who leaves the party is put out of its instance after a minute', async () => {
    const [instanceId, partyId] = [createId('ins'), createId('pty')];
    const unitId = instanceUnit(cathedral.id, instanceId);
    const of = { instanceId, unitId, zoneId: cathedral.id, difficulty: 'normal', holderId: partyId, partyId };
    const nowMs = world.clock.nowMs();
    const row = { ...of, state: 'OPEN', deadBosses: [], createdAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS } as const;
    await commitInTest({ writes: [createInstanceWrite(row)] });
    const [within, outside] = [await own(unitId), await own(docks.id)];
    const [{ actor, characterId }, { actor: other }] = [await inside(within), await inside(outside)];
    for (const who of [actor, other]) {
      const left = { partyId, accountId: who.accountId, characterId: who.characterId, reason: 'left', memberCount: 2 };
      await happened(leaveInstance, PLAYER_LEFT_PARTY, partyId, left);
    }
    expect(await pollCommands(unitId)).toEqual([]);
    world.clock.advance(instanceLimits.kickAfterMs);
    const [order, ...more] = await pollCommands(unitId);
    expect(order).toMatchObject({
      kind: 'travel',
      characterId,
      trip: { toZone: cathedral.id, unlessInParty: partyId },
    });
    expect(more).toEqual([]);
    expect(await pollCommands(outside.zoneId)).toEqual([]);
  });

  it('a party or a quest of the world that has changed is told to the zone that its character is in, and to no other', async () => {
    const [first, second] = [await own(docks.id), await own(terraces.id)];
    const [{ actor: one }, { actor: two }] = [await inside(first), await inside(second)];
    const gone = await player();
    const ofWhom = ({ accountId, characterId }: PlayingActor) => ({ accountId, characterId });
    const orders = async ({ zoneId }: ZoneFence) =>
      (await pollCommands(zoneId)).map(({ kind, ...order }) => [kind, 'characterId' in order && order.characterId]);
    const partyId = createId('pty');
    const joined = { partyId, ...ofWhom(one), leaderCharacterId: two.characterId, memberCount: 2 };
    await happened(followParty, PLAYER_JOINED_PARTY, partyId, joined);
    expect(await orders(first)).toEqual([['ties', one.characterId]]);
    expect(await orders(second)).toEqual([]);
    const members = [one, two, gone].map(ofWhom);
    await happened(followParty, PARTY_DISBANDED, partyId, { partyId, reason: 'leader', members });
    expect(await orders(second)).toEqual([['ties', two.characterId]]);

    const before = (await orders(first)).length;
    await happened(followQuest, QUEST_STARTED, one.characterId, { ...ofWhom(one), questId: 'first-salvage' });
    await happened(followQuest, QUEST_STARTED, gone.characterId, { ...ofWhom(gone), questId: 'wake-the-relays' });
    expect(await orders(first)).toHaveLength(before);
    await happened(followQuest, QUEST_STARTED, one.characterId, { ...ofWhom(one), questId: 'wake-the-relays' });
    expect(await orders(first)).toHaveLength(before + 1);
  });
});

describe('a level that is reached in a zone', () => {
  it('is an order to look at the character again, once; elsewhere it is none', async () => {
    const fence = await own(docks.id);
    const [{ actor, characterId }, away] = [await inside(fence), await player()];
    for (const who of [actor, away]) {
      const data = { accountId: who.accountId, characterId: who.characterId, level: 31, previousLevel: 30 };
      const reached = event(LEVEL_UP, {
        aggregateId: who.characterId,
        aggregateSeq: 2,
        data: { ...data, attributePoints: 0, skillPoints: 0 },
      });
      await commitInTest({ events: [reached] });
    }
    await world.deliver({ twice: true });
    expect(await pollCommands(fence.zoneId)).toMatchObject([{ kind: 'refresh', characterId }]);
  });
});

describe('/topic/character/{characterId}/position', () => {
  it('tells a party where everybody is, when one of them is elsewhere', async () => {
    const [here, there] = [await own(docks.id), await own(layerUnit(terraces.id, 2))];
    const [{ actor: first }, { actor: second }, { actor: alone }] = [
      await inside(here),
      await inside(there),
      await inside(here),
    ];
    const partyId = await partyOfPlayers(world, [first, second]);
    const toldTo = async (characterId: string) => {
      await world.deliver({ twice: true });
      return world.pushes
        .filter(({ destination }) => destination === `/topic/character/${characterId}/position`)
        .map(({ body }) => body as { readonly partyId: string; readonly places: unknown });
    };
    const places = [
      { characterId: first.characterId, zoneId: docks.id, unitId: here.zoneId },
      { characterId: second.characterId, zoneId: terraces.id, unitId: there.zoneId },
    ];
    await enterZone(there, second);
    for (const { characterId } of [first, second])
      expect((await toldTo(characterId)).at(-1)).toMatchObject({ partyId, places });
    await leaveZone(there, second, { reason: 'left' });
    const gone = [places[0], { characterId: second.characterId }];
    expect((await toldTo(first.characterId)).at(-1)!.places).toEqual(gone);
    expect(await toldTo(alone.characterId)).toEqual([]);
  });
});
