import { describe, expect, it } from 'vitest';
import { kindNamed, spawnsOf, wildHarness, wilds } from '#fleet/testing/fixture-npcs.ts';
import type { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import { respawnTicks } from './population.ts';
import { Simulation } from './simulation.ts';
import { place } from './state.ts';

const living = (h: SimHarness) => h.npcs.filter((npc) => h.state.entities.state[npc] !== entityStates.dead);

/** A player beside everybody kills all with one blow each, then goes away. */
function killAll(h: SimHarness, player: number): void {
  for (const npc of living(h)) {
    h.state.entities.health[npc] = 1;
    place(h.state, player, h.state.entities.x[npc]!, h.state.entities.y[npc]!);
    h.landed(player, 'rot', npc);
    h.pass(10);
  }
  place(h.state, player, -45, -45);
}

describe('the time until an NPC is back', () => {
  it('is the content’s up to a number of players, then shorter in proportion, and never below ten seconds', () => {
    const { fullTimeUpToPlayers, minTicks } = balance.respawn;
    expect(respawnTicks(6_000, fullTimeUpToPlayers)).toBe(6_000);
    expect(respawnTicks(6_000, fullTimeUpToPlayers * 2)).toBe(3_000);
    expect(respawnTicks(6_000, 100_000)).toBe(minTicks);
    expect(minTicks).toBe(200);
  });

  it('counts the players around its spawn, not those of the whole zone', () => {
    const far = wildHarness([spawnsOf('plain', { respawnTicks: 1_200 })]);
    const near = wildHarness([spawnsOf('plain', { respawnTicks: 1_200 })]);
    const backAfter = (h: SimHarness, x: number) => {
      const player = h.enter('Ada', { x: 28, level: 9 });
      for (let i = 0; i < 19; i++) h.enter(`Other ${i}`, { x, y: 18, health: 10_000 });
      killAll(h, player);
      return h.state.spawnPoints[0]!.respawnTick;
    };
    const [alone, crowded] = [backAfter(far, -45), backAfter(near, 30)];
    expect(crowded).toBeLessThan(alone);
  });

  it('is spread within a spawn, so that a camp does not come back at once', () => {
    const h = wildHarness([spawnsOf('plain', { count: 6, area: { x: 60, y: 60, radius: 20 }, respawnTicks: 1_000 })]);
    const player = h.enter('Ada', { level: 9 });
    killAll(h, player);
    const due = h.state.spawnPoints.map(({ respawnTick }) => respawnTick);
    h.pass(1_400);
    expect(new Set(due).size).toBeGreaterThan(1);
    expect(living(h)).toHaveLength(6);
  });
});

describe('where an NPC comes back', () => {
  it('is away from players where there is room', () => {
    const h = wildHarness([spawnsOf('plain', { area: { x: 60, y: 60, radius: 40 }, respawnTicks: 200 })]);
    const player = h.enter('Ada', { level: 9 });
    killAll(h, player);
    place(h.state, player, 60, 60);
    for (let i = 0; i < 600 && h.state.outcome.spawned.length === 0; i++) h.step();
    const { slot } = h.state.outcome.spawned[0]!;
    const { x, y } = h.state.entities;
    expect(Math.hypot(x[slot]! - 60, y[slot]! - 60)).toBeGreaterThanOrEqual(balance.respawn.unseenMetres);
  });

  it('waits a while where somebody stands on the one place that there is, but not for ever', () => {
    const h = wildHarness([spawnsOf('plain', { respawnTicks: 200 })]);
    const player = h.enter('Ada', { level: 9 });
    killAll(h, player);
    const due = h.state.spawnPoints[0]!.respawnTick;
    place(h.state, player, 30, 1);
    while (h.state.outcome.spawned.length === 0 && h.sim.tick < due + 1_000) h.step();
    const { maxWaits, waitTicks } = balance.respawn;
    expect(h.sim.tick - due).toBe(maxWaits * waitTicks);
  });
});

describe('a rare kind', () => {
  it('takes the place of one now and then', () => {
    const rare = { kind: kindNamed('marksman'), permille: 200 };
    const h = wildHarness([spawnsOf('plain', { count: 60, area: { x: 60, y: 60, radius: 40 }, rare })]);
    const kinds = h.npcs.map((npc) => h.state.entities.kind[npc]);
    expect(kinds.filter((kind) => kind === rare.kind).length).toBeGreaterThan(3);
    expect(kinds.filter((kind) => kind === rare.kind).length).toBeLessThan(30);
  });
});

describe('an NPC that was dead when the process before ended', () => {
  it('stays dead for the rest of its time', () => {
    const zone = wilds([spawnsOf('boss', { respawnTicks: 9_000 }), spawnsOf('plain')]);
    const dead = [{ spawnId: 'boss-camp', index: 0, ticks: 100 }];
    const sim = new Simulation(zone, { seed: 1, capacity: 64, dead });
    expect(sim.state.entities.size).toBe(1);
    for (let i = 0; i < 99; i++) expect(sim.step([]).spawned).toEqual([]);
    expect(sim.step([]).spawned).toMatchObject([{ spawnId: 'boss-camp' }]);
  });
});
