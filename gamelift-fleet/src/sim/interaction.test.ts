import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import { Simulation } from './simulation.ts';
import { place } from './state.ts';

function start(npcAt = 2) {
  const area = { x: npcAt, y: 0, radius: 0 };
  const definition = fixtureZone([{ id: 'drones', kind: 0, count: 1, area, respawnTicks: 600 }]);
  const sim = new Simulation({ ...definition, spawn: { x: 0, y: 0, radius: 0 } }, { seed: 1, capacity: 64 });
  const { accountId, characterId, name, level, classId } = fixtureCharacter('Ada');
  sim.step([{ kind: 'join', character: { accountId, characterId, name, level, classId } as never }]);
  const { entities, slotOfCharacter } = sim.state;
  const slot = slotOfCharacter.get(characterId)!;
  const npc = [...entities.slots()].find((one) => one !== slot)!;
  place(sim.state, slot, 0, 0);
  place(sim.state, npc, npcAt, 0);
  const interact = (target: number) =>
    sim.step([{ kind: 'interact', slot, actionSeq: 4, target }]).actionResults.map(({ actionSeq, result }) => ({
      actionSeq,
      result: Object.keys(actionResults)[result],
    }));
  return { sim, slot, npc, interact, entities };
}

describe('interacting', () => {
  it('turns the body to what it is about, and is answered', () => {
    const { interact, npc, entities, slot } = start();
    entities.yaw[slot] = 2;
    expect(interact(npc)).toEqual([{ actionSeq: 4, result: 'nothing_to_do' }]);
    expect(Math.abs(entities.yaw[slot]!)).toBeLessThan(0.5);
  });

  it.each([
    ['nobody', () => 60, 'no_target'],
    ['an id beyond all', () => 16_383, 'no_target'],
    ['oneself', ({ slot }: ReturnType<typeof start>) => slot, 'bad_target'],
  ] as const)('with %s is refused', (_what, target, result) => {
    const world = start();
    expect(world.interact(target(world))).toEqual([{ actionSeq: 4, result }]);
  });

  it('from too far away, with the dead, with fighters, and by the dead is refused', () => {
    const far = start(balance.interaction.rangeMetres + 3);
    expect(far.interact(far.npc)).toMatchObject([{ result: 'out_of_range' }]);
    for (const state of [entityStates.dead, entityStates.fighting]) {
      const { entities, npc, interact } = start();
      entities.state[npc] = state;
      expect(interact(npc)).toMatchObject([{ result: 'bad_target' }]);
    }
    const { entities, slot, npc, interact } = start();
    entities.state[slot] = entityStates.dead;
    entities.health[slot] = 0;
    expect(interact(npc)).toMatchObject([{ result: 'dead' }]);
  });
});
