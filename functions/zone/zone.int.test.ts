import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { classes } from '#content/classes.ts';
import { zones } from '#content/zones.ts';
import { SESSION_CLOSED } from '#events/session.ts';
import { redeemTicket } from '#functions/auth/public.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, deriveId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { unpackJson } from '#shared/table/packed-json.ts';
import { invokeSubscriber, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { enterZone as enterZoneEndpoint, evictPlayer, listZones } from './contract.ts';
import { handler as enterZoneHandler } from './endpoints/enter-zone.ts';
import { handler as listZonesHandler } from './endpoints/list-zones.ts';
import {
  acknowledgeCommand,
  claimZone,
  enterZone,
  leaveZone,
  pollCommands,
  presenceOf,
  releaseZone,
  renewLease,
  requireOwner,
  requirePresence,
  type ZoneFence,
} from './public.ts';
import { COMMAND_LIFETIME_MS } from './rules.ts';

const starting = zones.all.find((zone) => zone.starting)!;
const harder = zones.all.find((zone) => zone.levelRange.min > 1)!;
const LEASE_MS = 10 * SECOND_MS;

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

/** Every test begins when the leases and orders of the ones before have run out. */
beforeEach(() => world.clock.advance(COMMAND_LIFETIME_MS));

function claimAs(shardId: string, zoneId = starting.id) {
  return claimZone({ zoneId, shardId, url: `wss://${shardId}.test/zone`, leaseMs: LEASE_MS });
}

async function own(zoneId = starting.id): Promise<ZoneFence> {
  const shardId = createId('shd');
  const claimed = await claimAs(shardId, zoneId);
  return { zoneId, shardId, epoch: claimed!.epoch };
}

function operation() {
  return createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
}

type Player = ReturnType<TestWorld['actor']> & { readonly characterId: CharacterId };

async function player(): Promise<Player> {
  const actor = await world.openSession(world.actor({ characterId: createId('chr') }));
  return { ...actor, characterId: actor.characterId! };
}

async function playerWithCharacter(): Promise<Player> {
  const actor = await player();
  const { changes } = initialProgression({ ...actor, classId: classes.all[0]!.id });
  await operation().commit(changes);
  return actor;
}

async function zoneChanges(characterId: CharacterId) {
  const rows = (await world.snapshot()).filter((row) => row._et === 'Outbox');
  return rows
    .flatMap((row) => (unpackJson(row.content) as { events: { envelope: { aggregateId: string } }[] }).events)
    .map(({ envelope }) => envelope as unknown as { aggregateId: string; aggregateSeq: number; data: object })
    .filter((envelope) => envelope.aggregateId === characterId)
    .sort((a, b) => a.aggregateSeq - b.aggregateSeq);
}

describe('leases', () => {
  it('rise in epoch with every claim, and one shard holds a zone at a time', async () => {
    const [a, b] = [createId('shd'), createId('shd')];
    const first = await claimAs(a);
    expect(await claimAs(b)).toBeUndefined();
    const again = await claimAs(a);
    expect(again!.epoch).toBe(first!.epoch + 1);
    world.clock.advance(LEASE_MS);
    expect((await claimAs(b))!.epoch).toBe(first!.epoch + 2);
  });

  it('go to one of many that claim at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => claimAs(createId('shd'))));
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
  });

  it('are renewed by their owner alone', async () => {
    const fence = await own();
    world.clock.advance(LEASE_MS - 1);
    await renewLease(fence, { leaseMs: LEASE_MS, players: 7 });
    world.clock.advance(LEASE_MS - 1);
    expect(await claimAs(createId('shd'))).toBeUndefined();
    for (const other of [
      { ...fence, epoch: fence.epoch - 1 },
      { ...fence, epoch: fence.epoch + 1 },
      { ...fence, shardId: createId('shd') },
    ]) {
      await expect(renewLease(other, { leaseMs: LEASE_MS, players: 0 })).rejects.toMatchObject({ code: 'zone.fenced' });
    }
  });

  it('are free at once when released, and a stranger releases nothing', async () => {
    const fence = await own();
    await releaseZone({ ...fence, shardId: createId('shd') });
    expect(await claimAs(createId('shd'))).toBeUndefined();
    await releaseZone(fence);
    expect((await claimAs(createId('shd')))!.epoch).toBe(fence.epoch + 1);
  });

  it('fence writes: a transaction of a former owner does nothing', async () => {
    const old = await own();
    world.clock.advance(LEASE_MS);
    const current = await own();
    const before = await world.snapshot();
    await expect(operation().commit({ writes: [requireOwner(old)] })).rejects.toMatchObject({ code: 'zone.fenced' });
    expect(await world.snapshot()).toEqual(before);
    await expect(operation().commit({ writes: [requireOwner(current)] })).resolves.toBeUndefined();
  });
});

describe('presence', () => {
  it('follows a character through zones and tells ZONE_CHANGED', async () => {
    const [from, to] = [await own(), await own(harder.id)];
    const who = await player();
    await enterZone(from, who);
    await enterZone(from, who);
    await enterZone(to, who);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: harder.id, epoch: to.epoch, ver: 2 });
    expect((await zoneChanges(who.characterId)).map(({ data }) => data)).toEqual([
      {
        accountId: who.accountId,
        sessionId: who.sessionId,
        characterId: who.characterId,
        zoneId: from.zoneId,
        epoch: from.epoch,
      },
      expect.objectContaining({ zoneId: to.zoneId, previousZoneId: from.zoneId, epoch: to.epoch }),
    ]);
  });

  it('tells the zone left behind to let the character go', async () => {
    const [from, to] = [await own(), await own(harder.id)];
    const who = await player();
    await enterZone(from, who);
    await enterZone(to, who);
    const [command] = await pollCommands(from.zoneId);
    expect(command).toMatchObject({ reason: 'moved', characterId: who.characterId, sessionId: who.sessionId });
    expect(await pollCommands(to.zoneId)).toEqual([]);
    await acknowledgeCommand(from.zoneId, command!.commandId);
    await acknowledgeCommand(from.zoneId, command!.commandId);
    expect(await pollCommands(from.zoneId)).toEqual([]);
  });

  it('drops an order for an earlier stay when the character has come back', async () => {
    const [from, to] = [await own(), await own(harder.id)];
    const who = await player();
    await enterZone(from, who);
    await enterZone(to, who);
    await enterZone(from, who);
    expect(await pollCommands(from.zoneId)).toEqual([]);
    const [command] = await pollCommands(to.zoneId);
    expect(command).toMatchObject({ characterId: who.characterId });
  });

  it('ends when the character leaves, but only by the zone that it is in', async () => {
    const [from, to] = [await own(), await own(harder.id)];
    const who = await player();
    await enterZone(from, who);
    await enterZone(to, who);
    await leaveZone(from, who);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: harder.id });
    await leaveZone({ ...to, epoch: to.epoch + 1 }, who);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: harder.id });
    await leaveZone(to, who);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: undefined, ver: 3 });
  });

  it('tells once that the character left the world, and that nobody had played it', async () => {
    const fence = await own();
    const [who, idler] = [await player(), await player()];
    await enterZone(fence, who);
    await leaveZone(fence, who, { reason: 'lost' });
    await leaveZone(fence, who, { reason: 'lost' });
    await enterZone(fence, who);
    await leaveZone(fence, who);
    const told = (await zoneChanges(who.characterId)) as unknown as { name: string; data: { reason?: string } }[];
    expect(told.map(({ name, data }) => [name, data.reason])).toEqual([
      ['ZONE_CHANGED', undefined],
      ['ZONE_LEFT', 'lost'],
      ['ZONE_CHANGED', undefined],
      ['ZONE_LEFT', 'left'],
    ]);

    await enterZone(fence, idler);
    await leaveZone(fence, idler, { reason: 'afk', idleMs: 1_200_000 });
    const place = { accountId: idler.accountId, sessionId: idler.sessionId, characterId: idler.characterId };
    const facts = (await zoneChanges(idler.characterId)) as unknown as { name: string; data: object }[];
    expect(facts.slice(1)).toMatchObject([
      { name: 'ZONE_LEFT', data: { ...place, zoneId: fence.zoneId, epoch: fence.epoch, reason: 'afk' } },
      { name: 'PLAYER_IDLE', data: { ...place, zoneId: fence.zoneId, idleMs: 1_200_000 } },
    ]);
  });

  it('is left once when two tell of it at the same moment', async () => {
    const fence = await own();
    const who = await player();
    await enterZone(fence, who);
    await Promise.all([leaveZone(fence, who), leaveZone(fence, who), leaveZone(fence, who)]);
    expect(await zoneChanges(who.characterId)).toHaveLength(2);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: undefined, ver: 2 });
  });

  it('is refused to a fenced owner and to an ended session, and nothing changes', async () => {
    const old = await own();
    world.clock.advance(LEASE_MS);
    const fence = await own();
    const who = await player();
    const unknown = { ...who, sessionId: createId('ses') };
    const before = await world.snapshot();
    await expect(enterZone(old, who)).rejects.toMatchObject({ code: 'zone.fenced' });
    await expect(enterZone(fence, unknown)).rejects.toMatchObject({ code: 'auth.session_ended' });
    expect(await world.snapshot()).toEqual(before);
  });

  it('is a condition for acts on the spot', async () => {
    const fence = await own();
    const who = await player();
    await enterZone(fence, who);
    const refusal = Object.assign(new Error('elsewhere'), { code: 'loot.wrong_zone' }) as never;
    const actIn = (zoneId: string) =>
      operation().commit({ writes: [requirePresence(who.characterId, zoneId, refusal)] });
    await expect(actIn(fence.zoneId)).resolves.toBeUndefined();
    await expect(actIn(harder.id)).rejects.toBe(refusal);
  });
});

describe('zone.evict-player', () => {
  async function closed(who: Player, reason: 'logout' | 'revoked' | 'superseded' | 'banned', count = 1) {
    const data = { accountId: who.accountId, sessionId: who.sessionId, characterId: who.characterId, reason };
    const fact = event(SESSION_CLOSED, { aggregateId: who.sessionId, aggregateSeq: 2, data });
    const envelope = {
      id: deriveId('evt', who.sessionId),
      name: fact.definition.name,
      version: 1,
      occurredAt: new Date(world.clock.nowMs()).toISOString(),
      aggregateId: fact.aggregateId,
      aggregateSeq: fact.aggregateSeq,
      correlationId: 'test',
      causationId: 'test',
      actor: { origin: 'test' },
      data,
    };
    for (let time = 0; time < count; time += 1) {
      expect(await invokeSubscriber(evictPlayer, envelope)).toEqual({ batchItemFailures: [] });
    }
  }

  it.each(['logout', 'revoked', 'superseded', 'banned'] as const)(
    'orders the zone to put the character out after %s, once, and why',
    async (reason) => {
      const fence = await own();
      const who = await player();
      await enterZone(fence, who);
      await closed(who, reason, 2);
      const commands = await pollCommands(fence.zoneId);
      expect(commands).toHaveLength(1);
      expect(commands[0]).toMatchObject({ reason, sessionId: who.sessionId, characterId: who.characterId });
    },
  );

  it('gives one order when the reply to its commit is lost and the event comes again', async () => {
    const fence = await own();
    const who = await player();
    await enterZone(fence, who);
    let lost = 0;
    const undo = useStepHook(async (name, run) => {
      const result = await run();
      if (name !== 'table.TransactWriteItems' || lost > 0) return result;
      lost += 1;
      throw new Error('the reply is lost');
    });
    await expect(closed(who, 'logout')).rejects.toThrow();
    undo();
    expect(lost).toBe(1);
    world.clock.advance(30 * SECOND_MS);
    await closed(who, 'logout');
    expect(await pollCommands(fence.zoneId)).toHaveLength(1);
  });

  it('notes by itself that a character is gone whose process died', async () => {
    const fence = await own();
    const who = await player();
    await enterZone(fence, who);
    world.clock.advance(LEASE_MS);
    await own();
    await closed(who, 'logout', 2);
    expect(await pollCommands(fence.zoneId)).toEqual([]);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: undefined, ver: 2 });
    expect((await zoneChanges(who.characterId)).map(({ data }) => data)).toMatchObject([
      { epoch: fence.epoch },
      { epoch: fence.epoch, reason: 'logout' },
    ]);
  });

  it('leaves a character alone that is in no zone or plays under a newer session', async () => {
    const fence = await own();
    const [absent, takenOver] = [await player(), await player()];
    await enterZone(fence, takenOver);
    await closed(absent, 'logout');
    await closed({ ...takenOver, sessionId: createId('ses') }, 'logout');
    expect(await pollCommands(fence.zoneId)).toEqual([]);
  });

  it('gives no order that outlives its purpose', async () => {
    const fence = await own();
    const who = await player();
    await enterZone(fence, who);
    await closed(who, 'logout');
    world.clock.advance(COMMAND_LIFETIME_MS);
    expect(await pollCommands(fence.zoneId)).toEqual([]);
  });
});

describe('GET /api/v1/zones', () => {
  it('lists every zone with its range, and the population of those that are open', async () => {
    const fence = await own();
    await renewLease(fence, { leaseMs: LEASE_MS, players: 42 });
    const reply = await world.call(listZonesHandler, listZones, { actor: world.actor() });
    expect(reply.status).toBe(200);
    expect(reply.body.zones.map(({ zoneId }: { zoneId: string }) => zoneId)).toEqual(zones.all.map(({ id }) => id));
    const shown = new Map(reply.body.zones.map((zone: { zoneId: string }) => [zone.zoneId, zone]));
    expect(shown.get(starting.id)).toMatchObject({ open: true, population: 42, levelRange: starting.levelRange });
    expect(shown.get(harder.id)).toMatchObject({ open: false, population: 0 });
  });
});

describe('POST /api/v1/zones/{zoneId}/enter', () => {
  const enter = (actor: Player | undefined, zoneId: string) =>
    world.call(enterZoneHandler, enterZoneEndpoint, { ...(actor ? { actor } : {}), params: { zoneId } });

  it("answers the owner's address and a ticket that admits once, to this zone", async () => {
    const fence = await own();
    const who = await playerWithCharacter();
    const reply = await enter(who, fence.zoneId);
    expect(reply.status).toBe(200);
    expect(reply.body.url).toBe(`wss://${fence.shardId}.test/zone`);
    expect(Date.parse(reply.body.expiresAt)).toBe(world.clock.nowMs() + 30 * SECOND_MS);

    const redeem = (zoneId: string) =>
      redeemTicket(reply.body.ticket, { purpose: 'zone', zoneIds: [zoneId] }, world.clock.nowMs());
    expect(await redeem(harder.id)).toBeUndefined();
    expect(await redeem(fence.zoneId)).toMatchObject({
      accountId: who.accountId,
      sessionId: who.sessionId,
      characterId: who.characterId,
      zoneId: fence.zoneId,
    });
    expect(await redeem(fence.zoneId)).toBeUndefined();
  });

  it('refuses without changing anything', async () => {
    await own();
    await own(harder.id);
    const who = await playerWithCharacter();
    const ended = { ...who, sessionId: createId('ses') };
    const before = await world.snapshot();
    const refusals = [
      [await enter(who, 'no-such-zone'), 404, 'zone.not_found'],
      [await enter(who, 'Not A Slug'), 400, 'request.invalid'],
      [await enter(who, harder.id), 403, 'zone.level_too_low'],
      [await enter(await player(), starting.id), 403, 'zone.level_too_low'],
      [await enter(ended, starting.id), 401, 'auth.session_ended'],
      [await enter(undefined, starting.id), 401, 'auth.unauthenticated'],
    ] as const;
    expect(refusals.map(([reply]) => [reply.status, reply.body.code])).toEqual(
      refusals.map(([, status, code]) => [status, code]),
    );
    const tickets = (rows: Record<string, unknown>[]) => rows.filter((row) => row._et === 'Ticket');
    expect(tickets(await world.snapshot())).toEqual(tickets(before));
  });

  it('sends nobody to an owner that has missed a renewal, and says when to ask again', async () => {
    const fence = await own();
    const who = await playerWithCharacter();
    world.clock.advance(LEASE_MS / 2);
    const waning = await enter(who, starting.id);
    expect([waning.status, waning.body.code, waning.headers['retry-after']]).toEqual([503, 'zone.unavailable', '6']);
    await renewLease(fence, { leaseMs: LEASE_MS, players: 0 });
    expect((await enter(who, starting.id)).status).toBe(200);
    await releaseZone(fence);
    expect((await enter(who, starting.id)).headers['retry-after']).toBe('1');
  });

  it('says when to come back while nobody runs the zone', async () => {
    const who = await playerWithCharacter();
    const reply = await enter(who, starting.id);
    expect([reply.status, reply.body.code]).toEqual([503, 'zone.unavailable']);
    expect(reply.headers['retry-after']).toBe('5');
  });
});
