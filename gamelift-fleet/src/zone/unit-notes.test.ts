import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { unpackPlaces } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { NOTE_EVERY_TICKS } from './unit-notes.ts';

/** Of fixture characters at level 1: none comes back while somebody stands. */
const FULL_HEALTH = 100;

const definition = fixtureZone([
  { id: 'boss', kind: 1, count: 1, area: { x: 90, y: 90, radius: 1 }, respawnTicks: 40_000 },
]);

/** A zone with its notes: how many were written, and whom the newest tells of. */
async function start() {
  const world = await startZone({ definition });
  const { zone, ports } = world;
  const memory = () => ports.memories.get(definition.id)!.memory;
  let written = 0;
  let newest = memory();
  const pass = async (ticks: number) => {
    for (let tick = 0; tick < ticks; tick += 1) {
      zone.tick();
      await nextTurn();
      if (memory() !== newest) written += 1;
      newest = memory();
    }
  };
  const enter = async (name: string, x: number) => {
    const who = fixtureCharacter(name);
    world.enter({ ...who, state: { zoneId: definition.id as Slug, x, y: 0, yaw: 0, health: FULL_HEALTH } });
    await zone.writer.flush();
    return who.characterId;
  };
  const move = (characterId: string, x: number) => {
    const { entities, slotOfCharacter } = zone.sim.state;
    entities.x[slotOfCharacter.get(characterId)!] = x;
  };
  const places = () => unpackPlaces(memory()!.places);
  return { ...world, pass, enter, move, places, written: () => written };
}

describe('the notes of a unit', () => {
  it('are written while somebody moves, and only then', async () => {
    const { pass, enter, move, written, places } = await start();
    const ada = await enter('Ada', 3);
    const bob = await enter('Bob', 7);
    await pass(2 * NOTE_EVERY_TICKS);
    const before = written();
    await pass(5 * NOTE_EVERY_TICKS);
    expect(written()).toBe(before);
    move(bob, 8);
    await pass(NOTE_EVERY_TICKS);
    expect(written()).toBe(before + 1);
    expect(places()).toMatchObject([
      { characterId: ada, x: 3, health: FULL_HEALTH },
      { characterId: bob, x: 8, health: FULL_HEALTH },
    ]);
    move(bob, 7);
    await pass(NOTE_EVERY_TICKS);
    expect(written()).toBe(before + 2);
    expect(places()[1]).toMatchObject({ characterId: bob, x: 7 });
  });

  it('count on with each place that is new, and keep the count of who stands still', async () => {
    const { pass, enter, move, places } = await start();
    await enter('Ada', 3);
    const bob = await enter('Bob', 7);
    await pass(NOTE_EVERY_TICKS);
    const [adaFirst, bobFirst] = places();
    move(bob, 8);
    await pass(NOTE_EVERY_TICKS);
    const [adaThen, bobThen] = places();
    expect(adaThen).toEqual(adaFirst);
    expect(bobThen!.stay).toBe(bobFirst!.stay);
    expect(bobThen!.sequence).toBe(bobFirst!.sequence + NOTE_EVERY_TICKS);
  });

  it('leave out who has stood still for so long that it has been saved', async () => {
    const { pass, enter, move, places } = await start();
    await enter('Ada', 3);
    const bob = await enter('Bob', 7);
    for (let seconds = 0; seconds < 42; seconds += 1) {
      move(bob, 7 + seconds / 100);
      await pass(TICK_HZ);
    }
    expect(places().map(({ characterId }) => characterId)).toEqual([bob]);
  });

  it('are written again when they could not be written', async () => {
    const { pass, enter, move, ports, places } = await start();
    const ada = await enter('Ada', 3);
    await pass(NOTE_EVERY_TICKS);
    ports.failures.set('noteMemory', [new Error('away'), new Error('away')]);
    move(ada, 4);
    await pass(2 * NOTE_EVERY_TICKS);
    expect(places()[0]!.x).toBe(3);
    await pass(NOTE_EVERY_TICKS);
    expect(places()[0]!.x).toBe(4);
  });

  it('tell of what has died for long, and no more of who has left', async () => {
    const { pass, enter, zone, ports, places } = await start();
    const ada = await enter('Ada', 3);
    const respawns = () => ports.memories.get(definition.id)!.memory!.respawns;
    await pass(NOTE_EVERY_TICKS);
    expect(respawns()).toEqual([]);
    const point = zone.sim.state.spawnPoints[0]!;
    point.slot = 0;
    point.respawnTick = zone.sim.tick + 30_000;
    zone.expel(ada, 'kicked');
    await pass(NOTE_EVERY_TICKS);
    expect(respawns()).toMatchObject([{ spawnId: 'boss', index: 0 }]);
    expect(places()).toEqual([]);
  });
});
