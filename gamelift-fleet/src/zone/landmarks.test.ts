import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { startZone } from '#fleet/testing/zone-harness.ts';
import { place } from '../sim/state.ts';

const definition = {
  ...fixtureZone([]),
  landmarks: [{ id: 'old-mast', area: { x: 100, y: 100, radius: 8 } }],
};
const ada = fixtureCharacter('Ada');

/** Ada in the zone, with a way to be somewhere for two seconds. */
async function visitor() {
  const world = await startZone({ definition });
  const client = world.enter(ada);
  const stay = async (x: number, y: number) => {
    place(world.zone.sim.state, client.slot, x, y);
    for (let i = 0; i < 40; i++) world.zone.tick();
    await world.zone.writer.flush();
  };
  return { ...world, stay };
}

describe('a landmark', () => {
  it('is visited by who walks into it, once in a stay', async () => {
    const { ports, stay, time } = await visitor();
    await stay(91, 100);
    expect(ports.visits).toEqual([]);
    for (let again = 0; again < 3; again++) {
      await stay(100, 100);
      await stay(50, 50);
    }
    const { characterId } = ada;
    expect(ports.visits).toEqual([{ characterId, zoneId: 'test-yard', point: 'old-mast', visitedAtMs: time.nowMs }]);
  });

  it('is visited again by who comes back in another stay', async () => {
    const { zone, ports, stay, enter } = await visitor();
    await stay(100, 100);
    zone.expel(ada.characterId, 'kicked');
    zone.tick();
    await zone.writer.flush();
    const client = enter(ada);
    place(zone.sim.state, client.slot, 100, 100);
    for (let i = 0; i < 40; i++) zone.tick();
    await zone.writer.flush();
    expect(ports.visits).toHaveLength(2);
  });

  it('is told once more when the answer was lost', async () => {
    const { ports, stay } = await visitor();
    ports.failures.set('recordVisit', [new Error('socket hang up')]);
    await stay(100, 100);
    expect(ports.visits).toHaveLength(1);
  });
});
