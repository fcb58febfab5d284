import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { unpackPlaces } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { NOTE_EVERY_TICKS } from './unit-notes.ts';

const gate = { id: 'north', x: 20, y: 0, radius: 4, toZone: 'next-yard', minLevel: 2 };
const yard = { ...fixtureZone([]), gates: [{ ...gate, arrival: { x: 5, y: 6, radius: 2 } }] };
const at = (x: number, y: number) => ({ zoneId: yard.id as Slug, x, y, yaw: 0, health: 90 });

type Started = Awaited<ReturnType<typeof startZone>>;

/** Somebody beside the gate. */
function stand({ enter }: Started, level = 2, x = 14) {
  const who = { ...fixtureCharacter('Ada', level), state: at(x, 0) };
  return { who, client: enter(who) };
}

/** Walks east, as far as a body may each tick. */
function walk({ zone }: Started, who: { characterId: string }, client: LoopbackClient, steps: number, from = 14): void {
  for (let seq = 1; seq <= steps; seq += 1) {
    const move = { kind: 'move' as const, seq, correction: 0, x: from + seq * 0.25, y: 0, yaw: 0 };
    zone.input(who.characterId, client, (slot) => ({ ...move, slot }));
    zone.tick();
  }
}

async function settle({ zone }: Started): Promise<void> {
  await zone.writer.flush();
  await nextTurn();
}

/** Until the next note is written. */
async function noteDue({ zone }: Started): Promise<void> {
  for (let tick = 0; tick <= NOTE_EVERY_TICKS; tick += 1) {
    zone.tick();
    await nextTurn();
  }
}

describe('a gate', () => {
  it('hands over who steps into it, and tells the client where to go on once that is written', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    walk(world, who, client, 16);
    expect(world.zone.players).toBe(0);
    expect(client.closedWith).toBeUndefined();
    await settle(world);
    expect(world.ports.handedOff).toMatchObject([{ characterId: who.characterId, toZone: 'next-yard', health: 90 }]);
    const { x, y } = world.ports.handedOff[0]!;
    expect(Math.hypot(x - 5, y - 6)).toBeLessThanOrEqual(2);
    expect(client.cold('moving')).toMatchObject([{ zoneId: 'next-yard' }]);
    expect(client.closedWith).toBe('moving');
    expect(world.ports.departures).toEqual([]);
  });

  it('leaves alone who arrives in it, until it has stepped out and in again', async () => {
    const world = await startZone({ definition: yard });
    const { client } = stand(world, 2, 19);
    for (let tick = 0; tick < 40; tick += 1) world.zone.tick();
    await settle(world);
    expect(world.ports.handedOff).toEqual([]);
    expect(client.closedWith).toBeUndefined();
  });

  it('turns back who is too weak for what lies behind it', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world, 1);
    walk(world, who, client, 16);
    await settle(world);
    expect(client.cold('refused')).toMatchObject([{ what: 'gate', reason: 'level_too_low' }]);
    expect(world.zone.players).toBe(1);
  });

  it('lets nobody in who was let in as it stood before, while it goes and when it is gone', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    const stay = world.zone.writer.stayOf(who.characterId)!;
    const stored = Promise.withResolvers<void>();
    const { handOffCharacter } = world.ports;
    world.ports.handOffCharacter = async (...args) => {
      await stored.promise;
      return handOffCharacter.apply(world.ports, args);
    };
    walk(world, who, client, 16);
    const late = { ...fixtureCharacter('Ada', 2), presenceVer: stay };
    expect(world.enter(late).closedWith).toBe('wrong_zone');
    stored.resolve();
    await settle(world);
    expect(world.enter(late).closedWith).toBe('wrong_zone');
    expect(world.zone.players).toBe(0);
    const again = world.enter({ ...late, presenceVer: stay + 2, state: at(12, 0) });
    expect(again.cold('welcome')[0]?.x).toBe(12);
  });

  it('keeps the character when the hand-off cannot be written', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    world.ports.failures.set(
      'handOffCharacter',
      Array.from({ length: 20 }, () => new Error('away')),
    );
    walk(world, who, client, 16);
    await settle(world);
    world.zone.tick();
    expect(world.zone.players).toBe(1);
    expect(client.closedWith).toBeUndefined();
    expect(client.cold('welcome').at(-1)?.x).toBeGreaterThan(15);
  });

  it('stops the zone, and tells nobody to go anywhere, when the owner has lost it', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    world.time.nowMs += 20_000;
    await world.ports.claimZone({ zoneId: yard.id as Slug, shardId: 'shard-b', url: 'ws://b', leaseMs: 10_000 });
    walk(world, who, client, 16);
    await settle(world);
    expect(client.cold('moving')).toEqual([]);
    expect(client.closedWith).toBe('zone_stopped');
  });
});

describe('an order to travel', () => {
  const order = (who: { characterId: string }, channelMs?: number) => ({
    kind: 'travel' as const,
    commandId: createId('cmd'),
    characterId: who.characterId as ReturnType<typeof createId<'chr'>>,
    trip: { toZone: 'next-yard' as Slug, ...(channelMs === undefined ? {} : { channelMs }) },
  });

  it('takes its time, carries what is cooling down, and keeps the place where none is named', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    const ally = client.slot;
    world.zone.input(who.characterId, client, (slot) => ({
      kind: 'act',
      slot,
      actionSeq: 1,
      ability: 1,
      target: ally,
    }));
    world.zone.tick();
    await world.zone.obey(order(who, 1_000));
    for (let tick = 0; tick <= TICK_HZ; tick += 1) world.zone.tick();
    await settle(world);
    expect(client.cold('leaving')).toMatchObject([{ afterMs: 1_000 }]);
    const [go] = world.ports.handedOff;
    expect(go).toMatchObject({ x: 14, y: 0, toZone: 'next-yard' });
    expect(go?.carried?.readyInMs.mend).toBeGreaterThan(500);

    const there = await startZone({ definition: { ...yard, id: 'next-yard' } });
    const state = { ...at(14, 0), carried: go!.carried, savedAtMs: there.time.nowMs - 200 };
    const again = there.enter({ ...who, state });
    const slot = again.slot;
    there.zone.input(who.characterId, again, () => ({ kind: 'act', slot, actionSeq: 2, ability: 1, target: slot }));
    there.zone.tick();
    const answer = again.messages.find((message) => message.name === 'actionResult');
    expect(answer?.fields).toMatchObject({ actionSeq: 2, result: 4 });
  });

  it('ends when the character moves meanwhile', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world, 2, 0);
    await settle(world);
    await world.zone.obey(order(who, 1_000));
    walk(world, who, client, 3, 0);
    for (let tick = 0; tick < 2 * TICK_HZ; tick += 1) world.zone.tick();
    await settle(world);
    expect(client.cold('stayed')).toMatchObject([{ reason: 'moved' }]);
    expect(world.ports.handedOff).toEqual([]);
  });

  it('without a channel takes place whatever the character does', async () => {
    const world = await startZone({ definition: yard });
    const { who, client } = stand(world);
    await settle(world);
    const carriedOut = world.zone.obey(order(who));
    world.zone.tick();
    await carriedOut;
    await settle(world);
    expect(world.ports.handedOff).toHaveLength(1);
    expect(client.closedWith).toBe('moving');
  });
});

describe('the cap of a unit', () => {
  it('is kept however many come at once', async () => {
    const world = await startZone({ definition: yard, maxPlayers: 3 });
    const clients = Array.from({ length: 10 }, (_one, index) => {
      const client = new LoopbackClient();
      world.zone.admit(fixtureCharacter(`Guest${index}`), client);
      return client;
    });
    world.zone.tick();
    expect(world.zone.players).toBe(3);
    expect(clients.filter(({ closedWith }) => closedWith === 'zone_full')).toHaveLength(7);
  });
});

describe('after a crash', () => {
  it('everybody is where the last note saw them, and what was dead for long stays dead', async () => {
    const spawns = [{ id: 'boss', kind: 1, count: 1, area: { x: 90, y: 90, radius: 1 }, respawnTicks: 40_000 }];
    const definition = { ...fixtureZone(spawns), gates: [] };
    const first = await startZone({ definition });
    const { who, client } = stand(first, 2, 0);
    await settle(first);
    walk(first, who, client, 30, 0);
    first.zone.sim.state.spawnPoints[0]!.slot = 0;
    first.zone.sim.state.spawnPoints[0]!.respawnTick = first.zone.sim.tick + 30_000;
    for (let tick = 0; tick < NOTE_EVERY_TICKS + 1; tick += 1) {
      first.zone.tick();
      await settle(first);
    }
    const known = first.ports.memories.get(definition.id)!.memory!;
    expect(known.respawns).toMatchObject([{ spawnId: 'boss', index: 0 }]);
    const recovery = { places: unpackPlaces(known.places), respawns: known.respawns };
    const second = await startZone({ definition, recovery });
    expect(second.zone.npcs).toBe(0);
    const stale = { ...at(0, 0), stay: 1, sequence: 0 };
    const back = second.enter({ ...who, state: stale });
    expect(back.cold('welcome')[0]?.x).toBeCloseTo(7.5, 1);
    const later = { ...at(3, 0), stay: 2, sequence: 0 };
    const elsewhere = await startZone({ definition, recovery });
    expect(elsewhere.enter({ ...who, state: later }).cold('welcome')[0]?.x).toBe(3);
  });

  it('one who comes back is noted in its old stay until the new one is stored, and who was saved here is saved in turn', async () => {
    const definition = { ...fixtureZone([]), gates: [] };
    const who = fixtureCharacter('Ada');
    const noted = { characterId: who.characterId, stay: 3, sequence: 9, x: 7, y: 0, yaw: 0, health: 50 };
    const world = await startZone({ definition, recovery: { places: [noted], respawns: [] } });
    const places = () => unpackPlaces(world.ports.memories.get(definition.id)!.memory!.places);
    const stored = Promise.withResolvers<void>();
    const { enterZone } = world.ports;
    world.ports.enterZone = async (...args) => {
      await stored.promise;
      return enterZone.apply(world.ports, args);
    };
    await noteDue(world);
    expect(places()).toEqual([noted]);
    const client = world.enter({ ...who, state: { ...at(0, 0), stay: 2, sequence: 1 } });
    await noteDue(world);
    expect(places()).toMatchObject([{ stay: 3, x: 7 }]);
    walk(world, who, client, 4, 7);
    await noteDue(world);
    expect(places()).toMatchObject([{ characterId: who.characterId, stay: 3, x: 8 }]);
    expect(places()[0]!.sequence).toBeGreaterThan(noted.sequence);
    stored.resolve();
    await settle(world);
    await noteDue(world);
    expect(places()).toMatchObject([{ characterId: who.characterId, stay: 1, x: 8 }]);
    expect(world.ports.saves).toEqual([]);
    world.enter({ ...fixtureCharacter('Bob') });
    await settle(world);
    expect(world.ports.saves).toMatchObject([{ reason: 'periodic' }]);
  });

  it('who goes stays noted where it went until that is stored, through a gate or out of the world', async () => {
    for (const way of ['hand-off', 'save'] as const) {
      const world = await startZone({ definition: yard });
      const places = () => unpackPlaces(world.ports.memories.get(yard.id)!.memory!.places);
      const { who, client } = stand(world);
      await settle(world);
      const stored = Promise.withResolvers<void>();
      const { handOffCharacter, saveCharacterState } = world.ports;
      world.ports.handOffCharacter = async (...args) => {
        await stored.promise;
        return handOffCharacter.apply(world.ports, args);
      };
      world.ports.saveCharacterState = async (...args) => {
        await stored.promise;
        return saveCharacterState.apply(world.ports, args);
      };
      if (way === 'hand-off') walk(world, who, client, 16);
      else {
        walk(world, who, client, 4);
        world.zone.expel(who.characterId, 'kicked');
      }
      await noteDue(world);
      expect(world.zone.players).toBe(0);
      const [{ x, stay } = { x: 0, stay: 0 }] = places();
      expect(stay, way).toBe(1);
      if (way === 'hand-off') expect(x).toBeGreaterThanOrEqual(16);
      else expect(x).toBe(15);
      stored.resolve();
      await settle(world);
      await noteDue(world);
      expect(places(), way).toEqual([]);
    }
  });
});
