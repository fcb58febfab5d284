import { describe, expect, it } from 'vitest';
import { abilityNamed } from '#fleet/testing/fixture-abilities.ts';
import { type FixtureKind, spawnsOf, wildHarness } from '#fleet/testing/fixture-npcs.ts';
import type { SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates } from '#shared/contract/zone-protocol.ts';
import { distanceBetween, place } from '../state.ts';
import { chooseTarget } from './target.ts';

/** One NPC at (30, 0) and one player at (24, 0), within its sight. */
function meeting(kind: FixtureKind, health = 10_000) {
  const h = wildHarness([spawnsOf(kind)]);
  const player = h.enter('Ada', { x: 24, level: 1, health });
  return { h, player, npc: h.npcs[0]!, ...h.state };
}

/** Lets time pass until it is so; fails after a minute of game time. */
function until(h: SimHarness, isSo: () => boolean): number {
  for (let ticks = 0; ticks < 1_200; ticks++) {
    if (isSo()) return ticks;
    h.step();
  }
  throw new Error('not so after a minute');
}

describe('a plain NPC', () => {
  it('goes back to where the fight began, not to where it was born, and is whole there', () => {
    const { h, player, npc, entities, fights } = meeting('plain');
    place(h.state, npc, 60, 0);
    place(h.state, player, 54, 0);
    until(h, () => fights.of(npc) !== undefined);
    h.landed(player, 'nova', npc);
    place(h.state, player, -45, 0);
    until(h, () => entities.state[npc] === entityStates.evading);
    until(h, () => entities.state[npc] === entityStates.alive);
    expect(entities.x[npc]).toBeCloseTo(60);
    expect(entities.health[npc]).toBe(200);
  });

  it('stands still while it is stunned, and walks slower while it is slowed', () => {
    const { h, player, npc, entities, fights } = meeting('plain');
    until(h, () => fights.of(npc) !== undefined);
    place(h.state, player, 45, 0);
    h.landed(player, 'stun', npc);
    const held = entities.x[npc];
    h.pass(20);
    expect(entities.x[npc]).toBe(held);
  });
});

describe('whom an NPC fights', () => {
  const brawl = () => {
    const h = wildHarness([spawnsOf('plain')]);
    const [a, b] = [h.enter('Ada', { x: 28 }), h.enter('Bo', { x: 28 })];
    const npc = h.npcs[0]!;
    until(h, () => h.state.fights.of(npc) !== undefined);
    const fight = h.state.fights.of(npc)!;
    const part = (slot: number) => h.state.fights.member(fight, slot, h.state.players.get(slot)!)!;
    part(a).threat = 100;
    part(b).threat = 0;
    h.state.minds.target[npc] = a;
    const turnsTo = (threat: number) => {
      part(b).threat = threat;
      return chooseTarget(h.state, npc, fight) === b;
    };
    return { h, b, turnsTo };
  };

  it('changes to one close by who is hated a tenth more', () => {
    const { turnsTo } = brawl();
    expect(turnsTo(110)).toBe(false);
    expect(turnsTo(111)).toBe(true);
  });

  it('changes to one far away who is hated three tenths more', () => {
    const { h, b, turnsTo } = brawl();
    place(h.state, b, 10, 0);
    expect(turnsTo(130)).toBe(false);
    expect(turnsTo(131)).toBe(true);
  });
});

describe('a marksman', () => {
  it('shoots from afar and steps back from who comes near', () => {
    const { h, player, npc } = meeting('marksman');
    until(h, () => h.health(player) < 100);
    expect(distanceBetween(h.state, npc, player)).toBeGreaterThan(5);
    place(h.state, player, h.state.entities.x[npc]! - 1, 0);
    const struck = h.pass(100).filter(({ source }) => source === npc);
    expect(distanceBetween(h.state, npc, player)).toBeGreaterThan(7);
    expect(struck.length).toBeGreaterThan(2);
  });
});

describe('a coward', () => {
  it('runs once it is badly hurt, inside its leash, and calls those who did not hear the fight', () => {
    const far = spawnsOf('plain', { id: 'far', area: { x: 46, y: 0, radius: 0 } });
    const h = wildHarness([spawnsOf('coward'), far]);
    const player = h.enter('Ada', { x: 26 });
    const [coward, friend] = h.npcs as [number, number];
    until(h, () => h.state.fights.of(coward) !== undefined);
    expect(h.state.fights.of(friend)).toBeUndefined();
    h.state.entities.health[coward] = 90;
    const near = distanceBetween(h.state, coward, player);
    h.pass(30);
    expect(distanceBetween(h.state, coward, player)).toBeGreaterThan(near + 3);
    expect(h.state.fights.of(friend)).toBeDefined();
  });
});

describe('a caster', () => {
  it('begins its ability when it is ready, stands while it casts, and is broken off by a silence', () => {
    const { h, player, npc, casts, entities } = meeting('caster');
    until(h, () => casts.of(npc) !== undefined);
    expect(casts.of(npc)).toMatchObject({ ability: abilityNamed('bolt'), target: player });
    const stood = entities.x[npc];
    h.landed(player, 'hush', npc);
    expect(casts.of(npc)).toBeUndefined();
    expect(entities.x[npc]).toBe(stood);
  });

  it('hurts with it', () => {
    const { h, npc } = meeting('caster');
    const hits = h.pass(200).filter(({ source, outcome }) => source === npc && outcome === 'hit');
    // Its blows do 4.
    expect(hits.some(({ amount }) => amount === 10)).toBe(true);
  });
});

describe('a mender', () => {
  it('mends the friend that is hurt most', () => {
    const h = wildHarness([spawnsOf('mender'), spawnsOf('plain', { area: { x: 31, y: 2, radius: 0 } })]);
    h.enter('Ada', { x: 24, health: 10_000 });
    const [, friend] = h.npcs as [number, number];
    until(h, () => h.npcs.every((npc) => h.state.fights.of(npc)));
    h.state.entities.health[friend] = 50;
    until(h, () => h.state.auras.of(friend).length > 0);
    until(h, () => h.health(friend) > 50);
  });
});

describe('one that cannot reach whom it fights', () => {
  it('gives up after five seconds and cannot be hurt on its way', () => {
    const { h, player, npc, entities, fights } = meeting('turret');
    until(h, () => fights.of(npc) !== undefined);
    const ticks = until(h, () => entities.state[npc] === entityStates.evading);
    expect(ticks).toBeGreaterThanOrEqual(95);
    expect(ticks).toBeLessThanOrEqual(105);
    expect(h.use(player, 'rot', npc).blows.every(({ outcome }) => outcome === 'immune')).toBe(true);
  });
});

describe('a pack', () => {
  it('comes from farther away than strangers of its faction', () => {
    const at = (id: string, x: number, pack?: string) =>
      spawnsOf('plain', { id, area: { x, y: 0, radius: 0 }, ...(pack ? { pack } : {}) });
    const h = wildHarness([at('leader', 30, 'wolves'), at('wolf', 45, 'wolves'), at('stranger', 46)]);
    h.enter('Ada', { x: 24 });
    const [leader, wolf, stranger] = h.npcs as [number, number, number];
    until(h, () => h.state.fights.of(leader) !== undefined);
    h.step();
    expect(h.state.fights.of(wolf)).toBeDefined();
    expect(h.state.fights.of(stranger)).toBeUndefined();
  });

  it('is not called on by those who were called: no camp wakes as a whole', () => {
    const row = Array.from({ length: 5 }, (_, i) =>
      spawnsOf('plain', { id: `camp-${i}`, area: { x: 30 + i * 7, y: 0, radius: 0 } }),
    );
    const h = wildHarness(row);
    h.enter('Ada', { x: 21 });
    h.pass(20);
    expect(h.npcs.filter((npc) => h.state.fights.of(npc))).toHaveLength(2);
  });
});

describe('a patrol', () => {
  const patrol = [
    { x: 30, y: 0, pauseTicks: 0 },
    { x: 40, y: 0, pauseTicks: 20 },
    { x: 40, y: 10, pauseTicks: 0 },
  ];

  it('walks its round, comes back to it after a fight, and is where it would be when somebody comes', () => {
    const h = wildHarness([spawnsOf('plain', { patrol })]);
    const npc = h.npcs[0]!;
    const { x, y } = h.state.entities;
    // Nobody near: it rests, however long.
    h.pass(500);
    expect([x[npc], y[npc]]).toEqual([30, 0]);
    const watcher = h.enter('Ada', { x: 30, y: 28 });
    expect(Math.hypot(x[npc]! - 30, y[npc]!)).toBeGreaterThan(0);
    const seen: number[] = [];
    for (let i = 0; i < 400; i++) {
      h.step();
      seen.push(x[npc]!);
    }
    expect(Math.max(...seen)).toBeGreaterThan(39);
    expect(Math.min(...seen)).toBeLessThan(31);
    place(h.state, watcher, x[npc]! + 5, y[npc]!);
    until(h, () => h.state.fights.of(npc) !== undefined);
    place(h.state, watcher, 30, 28);
    h.state.fights.died(watcher, npc);
    until(h, () => h.state.entities.state[npc] === entityStates.alive && h.state.fights.of(npc) === undefined);
    const after = [x[npc], y[npc]];
    h.pass(60);
    expect([x[npc], y[npc]]).not.toEqual(after);
  });
});
