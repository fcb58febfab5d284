import { describe, expect, it, vi } from 'vitest';
import { fixtureWorld, LEVER } from '#fleet/testing/fixture-world.ts';
import { DRONE, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { engage } from '../abilities/engage.ts';
import { balance } from '../balance.ts';
import type { EventSpec, SpawnSpec, ZoneDefinition } from '../definition.ts';
import { npcModes } from '../npc-minds.ts';
import type { Box } from '../obstacles.ts';
import { place } from '../state.ts';
import { spend } from '../world-objects/upkeep.ts';
import { findPaths, ways } from './paths.ts';
import { bringForth } from './spawning.ts';
import { walkGraphOf } from './walk-graph.ts';

/** From north to south, with its ends at y 10 and -10. */
const wall: Box = { minX: 10, minY: -10, maxX: 11, maxY: 10 };
/** A pen that is open to the west: sliding along its walls leads nowhere. */
const pen: readonly Box[] = [
  { minX: 0, minY: 5, maxX: 11, maxY: 6 },
  { minX: 0, minY: -6, maxX: 11, maxY: -5 },
  { minX: 10, minY: -5, maxX: 11, maxY: 5 },
];
/** A room without a way out. */
const cell: readonly Box[] = [...pen, { minX: 0, minY: -5, maxX: 1, maxY: 5 }];

const hunter = (x: number, y: number, more: Partial<SpawnSpec> = {}): SpawnSpec => ({
  ...{ id: 'hunters', kind: HUNTER, count: 1, area: { x, y, radius: 0 }, respawnTicks: 400 },
  ...more,
});

/** A player and an NPC that is after it. */
function chase(
  definition: ZoneDefinition,
  player: { readonly x: number; readonly y: number },
  { fights = true }: { fights?: boolean } = {},
) {
  const world = new SimHarness({ zone: definition });
  const { state } = world;
  const [npc] = world.npcs as [number];
  const ada = world.enter('Ada', player);
  if (fights) engage(state, npc, state.players.get(ada)!);
  const until = (isSo: () => boolean, atMostTicks: number) => {
    for (let ticks = 1; ticks <= atMostTicks; ticks++) {
      world.step();
      if (isSo()) return ticks;
    }
    return Number.POSITIVE_INFINITY;
  };
  const hurt = () => world.health(ada) < state.entities.maxHealth[ada]!;
  const at = (slot: number) => [state.entities.x[slot]!, state.entities.y[slot]!] as const;
  return { world, state, npc, ada, until, hurt, at };
}

describe('an NPC that fights', () => {
  it('goes around a wall to strike whom it cannot see, by the shortest way', () => {
    const { until, hurt } = chase(fixtureZone([hunter(5, 6)], [wall]), { x: 16, y: 6 });
    // 6.4 m to the corner and 6.4 m on from it, at 5 m/s; it strikes from 2.5 m.
    expect(until(hurt, 200)).toBeLessThan(60);
  });

  it('comes out of a pen to whom stands behind it', () => {
    const { until, hurt } = chase(fixtureZone([hunter(8, 0)], pen), { x: 14, y: 0 });
    expect(until(hurt, 400)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('asks for no path while it can go straight', () => {
    const { state, npc, until, hurt } = chase(fixtureZone([hunter(-20, 0)], [wall]), { x: 0, y: 0 });
    const ask = vi.spyOn(state.paths, 'ask');
    expect(until(hurt, 200)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(ask).not.toHaveBeenCalled();
    expect(state.paths.way[npc]).toBe(ways.straight);
  });

  it('follows one who walks to the other end of the wall', () => {
    const { state, ada, npc, until, hurt, at } = chase(fixtureZone([hunter(5, 6)], [wall]), { x: 16, y: 8 });
    expect(until(() => at(npc)[1] > 8, 60)).toBeLessThan(60);
    place(state, ada, 14, -9);
    expect(until(() => at(npc)[1] < -9, 200)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(until(hurt, 100)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('gives up after its time when no way leads to whom it fights, whatever that one does', () => {
    const { state, npc, ada, until, world } = chase(fixtureZone([hunter(14, 0)], cell), { x: 4, y: 0 });
    let side = 1;
    const dodge = () => {
      // Runs to and fro in its cell, so that the NPC slides to and fro outside.
      if (state.tick % 10 === 0) side = -side;
      place(state, ada, 4, side * 4);
      return state.minds.mode[npc] !== npcModes.chase;
    };
    const ticks = until(dodge, 400);
    expect(ticks).toBeGreaterThanOrEqual(balance.npc.unreachableTicks);
    expect(ticks).toBeLessThan(balance.npc.unreachableTicks + 40);
    expect(until(() => state.minds.mode[npc] === npcModes.idle, 100)).toBeLessThan(100);
    expect(world.health(ada)).toBe(state.entities.maxHealth[ada]);
  });

  it('runs home around what stands between', () => {
    const { state, npc, ada, until, at } = chase(fixtureZone([hunter(5, 6)], [wall]), { x: 16, y: 6 });
    expect(until(() => at(npc)[0] > 12, 200)).toBeLessThan(Number.POSITIVE_INFINITY);
    state.entities.state[ada] = entityStates.dead;
    const steps: number[] = [];
    let [x, y] = at(npc);
    until(() => {
      steps.push(Math.hypot(at(npc)[0] - x, at(npc)[1] - y));
      [x, y] = at(npc);
      return state.minds.mode[npc] === npcModes.idle;
    }, 200);
    expect(at(npc)).toEqual([5, 6]);
    // On foot.
    expect(Math.max(...steps)).toBeLessThan(0.5);
  });
});

/** The fixture's wall goes on west and east of its door to the borders of the zone: the door is the only way through. */
function divided(spawns: readonly SpawnSpec[], more: Partial<ZoneDefinition> = {}): ZoneDefinition {
  const definition = fixtureWorld({ spawns, ...more });
  const rest = [
    { minX: -50, minY: -8, maxX: 10, maxY: -7 },
    { minX: 30, minY: -8, maxX: 150, maxY: -7 },
  ];
  return { ...definition, obstacles: [...definition.obstacles, ...rest] };
}

describe('a door', () => {
  it('that opens is a way at once for those who had none, and none when it has closed', () => {
    const { state, until, hurt, world, ada, npc } = chase(divided([hunter(40, -12)]), { x: 40, y: -2 });
    until(() => state.paths.hasNone(npc), 20);
    expect(state.paths.hasNone(npc)).toBe(true);
    const lever = () => world.step([{ kind: 'interact', slot: ada, actionSeq: 1, target: state.objects.slot[LEVER]! }]);
    place(state, ada, 26, -3);
    lever();
    place(state, ada, 40, -2);
    expect(until(hurt, 90)).toBeLessThan(90);
  });

  it('that closes before an NPC is no way any more', () => {
    const { state, until, npc, at } = chase(divided([hunter(60, -12)]), { x: 60, y: -2 });
    state.obstacles.setOpen(1, true);
    spend(state, LEVER, 60);
    until(() => state.paths.way[npc] === ways.along, 20);
    expect(state.paths.way[npc]).toBe(ways.along);
    expect(until(() => state.minds.mode[npc] !== npcModes.chase, 400)).toBeLessThan(400);
    expect(at(npc)[1]).toBeLessThanOrEqual(-8);
  });
});

describe('at peace', () => {
  it('a patrol goes round what stands between two of its waypoints', () => {
    const patrol = [5, 16].map((x) => ({ x, y: 0, pauseTicks: 0 }));
    const { until, at, npc } = chase(
      fixtureZone([hunter(5, 0, { kind: DRONE, patrol })], [wall]),
      { x: 8, y: 14 },
      { fights: false },
    );
    expect(until(() => at(npc)[0] === 16, 600)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(until(() => at(npc)[0] === 5, 600)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it('an escort goes round a wall, and waits before a closed door', () => {
    const path = [
      { x: 26, y: -4, pauseTicks: 0 },
      { x: 26, y: -12, pauseTicks: 0 },
    ];
    const event: EventSpec = {
      ...fixtureWorld().events![0]!,
      escort: { kind: DRONE, path },
      phases: [{ text: 'Come.', waves: [], ends: { kind: 'arrived', waypoint: 1 } }],
    };
    const run = (definition: ZoneDefinition) => {
      const world = new SimHarness({ zone: definition });
      const ada = world.enter('Ada', { x: 40, y: 1 });
      world.step([{ kind: 'ties', characterId: world.state.players.get(ada)!.characterId, quests: ['the-run'] }]);
      world.step([{ kind: 'interact', slot: ada, actionSeq: 1, target: world.state.objects.slot[3]! }]);
      const ends: boolean[] = [];
      const pass = (ticks: number) => {
        for (let i = 0; i < ticks; i++) ends.push(...world.step().eventEnds.map(({ isDone }) => isDone));
        return ends;
      };
      return { ...world, state: world.state, pass };
    };
    const around = run(fixtureWorld({ events: [event] }));
    expect(around.pass(400)).toEqual([true]);
    const closed = run(divided([], { events: [event] }));
    expect(closed.pass(400)).toEqual([]);
    closed.state.obstacles.setOpen(1, true);
    expect(closed.pass(100)).toEqual([true]);
  });
});

describe('the searches', () => {
  const many = 200;
  /** A field of pillars with NPCs on one side of it who all want to go to the other. */
  function crowd() {
    const pillars = Array.from({ length: 64 }, (_, index): Box => {
      const [minX, minY] = [(index % 8) * 10, Math.floor(index / 8) * 10];
      return { minX, minY, maxX: minX + 4, maxY: minY + 4 };
    });
    const { sim } = new SimHarness({ zone: fixtureZone([], pillars) });
    const { state } = sim;
    const npcs = Array.from({ length: many }, (_, index) => bringForth(state, HUNTER, { x: -20, y: (index % 80) - 5 }));
    for (const [index, npc] of npcs.entries())
      state.paths.ask(npc, 90, ((index * 7) % 80) - 5, state.obstacles.changes);
    return { state, npcs };
  }

  it('of one tick do no more than a tick may, and serve who has asked first', () => {
    const { state, npcs } = crowd();
    const blocked = vi.spyOn(state.obstacles, 'isBlocked');
    const served = () => npcs.filter((npc) => state.paths.asks[npc] === 0);
    let ticks = 0;
    for (let before = 0; before < many; ticks++) {
      blocked.mockClear();
      findPaths(state);
      // Two lines for a corner, and what the last one is beyond the limit.
      expect(blocked.mock.calls.length).toBeLessThanOrEqual(2 * balance.paths.workPerTick + 2);
      expect(served()).toEqual(npcs.slice(0, served().length));
      expect(served().length).toBeGreaterThanOrEqual(before);
      before = served().length;
      if (ticks > 2_000) throw new Error('they never end');
    }
    expect(ticks).toBeGreaterThan(5);
    expect(npcs.every((npc) => state.paths.way[npc] === ways.along)).toBe(true);
  });

  it('are forgotten with whom they were for', () => {
    const { state, npcs } = crowd();
    findPaths(state);
    expect(state.paths.search.slot).not.toBe(0);
    for (const npc of npcs) state.paths.forget(npc);
    findPaths(state);
    expect(state.paths.search.slot).toBe(0);
    // Who asks again stands in the line once.
    const [first, second] = npcs.slice(-2) as [number, number];
    for (const npc of [first, second, first]) state.paths.ask(npc, 90, 0, 0);
    for (let i = 0; i < 10; i++) findPaths(state);
    expect([first, second].map((npc) => state.paths.way[npc])).toEqual([ways.along, ways.along]);
  });

  it('are part of the state, and the same whenever it is lived again', () => {
    const hashes = [0, 1].map(() => {
      const { world } = chase(fixtureZone([hunter(8, 0, { count: 8 })], pen), { x: 14, y: 0 });
      return Array.from({ length: 80 }, () => {
        world.step();
        return world.sim.stateHash();
      });
    });
    expect(hashes[0]).toEqual(hashes[1]);
    const { world, state, npc } = chase(fixtureZone([hunter(8, 0)], pen), { x: 14, y: 0 });
    const before = world.sim.stateHash();
    state.paths.ask(npc, 1, 1, 0);
    expect(world.sim.stateHash()).not.toBe(before);
  });

  it('are over a graph that is made once for a zone', () => {
    const definition = fixtureZone([], pen);
    expect(walkGraphOf(definition)).toBe(walkGraphOf(definition));
    // Twelve corners, without those inside the pen where two of its walls meet.
    expect(walkGraphOf(definition).size).toBe(10);
    expect(walkGraphOf(fixtureZone()).size).toBe(0);
  });
});
