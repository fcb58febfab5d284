import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startingZone } from '#content/zones.ts';
import { LoopbackClient } from '#fleet/testing/zone-harness.ts';
import { listCases, viewCase } from '#functions/anticheat/contract.ts';
import { handler as listCasesHandler } from '#functions/anticheat/endpoints/list-cases.ts';
import { handler as viewCaseHandler } from '#functions/anticheat/endpoints/view-case.ts';
import { createCharacter } from '#functions/character/contract.ts';
import { handler as createCharacterHandler } from '#functions/character/endpoints/create-character.ts';
import { loadCharacterForZone } from '#functions/character/public.ts';
import { acceptQuest } from '#functions/quest/contract.ts';
import { handler as acceptQuestHandler } from '#functions/quest/endpoints/accept-quest.ts';
import { closeSession, getSession } from '#functions/session/public.ts';
import { viewCurrent } from '#functions/trade/contract.ts';
import { acceptRequest, requestTrade } from '#functions/trade/contract-requests.ts';
import { handler as acceptRequestHandler } from '#functions/trade/endpoints/accept-request.ts';
import { handler as requestTradeHandler } from '#functions/trade/endpoints/request-trade.ts';
import { handler as viewCurrentHandler } from '#functions/trade/endpoints/view-current.ts';
import { enterZone } from '#functions/zone/contract.ts';
import { handler as enterZoneHandler } from '#functions/zone/endpoints/enter-zone.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { createOperation } from '#shared/events/operation.ts';
import type { CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { partyOfPlayers } from '#shared/testing/test-party.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { Shard } from '../control/shard.ts';
import { NPC } from '../sim/entities.ts';
import { place } from '../sim/state.ts';
import type { Zone } from '../zone/zone.ts';
import { zoneDefinition } from '../zone/zone-content.ts';
import { AdmissionRefused } from './character-ports.ts';
import { domainPorts } from './domain-ports.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world.stop());

interface Player {
  readonly accountId: string;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  readonly actor: ReturnType<TestWorld['actor']>;
}

async function player(name: string): Promise<Player> {
  const actor = await world.openSession(world.actor());
  const created = await world.call(createCharacterHandler, createCharacter, {
    actor,
    idempotencyKey: `create-${name}`,
    body: { name, classId: 'breaker', originId: 'gutter-born', appearance: {} },
  });
  expect([created.status, created.body]).toEqual([201, expect.anything()]);
  const characterId = created.body.characterId as CharacterId;
  const playing = await world.openSession({ ...actor, characterId });
  return { accountId: actor.accountId, sessionId: actor.sessionId, characterId, actor: playing };
}

async function shard(shardId: string): Promise<Shard> {
  const reports: unknown[] = [];
  const one = new Shard({
    shardId,
    socketUrl: `ws://${shardId}.test/zone`,
    maxUnits: 10,
    claimsPerStep: 10,
    zones: [startingZone.id],
    definitionOf: zoneDefinition,
    ports: domainPorts,
    maxPlayersPerZone: 100,
    nowMs: world.clock.nowMs,
    wallClockMs: world.clock.nowMs,
    // Repetitions come at once; deadlines never do.
    delay: (ms) => (ms <= 2_000 ? nextTurn().then(() => {}) : new Promise(() => {})),
    report: { info: () => {}, error: (message, facts) => reports.push([message, facts]) },
    seed: () => 5,
  });
  await one.claimStep();
  return one;
}

async function ticketFor({ actor }: Player): Promise<string> {
  const entered = await world.call(enterZoneHandler, enterZone, { actor, params: { zoneId: startingZone.id } });
  expect(entered.status).toBe(200);
  return entered.body.ticket;
}

async function enter(owner: Shard, who: Player): Promise<{ zone: Zone; client: LoopbackClient }> {
  const { zone, character } = await owner.admit(await ticketFor(who));
  const client = new LoopbackClient();
  zone.admit(character, client);
  zone.tick();
  await zone.writer.flush();
  return { zone, client };
}

function weakestNpc(zone: Zone): number {
  const { entities } = zone.sim.state;
  return [...entities.slots()]
    .filter((slot) => entities.sort[slot] === NPC)
    .sort((a, b) => entities.maxHealth[a]! - entities.maxHealth[b]!)[0]!;
}

/** Puts the player beside the weakest NPC and strikes until it is dead; those beside it follow what they are shown. */
function kill(
  zone: Zone,
  who: Player,
  client: LoopbackClient,
  beside: readonly { readonly who: Player; readonly client: LoopbackClient }[] = [],
): void {
  const { entities } = zone.sim.state;
  const target = weakestNpc(zone);
  place(zone.sim.state, client.slot, entities.x[target]! + 1, entities.y[target]!);
  for (let i = 0; i < 2_000 && entities.health[target]! > 0; i++) {
    zone.input(
      who.characterId,
      client,
      (slot) => ({ kind: 'act', slot, actionSeq: i & 0xffff, ability: 0, target }),
      client.replica.tick,
    );
    for (const one of beside)
      zone.input(one.who.characterId, one.client, (slot) => ({ kind: 'stir', slot }), one.client.replica.tick);
    zone.tick();
  }
  expect(entities.health[target]).toBe(0);
}

const rowsOf = async (entity: string) => (await world.snapshot()).filter((row) => row._et === entity);

describe('the fleet on the real domains', () => {
  it('lets nobody in by a ticket from before a hand-off: the character is where it went', async () => {
    const owner = await shard('shard-late');
    const who = await player('Late');
    const { zone } = await enter(owner, who);
    const late = await ticketFor(who);
    const { characterId } = who;
    const stay = zone.writer.stayOf(characterId)!;
    const place = { x: 5, y: 6, yaw: 0, health: 30 };
    const go = { characterId, ...place, stay, sequence: 1, toZone: 'ember-terraces' as Slug };
    expect(await domainPorts.handOffCharacter(zone.writer.fence, go)).toBe(true);
    await expect(owner.admit(late)).rejects.toMatchObject({ reason: 'wrong_zone' });
    expect(await presenceOf(characterId)).toMatchObject({ ver: stay + 1, journey: { toZone: 'ember-terraces' } });
    await owner.drain(10_000);
  });

  it('lets a character in, records its kill with drop and events, and saves it when it leaves', async () => {
    const owner = await shard('shard-one');
    const who = await player('Marrow');
    const { zone, client } = await enter(owner, who);
    expect(await presenceOf(who.characterId)).toMatchObject({ zoneId: startingZone.id });
    kill(zone, who, client);
    await zone.writer.flush();
    zone.tick();
    await world.deliver();
    const told = world.events.filter(({ correlationId }) => correlationId.startsWith(`${startingZone.id}.`));
    expect(told.filter(({ name }) => name === 'NPC_DIED')).toHaveLength(1);
    const [drop] = client.cold('drop');
    expect(told.filter(({ name }) => name === 'LOOT_GENERATED')).toMatchObject([{ data: { dropId: drop!.dropId } }]);
    expect(drop!.slots.length).toBeGreaterThan(0);
    expect(world.events.filter(({ name }) => name === 'COMBAT_ENDED')).toHaveLength(1);

    zone.expel(who.characterId, 'kicked');
    zone.tick();
    await zone.writer.flush();
    const saved = await loadCharacterForZone(who.characterId, startingZone.id);
    const { x, y } = zone.sim.state.entities;
    expect(saved?.state).toMatchObject({ x: x[client.slot], y: y[client.slot] });
    expect((await presenceOf(who.characterId))?.zoneId).toBeUndefined();
    expect(await owner.drain(15_000)).toBe(true);
  });

  it('shows a party what one of it has killed beside the others', async () => {
    const owner = await shard('shard-party');
    const [striker, idle, stranger] = [await player('Ochre'), await player('Umber'), await player('Sienna')];
    await partyOfPlayers(
      world,
      [striker, idle].map(({ actor, characterId }) => ({ ...actor, characterId, name: 'Runner' })),
    );
    const { zone, client } = await enter(owner, striker);
    const [beside, other] = [await enter(owner, idle), await enter(owner, stranger)];
    const prey = weakestNpc(zone);
    const { entities } = zone.sim.state;
    for (const { slot } of [beside.client, other.client]) {
      place(zone.sim.state, slot, entities.x[prey]! + 3, entities.y[prey]!);
    }
    kill(zone, striker, client, [
      { who: idle, client: beside.client },
      { who: stranger, client: other.client },
    ]);
    await zone.writer.flush();
    zone.tick();
    const [mine] = client.cold('drop');
    expect(mine).toMatchObject({ method: 'group' });
    expect(beside.client.cold('drop')).toEqual([mine]);
    expect(other.client.cold('drop')).toEqual([]);
    for (const { characterId } of [striker, idle, stranger]) zone.expel(characterId, 'kicked');
    zone.tick();
    await zone.writer.flush();
    expect(await owner.drain(15_000)).toBe(true);
  });

  it('opens the objects of a quest to who has accepted it meanwhile, and counts their use for the party beside', async () => {
    const owner = await shard('shard-world');
    const [one, two] = [await player('Indigo'), await player('Cerise')];
    const { zone, client } = await enter(owner, one);
    const beside = await enter(owner, two);
    const { state } = zone.sim;
    const { objects } = zoneDefinition(startingZone.id)!;
    const use = (id: string) => {
      const index = objects!.findIndex((object) => object.id === id);
      const { x, y, useTicks } = objects![index]!;
      for (const [at, { slot }] of [client, beside.client].entries()) place(state, slot, x + at, y);
      const target = state.objects.slot[index]!;
      zone.input(one.characterId, client, (slot) => ({ kind: 'interact', slot, actionSeq: 1, target }));
      for (let tick = 0; tick <= useTicks; tick += 1) {
        zone.tick();
        for (const viewer of zone.viewers) viewer.saw(zone.sim.tick);
      }
    };
    const completed = async () => {
      await zone.writer.flush();
      await world.deliver({ twice: true });
      return world.events.flatMap(({ name, data }) =>
        name === 'QUEST_COMPLETED' ? [(data as { characterId: string }).characterId] : [],
      );
    };
    use('relay-crane');
    expect(state.useSeq).toBe(0);
    await partyOfPlayers(
      world,
      [one, two].map(({ actor, characterId }) => ({ ...actor, characterId, name: 'Runner' })),
    );
    for (const { actor, characterId } of [one, two]) {
      const accepted = await world.call(acceptQuestHandler, acceptQuest, {
        actor,
        params: { questId: 'wake-the-relays' },
        idempotencyKey: `relays-${characterId}`,
      });
      expect(accepted.status).toBe(201);
    }
    world.clock.advance(1);
    await world.deliver({ twice: true });
    await owner.commandStep();
    zone.tick();
    for (const id of ['relay-crane', 'relay-breakwater']) use(id);
    expect(state.useSeq).toBe(2);
    expect((await completed()).toSorted()).toEqual([one.characterId, two.characterId].toSorted());
    for (const { characterId } of [one, two]) zone.expel(characterId, 'kicked');
    zone.tick();
    await zone.writer.flush();
    expect(await owner.drain(15_000)).toBe(true);
  });

  it('refuses a ticket used twice, and one whose session has ended', async () => {
    const owner = await shard('shard-two');
    const who = await player('Quill');
    const ticket = await ticketFor(who);
    await owner.admit(ticket);
    await expect(owner.admit(ticket)).rejects.toEqual(new AdmissionRefused('ticket_invalid'));
    const late = await ticketFor(who);
    await end(who);
    await expect(owner.admit(late)).rejects.toEqual(new AdmissionRefused('session_ended'));
    await owner.drain(15_000);
  });

  it('knows staff by the ticket', async () => {
    const owner = await shard('shard-staff');
    const [guest, gm] = [await player('Teasel'), await player('Bracken')];
    const roles = ['player', 'gm'] as const;
    expect((await owner.admit(await ticketFor(guest))).character.isStaff).toBe(false);
    const { character } = await owner.admit(await ticketFor({ ...gm, actor: { ...gm.actor, roles } }));
    expect(character.isStaff).toBe(true);
    await owner.drain(15_000);
  });

  it('puts a character out when its session ends, and saves it first', async () => {
    const owner = await shard('shard-three');
    const who = await player('Sable');
    const { zone, client } = await enter(owner, who);
    await end(who);
    await world.deliver();
    await owner.commandStep();
    expect(client.closedWith).toBe('logout');
    owner.tick();
    await zone.writer.flush();
    expect(zone.players).toBe(0);
    expect((await presenceOf(who.characterId))?.zoneId).toBeUndefined();
    expect((await loadCharacterForZone(who.characterId, startingZone.id))?.state).toBeDefined();
    expect(await rowsOf('ZoneCommand')).toEqual([]);
    await owner.drain(15_000);
  });

  it('watches two who trade, and ends their trade when they part', async () => {
    const owner = await shard('shard-four');
    const [asker, asked] = [await player('Tansy'), await player('Yarrow')];
    const { zone, client } = await enter(owner, asker);
    await enter(owner, asked);
    const opened = await world.call(requestTradeHandler, requestTrade, {
      actor: asker.actor,
      body: { characterId: asked.characterId },
    });
    const { tradeId } = opened.body;
    await world.call(acceptRequestHandler, acceptRequest, { actor: asked.actor, params: { tradeId } });
    await owner.commandStep();
    expect(await rowsOf('ZoneCommand')).toEqual([]);
    const { x, y } = zone.sim.state.entities;
    place(zone.sim.state, client.slot, x[client.slot]! + 30, y[client.slot]!);
    for (let tick = 0; tick < 5; tick += 1) owner.tick();
    await zone.writer.flush();
    const { body } = await world.call(viewCurrentHandler, viewCurrent, { actor: asked.actor });
    expect(body.trade).toBeUndefined();
    await world.deliver();
    const ended = { tradeId, state: 'CANCELLED', endReason: 'distance' };
    expect(world.pushes.map(({ body }) => body)).toContainEqual({ trade: expect.objectContaining(ended) });
    for (const { characterId } of [asker, asked]) zone.expel(characterId, 'kicked');
    owner.tick();
    await zone.writer.flush();
    await owner.drain(15_000);
  });

  it('shows staff who walks too fast, and what was measured, and puts them out after a while; and nobody who is honest', async () => {
    const owner = await shard('shard-five');
    const [cheat, honest] = [await player('Tamarisk'), await player('Linden')];
    const { zone, client: fast } = await enter(owner, cheat);
    const { client: fair } = await enter(owner, honest);
    const { entities, players } = zone.sim.state;
    let seq = 0;
    const stride = ({ characterId }: Player, client: LoopbackClient, times: number) => {
      const body = players.get(client.slot);
      if (!body) return;
      const { correction, speed } = body;
      const x = entities.x[client.slot]! + (seq % 40 < 20 ? 1 : -1) * speed * times;
      const move = { kind: 'move', seq, correction, x, y: entities.y[client.slot]!, yaw: 0 } as const;
      const seenTick = client.replica.tick;
      zone.input(characterId, client, (slot) => ({ ...move, slot, seenTick }), seenTick);
    };
    const round = (times: number) => {
      seq += 1;
      stride(cheat, fast, times);
      stride(honest, fair, 1);
      owner.tick();
    };
    for (let tick = 0; tick < 800; tick++) round(2);
    await zone.writer.flush();
    const staff = await world.stepUp(world.actor({ roles: ['player', 'moderator'] }));
    const { cases } = (await world.call(listCasesHandler, listCases, { actor: staff })).body;
    expect(cases).toMatchObject([{ accountId: cheat.accountId, characterId: cheat.characterId, state: 'open' }]);
    const params = { accountId: cheat.accountId };
    const { findings, kickAt } = (await world.call(viewCaseHandler, viewCase, { actor: staff, params })).body;
    expect(findings).toMatchObject([{ check: 'speed', samples: expect.anything() }]);
    expect(findings[0].samples[0].measured).toMatch(/^Claimed a step of \d+(\.\d)? m from \(/);
    await world.deliver();
    expect(world.events.filter(({ name }) => name === 'CHEAT_SUSPECTED')).not.toEqual([]);

    await owner.commandStep();
    expect(fast.closedWith).toBeUndefined();
    world.clock.advance(Date.parse(kickAt) - world.clock.nowMs());
    await owner.renewStep();
    let isObeyed = false;
    const obeyed = owner.commandStep().finally(() => {
      isObeyed = true;
    });
    // It is carried out when the body is gone, and that takes a tick.
    for (; !isObeyed; await nextTurn()) round(1);
    await obeyed;
    expect(fast.closedWith).toBe('kicked');
    expect(fair.closedWith).toBeUndefined();
    zone.expel(honest.characterId, 'kicked');
    // The last report goes out when its ten seconds are over.
    for (let tick = 0; tick < 205; tick++) owner.tick();
    await zone.writer.flush();
    expect(await owner.drain(15_000)).toBe(true);
  });

  it('stops a zone whose lease another shard has taken: its kill leaves nothing behind', async () => {
    const zombie = await shard('shard-old');
    const who = await player('Vesper');
    const { zone, client } = await enter(zombie, who);
    world.clock.advance(11_000);
    const heir = await shard('shard-new');
    expect(heir.zones).toHaveLength(1);
    const before = [...(await rowsOf('Drop')), ...(await rowsOf('Outbox'))].length;
    kill(zone, who, client);
    await zone.writer.flush();
    expect(client.closedWith).toBe('zone_stopped');
    expect(zombie.zones).toEqual([]);
    expect([...(await rowsOf('Drop')), ...(await rowsOf('Outbox'))]).toHaveLength(before);
    await heir.drain(15_000);
  });
});

async function end(who: Player): Promise<void> {
  const session = await getSession(who.sessionId);
  const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' });
  await operation.commit(closeSession(session!, 'logout', operation.nowMs));
}
