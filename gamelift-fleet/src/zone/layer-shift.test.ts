import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { type LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { mergeLimits } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { stirUp } from '../sim/abilities/engage.ts';

const TO = 'test-yard' as Slug;
const SETTLED_TICKS = (mergeLimits.settledMs * TICK_HZ) / 1_000;
const NOTICE_TICKS = (mergeLimits.noticeMs * TICK_HZ) / 1_000;

/** Two players who have been in a peaceful layer for long enough. */
async function settled(names: readonly string[] = ['Ada', 'Bob']) {
  const world = await startZone({ definition: fixtureZone([]) });
  const players = names.map((name) => {
    const who = fixtureCharacter(name);
    return { who, id: who.characterId, client: world.enter(who) };
  });
  await world.zone.writer.flush();
  const pass = (ticks: number) => {
    for (let tick = 0; tick < ticks; tick += 1) {
      // Who plays and follows is not put out.
      if (tick % TICK_HZ === 0) for (const { id, client } of players) stir(world, id, client);
      world.zone.tick();
    }
  };
  pass(SETTLED_TICKS);
  const written = async () => {
    await world.zone.writer.flush();
    await nextTurn();
    return world.ports.handedOff.map(({ characterId }) => characterId);
  };
  const move = (...parties: (readonly (typeof players)[number]['id'][])[]) => {
    const { layerShift } = world.zone;
    layerShift.begin(TO, layerShift.candidates(), parties);
  };
  return { ...world, players, pass, written, move };
}

type World = Awaited<ReturnType<typeof startZone>>;

function stir({ zone }: World, id: string, client: LoopbackClient): void {
  zone.input(id, client, (slot) => ({ kind: 'stir', slot }), zone.sim.tick);
}

let seq = 0;
function step({ zone }: World, id: string, client: LoopbackClient, x: number): void {
  seq += 1;
  zone.input(id, client, (slot) => ({ kind: 'move', slot, seq, correction: 0, x, y: 0, yaw: 0 }));
}

describe('a layer that is merged', () => {
  it('tells its players, and hands them over in their places though they walk on', async () => {
    const world = await settled();
    const [{ id, client }] = world.players as [(typeof world.players)[number]];
    world.move();
    step(world, id, client, 0.2);
    world.pass(NOTICE_TICKS);
    expect(client.cold('leaving')).toMatchObject([{ afterMs: mergeLimits.noticeMs, merging: true }]);
    expect(await world.written()).toEqual([]);
    world.pass(1);
    expect((await world.written()).sort()).toEqual(world.players.map((one) => one.id).sort());
    expect(world.ports.handedOff[0]).toMatchObject({ toZone: TO, toUnit: TO, use: undefined });
    expect(client.cold('moving')).toHaveLength(1);
    expect(client.closedWith).toBe('moving');
  });

  it('moves nobody who has come lately', async () => {
    const world = await settled();
    const cyd = fixtureCharacter('Cyd');
    world.enter(cyd);
    await world.zone.writer.flush();
    expect(world.zone.layerShift.candidates()).toHaveLength(2);
    world.move();
    world.pass(NOTICE_TICKS + 1);
    expect(await world.written()).not.toContain(cyd.characterId);
  });

  it('moves nobody who waits for loot, has no client, is dead or is about to leave', async () => {
    for (const busy of ['loot', 'client', 'dead', 'leaving'] as const) {
      const world = await settled(['Ada']);
      const [{ id, client }] = world.players as [(typeof world.players)[number]];
      if (busy === 'loot') {
        world.zone.layerShift.earned({ eligibleIds: [id], expiresAtMs: world.time.nowMs + 60_000 });
      } else if (busy === 'client') world.zone.disconnect(id, client);
      else if (busy === 'dead') world.zone.sim.state.entities.health[client.slot] = 0;
      else world.zone.wishToLeave(id, client);
      world.zone.tick();
      expect(world.zone.layerShift.candidates(), busy).toEqual([]);
      world.time.nowMs += 60_000;
      if (busy === 'loot') expect(world.zone.layerShift.candidates()).toEqual([id]);
    }
  });

  it('lets a party go when all of it that are here are free', async () => {
    const world = await settled(['Ada', 'Bob', 'Cyd']);
    const [ada, bob, cyd] = world.players as [Player, Player, Player];
    world.zone.disconnect(bob.id, bob.client);
    world.zone.tick();
    world.move([ada.id, bob.id, createId('chr')]);
    world.pass(NOTICE_TICKS + 1);
    expect(await world.written()).toEqual([cyd.id]);
  });

  it('keeps who begins to fight or to trade meanwhile', async () => {
    const world = await settled(['Ada', 'Bob', 'Cyd']);
    const [ada, bob, cyd] = world.players as [Player, Player, Player];
    world.move();
    world.pass(2);
    const { state } = world.zone.sim;
    stirUp(state, state.players.get(ada.client.slot)!);
    await world.zone.obey({
      ...{ kind: 'watch-pair', commandId: createId('cmd'), tradeId: createId('trd') },
      ...{ characterIds: [bob.id, cyd.id], rangeM: 50, expiresAtMs: world.time.nowMs + 600_000 },
    });
    world.pass(NOTICE_TICKS + 1);
    expect(await world.written()).toEqual([]);
    expect(bob.client.cold('stayed')).toMatchObject([{ reason: 'trading' }]);
    expect(world.zone.layerShift.candidates()).toEqual([]);
  });
});

type Player = Awaited<ReturnType<typeof settled>>['players'][number];
