import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { SpawnSpec } from './definition.ts';
import { NPC } from './entities.ts';
import type { Box } from './obstacles.ts';
import { type SimInput, Simulation } from './simulation.ts';

const wall: Box = { minX: 10, minY: -20, maxX: 12, maxY: 20 };

const hunters = (count: number, x: number, y: number, radius = 0): SpawnSpec[] => [
  { id: 'hunters', kind: HUNTER, count, area: { x, y, radius }, respawnTicks: 400 },
];

function start(boxes: readonly Box[], spawns: SpawnSpec[] = []) {
  const sim = new Simulation(fixtureZone(spawns, boxes), { seed: 7, capacity: 64 });
  const enter = (name: string, x: number, y: number) => {
    const { characterId, accountId, classId } = fixtureCharacter(name);
    const place = { x, y, yaw: 0, health: 100 };
    return sim.step([{ kind: 'join', character: { characterId, accountId, name, level: 1, classId, place } }])
      .joined[0]!.slot;
  };
  return { sim, enter };
}

const move = (slot: number, seq: number, x: number, y: number): SimInput => ({
  kind: 'move',
  slot,
  seq,
  correction: 0,
  x,
  y,
  yaw: 0,
});

describe('a wall', () => {
  it('lets nobody through who claims to be behind it', () => {
    const { sim, enter } = start([wall]);
    const slot = enter('Ada', 9.75, 0);
    const { corrections } = sim.step([move(slot, 1, 12.25, 0)]);
    expect(corrections).toMatchObject([{ slot, reason: 'blocked', x: 9.75, y: 0 }]);
    expect(sim.state.entities.x[slot]).toBe(9.75);
  });

  it('lets one walk along it', () => {
    const { sim, enter } = start([wall]);
    const slot = enter('Ada', 10, 0);
    for (let seq = 1; seq <= 40; seq++) expect(sim.step([move(slot, seq, 10, seq * 0.25)]).corrections).toEqual([]);
    expect(sim.state.entities.y[slot]).toBe(10);
  });

  it('keeps nobody inside whom a save of older content has there', () => {
    const { sim, enter } = start([wall]);
    const slot = enter('Ada', 11, 0);
    expect(sim.state.obstacles.holds(sim.state.entities.x[slot]!, sim.state.entities.y[slot]!)).toBe(false);
    expect(Math.hypot(sim.state.entities.x[slot]!, sim.state.entities.y[slot]!)).toBeLessThanOrEqual(3.1);
  });

  it('hides players from NPCs, and stops their blows', () => {
    const { sim, enter } = start([wall], hunters(1, 15, 0));
    const slot = enter('Ada', 9.5, 0);
    for (let i = 0; i < 200; i++) sim.step([]);
    expect(sim.state.entities.health[slot]).toBe(100);
    const open = start([], hunters(1, 15, 0));
    const seen = open.enter('Ada', 9.5, 0);
    for (let i = 0; i < 200; i++) open.sim.step([]);
    expect(open.sim.state.entities.health[seen]).toBeLessThan(100);
  });

  it('is never walked through by NPCs, whether they roam, chase or go home', () => {
    const boxes: Box[] = [
      { minX: -4, minY: 10, maxX: 4, maxY: 12 },
      { minX: 10, minY: -4, maxX: 12, maxY: 4 },
      { minX: -14, minY: -14, maxX: -6, maxY: -6 },
      { minX: 5, minY: 18, maxX: 20, maxY: 19 },
    ];
    const { sim, enter } = start(boxes, hunters(12, 0, 0, 25));
    const slot = enter('Ada', 30, 0);
    const { entities, obstacles } = sim.state;
    let chases = 0;
    const before = new Map<number, readonly [number, number]>();
    for (let seq = 1; seq <= 3_000; seq++) {
      const angle = seq / 100;
      const claims = entities.state[slot] === entityStates.dead ? [{ kind: 'release', slot } as const] : [];
      const outcome = sim.step(
        claims.length > 0 ? claims : [move(slot, seq, 30 * Math.cos(angle), 30 * Math.sin(angle))],
      );
      expect(outcome.corrections.filter(({ reason }) => reason === 'blocked')).toEqual([]);
      for (const npc of entities.slots()) {
        if (entities.sort[npc] !== NPC) continue;
        const [x, y] = [entities.x[npc]!, entities.y[npc]!];
        expect(obstacles.holds(x, y)).toBe(false);
        const last = before.get(npc);
        // What appears at home again has not walked there.
        const hasWalked = last && Math.hypot(x - last[0], y - last[1]) < 0.5;
        if (hasWalked) expect(obstacles.isBlocked(last[0], last[1], x, y)).toBe(false);
        if (entities.state[npc] === entityStates.fighting) chases += 1;
        before.set(npc, [x, y]);
      }
    }
    expect(chases).toBeGreaterThan(100);
  });
});
