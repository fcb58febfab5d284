import { describe, expect, it } from 'vitest';
import { abilityNamed, arena } from '#fleet/testing/fixture-abilities.ts';
import { HUNTER } from '#fleet/testing/fixture-zone.ts';
import { blowsOf, type SeenBlow, SimHarness } from '#fleet/testing/sim-harness.ts';
import { entityStates, SIXTEENTHS } from '#shared/contract/zone-protocol.ts';
import type { SpawnSpec } from '../definition.ts';
import { chooseTarget } from '../npcs/target.ts';
import { place } from '../state.ts';

const DUMMY = 0;
/** Peaceful drones around a place. */
const dummies = (count: number, radius = 0): SpawnSpec[] => [
  { id: 'dummies', kind: DUMMY, count, area: { x: 20, y: 0, radius }, respawnTicks: 4_000 },
];
const withDummy = () => {
  const h = new SimHarness({ spawns: dummies(1) });
  const slot = h.enter('Ada', { x: 22 });
  return { h, slot, npc: h.npcs[0]!, state: h.state };
};
/** Two who have both chosen to fight players, outside of any rest area. */
const rivals = (seed = 7) => {
  const h = new SimHarness({ seed });
  const [a, b] = [h.enter('Ada', { x: 30 }), h.enter('Bo', { x: 32 })];
  h.step([a, b].map((slot) => ({ kind: 'pvp' as const, slot, wants: true })));
  return { h, a, b, state: h.state };
};
const sum = (blows: readonly SeenBlow[], outcome: string) =>
  blows.filter((blow) => blow.outcome === outcome).reduce((total, { amount }) => total + amount, 0);

describe('a cast', () => {
  it('takes its time, and is paid when it is done', () => {
    const { h, slot, npc } = withDummy();
    const { answer, blows } = h.use(slot, 'bolt', npc);
    expect([answer, blows, h.energy(slot)]).toEqual(['done', [], 50]);
    expect(h.pass(19)).toEqual([]);
    const landing = h.pass(1);
    expect(landing).toMatchObject([{ source: slot, target: npc }]);
    expect(h.energy(slot)).toBeLessThanOrEqual(42);
  });

  it('is broken off by walking, costs nothing then and leaves the ability ready', () => {
    const { h, slot, npc } = withDummy();
    h.use(slot, 'bolt', npc);
    h.walk(slot, 0.2);
    expect(h.pass(30)).toEqual([]);
    expect(h.energy(slot)).toBe(50);
    expect(h.use(slot, 'bolt', npc).answer).toBe('done');
  });

  it('is not broken off by the rounding of a place, and nobody creeps away under it', () => {
    const { h, slot, npc, state } = withDummy();
    const x = state.entities.x[slot]!;
    h.use(slot, 'bolt', npc);
    for (let i = 0; i < 10; i++) h.walk(slot, 0.05);
    expect(state.casts.of(slot)).toBeDefined();
    expect(state.entities.x[slot]).toBe(x);
  });

  it.each(['stun', 'hush'])('is broken off by %s', (control) => {
    const { h, a, b, state } = rivals();
    h.use(a, 'bolt', b);
    h.landed(b, control, a);
    expect(state.casts.of(a)).toBeUndefined();
  });

  it('does not come when its target is dead, gone or too far away by then', () => {
    const { h, slot, npc, state } = withDummy();
    h.use(slot, 'bolt', npc);
    state.entities.x[npc] = 90;
    expect(h.pass(25)).toEqual([]);
    expect(h.energy(slot)).toBe(50);
  });

  it('goes on under blows, and holds every other ability back meanwhile', () => {
    const { h, a, b } = rivals();
    h.use(a, 'bolt', b);
    h.landed(b, 'slow', a);
    expect(h.use(a, 'plain-attack', b).answer).toBe('casting');
    expect(h.pass(20).some(({ source }) => source === a)).toBe(true);
  });

  it('is shorter with haste', () => {
    const { h, slot, npc } = withDummy();
    h.use(slot, 'hurry');
    h.use(slot, 'bolt', npc);
    expect(h.pass(10)).toHaveLength(1);
  });
});

describe('a channel', () => {
  it('works every so often until its end, and is paid at its beginning', () => {
    const { h, slot, npc } = withDummy();
    h.use(slot, 'beam', npc);
    expect(h.energy(slot)).toBeLessThanOrEqual(42);
    expect(h.pass(40).filter(({ source }) => source === slot)).toHaveLength(3);
  });

  it('ends with a step', () => {
    const { h, slot, npc } = withDummy();
    h.use(slot, 'beam', npc);
    const before = h.pass(12).filter(({ source }) => source === slot);
    h.walk(slot, 0.2);
    expect([before.length, h.pass(30).filter(({ source }) => source === slot).length]).toEqual([1, 0]);
  });
});

describe('energy', () => {
  it('is spent, comes back each second, and refuses what it does not suffice for', () => {
    const { h, slot, npc } = withDummy();
    const answers = Array.from({ length: 12 }, () => h.use(slot, 'blast', npc).answer);
    expect(new Set(answers)).toEqual(new Set(['done', 'no_energy']));
    expect(h.energy(slot)).toBeLessThan(5);
    const low = h.energy(slot);
    h.pass(20);
    expect(h.energy(slot) - low).toBe(2);
    h.pass(2_000);
    expect(h.energy(slot)).toBe(50);
  });
});

describe('an area', () => {
  it('meets those around the point that was aimed at, and only so many', () => {
    const h = new SimHarness({ spawns: dummies(30, 3) });
    const slot = h.enter('Ada', { x: 35 });
    const { blows } = h.use(slot, 'blast', 0, { x: 20, y: 0 });
    expect(new Set(blows.map(({ target }) => target)).size).toBe(20);
    expect(h.use(slot, 'blast', 0, { x: 70, y: 0 }).answer).toBe('out_of_range');
    expect(h.use(slot, 'blast').answer).toBe('no_target');
  });

  it('around oneself meets who stands there, and helps friends where it helps', () => {
    const { h, slot, npc } = withDummy();
    const friend = h.enter('Bo', { x: 23, health: 50 });
    const far = h.enter('Cy', { x: 60, health: 50 });
    expect(new Set(h.use(slot, 'nova').blows.map(({ target }) => target))).toEqual(new Set([npc]));
    const healed = new Set(h.use(slot, 'balm').blows.map(({ target }) => target));
    expect([healed.has(friend), healed.has(far), healed.has(npc)]).toEqual([true, false, false]);
  });

  it('strikes nobody who may not be struck', () => {
    const h = new SimHarness();
    const [a, b] = [h.enter('Ada', { x: 30 }), h.enter('Bo', { x: 31 })];
    h.step([{ kind: 'pvp', slot: a, wants: true }]);
    expect(h.use(a, 'nova').blows).toEqual([]);
    expect(h.health(b)).toBe(100);
  });
});

describe('a shot', () => {
  const standing = (id: string, x: number): SpawnSpec => ({
    ...{ id, kind: 0, count: 1, area: { x, y: 0, radius: 0 }, respawnTicks: 30_000 },
  });
  /** Whom a shot through a point has met. */
  const metBy = (h: SimHarness, slot: number, aim: { x: number; y: number }) => {
    const { answer, blows } = h.use(slot, 'shot', 0, aim);
    return [answer, ...blows.map(({ target }) => target)];
  };

  it('meets the first enemy in its direction, however near the point that it goes through', () => {
    const h = new SimHarness({ spawns: [standing('far', 40), standing('near', 30)] });
    const slot = h.enter('Ada');
    const friend = h.enter('Bob', { x: 25 });
    const near = h.npcs.find((npc) => h.state.entities.x[npc] === 30)!;
    expect(metBy(h, slot, { x: 21, y: 0 })).toEqual(['done', near]);
    expect(metBy(h, slot, { x: 20, y: 5 })).toEqual(['done']);
    expect(h.use(slot, 'shot').answer).toBe('no_target');
    expect(h.health(friend)).toBe(100);
  });

  it('ends at a wall and at its range', () => {
    const box = { minX: 24, maxX: 26, minY: -3, maxY: 3 };
    const zone = { ...arena([standing('near', 30), standing('far', 55)]), obstacles: [box] };
    const h = new SimHarness({ zone });
    expect(metBy(h, h.enter('Ada'), { x: 30, y: 0 })).toEqual(['done']);
    expect(metBy(h, h.enter('Bob', { x: 20, y: 8 }), { x: 55, y: 0 })).toEqual(['done']);
  });

  it('is judged by what its player saw', () => {
    const h = new SimHarness({ spawns: [standing('near', 30)] });
    const slot = h.enter('Ada');
    const npc = h.npcs[0]!;
    h.pass(10);
    const seenTick = h.sim.tick;
    place(h.state, npc, 30, 6);
    h.pass(2);
    const shoot = (viewTick?: number) =>
      blowsOf(
        h.step([
          { kind: 'act', slot, actionSeq: 1, ability: abilityNamed('shot'), target: 0, aim: { x: 30, y: 0 }, viewTick },
        ]),
      ).map(({ target }) => target);
    expect(shoot()).toEqual([]);
    expect(shoot(seenTick * SIXTEENTHS)).toEqual([npc]);
  });
});

describe('what lasts', () => {
  it('hurts over time in even parts, to the end and no longer', () => {
    const h = new SimHarness({ spawns: dummies(1) });
    const slot = h.enter('Ada', { x: 24 });
    const [npc] = h.npcs;
    h.landed(slot, 'rot', npc!);
    const blows = h.pass(100).filter(({ source }) => source === slot);
    expect(blows.map(({ amount }) => amount)).toEqual([2, 2, 2, 2, 2]);
  });

  it('heals over time', () => {
    const h = new SimHarness();
    const [a, b] = [h.enter('Ada'), h.enter('Bo', { health: 40 })];
    h.use(a, 'tend', b);
    expect(sum(h.pass(40), 'heal')).toBeGreaterThanOrEqual(9);
  });

  it('of one maker does not add up: the newer takes the place of the older', () => {
    const { h, slot, npc, state } = withDummy();
    for (let i = 0; i < 5; i++) h.landed(slot, 'rot', npc);
    expect(state.auras.of(npc)).toHaveLength(1);
  });

  it('is bounded on one body: the one to end first gives way', () => {
    const h = new SimHarness();
    const friend = h.enter('Ada');
    const helpers = Array.from({ length: 16 }, (_, i) => h.enter(`Helper ${i}`));
    for (const helper of helpers) h.use(helper, 'guard', friend);
    expect(h.state.auras.of(friend)).toHaveLength(12);
    const places = h.state.auras.of(friend).map(({ place }) => place);
    expect(new Set(places)).toEqual(new Set(Array.from({ length: 12 }, (_, place) => place)));
  });

  it('takes blows for the health while a shield holds', () => {
    const { h, a, b } = rivals();
    h.use(b, 'guard', 0);
    h.landed(a, 'stun', b);
    let absorbed = 0;
    while (h.health(b) === 100) absorbed += sum(h.use(a, 'nova').blows, 'absorbed');
    expect(absorbed).toBe(15);
    expect(h.state.auras.of(b).some(({ effect }) => effect.kind === 'shield')).toBe(false);
  });

  it('raises stats, and takes what it gave with it', () => {
    const h = new SimHarness();
    const slot = h.enter('Ada');
    h.use(slot, 'brace');
    h.pass(50);
    expect([h.state.entities.maxHealth[slot], h.health(slot)]).toEqual([150, 110]);
    h.pass(20);
    expect([h.state.entities.maxHealth[slot], h.health(slot)]).toEqual([100, 100]);
  });

  it('ends with its maker where it works for it, and stays where it was given', () => {
    const h = new SimHarness({ spawns: dummies(1) });
    const [slot, friend] = [h.enter('Ada', { x: 24 }), h.enter('Bo', { x: 24 })];
    const [npc] = h.npcs;
    h.landed(slot, 'rot', npc!);
    h.use(slot, 'guard', friend);
    h.step([{ kind: 'leave', slot, manner: 'now' }]);
    expect(h.state.auras.of(npc!)).toEqual([]);
    expect(h.state.auras.of(friend)).toMatchObject([{ source: 0, left: 15 }]);
  });
});

describe('control', () => {
  it('lasts full, half and a quarter of its time, then not at all, and full again after a while', () => {
    const { h, a, b, state } = rivals();
    const held = (): number => {
      const { blows } = h.use(a, 'root', b);
      if (blows.some(({ outcome }) => outcome === 'immune')) return 0;
      if (blows.length > 0) return held();
      return state.auras.of(b).find(({ effect }) => effect.kind === 'control')!.endTick - h.sim.tick;
    };
    expect([held(), held(), held(), held()]).toEqual([40, 20, 10, 0]);
    h.pass(18 * 20 + 5);
    expect(held()).toBe(40);
  });

  it('counts each kind by itself', () => {
    const { h, a, b } = rivals();
    for (const kind of ['stun', 'root', 'slow', 'hush']) h.landed(a, kind, b);
    expect(h.state.auras.of(b).map(({ effect }) => effect.kind)).toEqual(Array(4).fill('control'));
  });

  it('has no hold on a boss', () => {
    const zone = new SimHarness({ spawns: dummies(1) }).state.zone;
    const boss = { ...zone, npcKinds: zone.npcKinds.map((kind) => ({ ...kind, rank: 'boss' as const })) };
    const h = new SimHarness({ zone: boss });
    const slot = h.enter('Ada', { x: 24 });
    const seen = Array.from({ length: 5 }, () => h.use(slot, 'stun', h.npcs[0]).blows).flat();
    expect(seen.some(({ outcome }) => outcome === 'immune')).toBe(true);
    expect(h.state.auras.of(h.npcs[0]!)).toEqual([]);
  });

  it('stuns: no ability, no step; roots: no step; silences: the weapon alone', () => {
    const { h, a, b, state } = rivals();
    h.landed(a, 'stun', b);
    const x = state.entities.x[b]!;
    expect(h.use(b, 'bolt', a).answer).toBe('stunned');
    expect(h.walk(b, 0.2).corrections).toMatchObject([{ slot: b, reason: 'not_able' }]);
    h.pass(80);
    h.landed(a, 'root', b);
    h.walk(b, 0.2);
    expect(state.entities.x[b]).toBe(x);
    h.pass(60);
    h.landed(a, 'hush', b);
    expect(h.use(b, 'bolt', a).answer).toBe('silenced');
    expect(h.use(b, 'swing', a).answer).toBe('done');
    expect(h.walk(b, 0.2).corrections).toEqual([]);
  });

  it('slows: half the way in the same time, without blame', () => {
    const { h, a, b, state } = rivals();
    h.landed(a, 'slow', b);
    expect(state.players.get(b)!.pace).toBe(500);
    h.pass(12);
    let corrections = 0;
    const from = state.entities.x[b]!;
    for (let i = 0; i < 20; i++) corrections += h.walk(b, 0.15).corrections.length;
    expect([corrections, Math.round(state.entities.x[b]! - from)]).toEqual([0, 3]);
    for (let i = 0; i < 8; i++) corrections += h.walk(b, 0.3).corrections.length;
    expect(corrections).toBeGreaterThan(0);
  });

  it('holds an NPC too', () => {
    const h = new SimHarness({ spawns: [{ ...dummies(1)[0]!, kind: HUNTER }] });
    const slot = h.enter('Ada', { x: 38 });
    const [npc] = h.npcs;
    h.landed(slot, 'stun', npc!);
    const x = h.state.entities.x[npc!];
    h.pass(30);
    expect(h.state.entities.x[npc!]).toBe(x);
  });
});

describe('a blow', () => {
  const damageBy = (gear: Record<string, number>, weapon?: { min: number; max: number }) => {
    const h = new SimHarness({ seed: 3 });
    const a = h.enter('Ada', {
      x: 30,
      weapon: weapon && { minDamage: weapon.min, maxDamage: weapon.max, range: 8, intervalTicks: 10 },
    });
    const b = h.enter('Bo', { x: 36, gear: { maxHealth: 5_000, ...gear }, health: 5_100 });
    h.step([a, b].map((slot) => ({ kind: 'pvp' as const, slot, wants: true })));
    const blows: SeenBlow[] = [];
    for (let i = 0; i < 400; i++) blows.push(...h.use(a, weapon ? 'swing' : 'blast', b, { x: 36, y: 0 }).blows);
    return blows.filter(({ target, outcome }) => target === b && outcome === 'hit').map(({ amount }) => amount);
  };

  it('is weaker against armour of its school', () => {
    expect(new Set(damageBy({}))).toEqual(new Set([3]));
    expect(new Set(damageBy({ resistThermal: 150 }))).toEqual(new Set([1]));
    expect(new Set(damageBy({ armour: 1_000 }))).toEqual(new Set([3]));
  });

  it('does what the weapon in hand does, as far as it reaches', () => {
    const amounts = damageBy({}, { min: 40, max: 42 });
    expect(amounts.length).toBeGreaterThan(10);
    for (const amount of amounts) expect([40, 41, 42]).toContain(amount);
  });

  it('meets nobody out of the reach of bare hands', () => {
    const { h, a, b, state } = rivals();
    state.entities.x[b] = state.entities.x[a]! + 6;
    expect(h.use(a, 'swing', b).answer).toBe('out_of_range');
  });
});

describe('threat', () => {
  const brawl = () => {
    const h = new SimHarness({ spawns: [{ ...dummies(1)[0]!, kind: HUNTER }] });
    const [a, b] = [h.enter('Ada', { x: 24, level: 5 }), h.enter('Bo', { x: 24, level: 5 })];
    return { h, a, b, npc: h.npcs[0]! };
  };

  it('follows damage, and a taunt turns the NPC for its time and evens the hatred', () => {
    const { h, a, b, npc } = brawl();
    for (let i = 0; i < 5; i++) h.landed(a, 'nova', npc);
    h.landed(b, 'provoke', npc);
    const fight = h.state.fights.of(npc)!;
    expect(chooseTarget(h.state, npc, fight)).toBe(b);
    expect(fight.members.get(b)!.threat).toBeGreaterThanOrEqual(fight.members.get(a)!.threat);
  });

  it('of healing is divided among all who fight the healed, and counts as done once', () => {
    const h = new SimHarness({ spawns: dummies(2) });
    const [a, healer] = [h.enter('Ada', { x: 22, health: 20 }), h.enter('Bo', { x: 22 })];
    for (const npc of h.npcs) h.landed(a, 'slow', npc);
    h.use(healer, 'balm');
    const parts = h.npcs.map((npc) => h.state.fights.of(npc)!.members.get(healer)!);
    expect(parts.map(({ threat }) => threat)).toEqual([parts[0]!.threat, parts[0]!.threat]);
    const [first, second] = parts.map(({ healingDone }) => healingDone);
    expect([first! > 0, second]).toEqual([true, 0]);
    expect(parts[0]!.threat).toBeCloseTo(first! / 4);
  });

  it('leaves the kill with whoever struck first', () => {
    const h = new SimHarness({ spawns: dummies(1) });
    const [a, b] = [h.enter('Ada', { x: 22 }), h.enter('Bo', { x: 22 })];
    const [npc] = h.npcs;
    h.landed(a, 'slow', npc!);
    let kill: { tappedBy: string | undefined } | undefined;
    for (let i = 0; i < 40 && !kill; i++) {
      h.use(b, 'nova');
      kill = h.state.outcome.kills[0];
    }
    expect(kill?.tappedBy).toBe(h.state.players.get(a)!.characterId);
  });
});

describe('death', () => {
  /** One lies dead at the feet of another. */
  const fallen = (level: number) => {
    const zone = arena([{ ...dummies(1)[0]!, kind: HUNTER }]);
    const npcKinds = zone.npcKinds.map((kind) => ({ ...kind, level }));
    const h = new SimHarness({ zone: { ...zone, npcKinds } });
    const slot = h.enter('Ada', { x: 22, level, health: 1 });
    const deaths = [];
    for (let i = 0; i < 600 && deaths.length === 0; i++) {
      const outcome = h.step();
      if (outcome.deaths[0]) deaths.push(outcome.deaths[0]);
    }
    const friend = h.enter('Bo', { x: 40, level });
    h.state.entities.x[friend] = h.state.entities.x[slot]! + 10;
    return { h, slot, friend, death: deaths[0]! };
  };

  it('is numbered, names its fight and its killer, and takes all that lasts with it', () => {
    const { h, slot, death } = fallen(1);
    expect(death).toMatchObject({ slot, deathSeq: 1, fightSeq: 1, killer: { npcKind: HUNTER } });
    expect(h.state.auras.of(slot)).toEqual([]);
    expect(h.use(slot, 'nova').answer).toBe('dead');
  });

  it('is over where one stands up by an offer that it accepts', () => {
    const { h, slot, friend } = fallen(3);
    expect(h.use(friend, 'revive', slot).answer).toBe('done');
    const offers = Array.from({ length: 12 }, () => [...h.step().offers]).flat();
    expect(offers).toMatchObject([{ slot, by: friend, name: 'Bo' }]);
    h.step([{ kind: 'stand-up', slot, accepts: true }]);
    expect(h.state.entities.state[slot]).not.toBe(entityStates.dead);
    expect(h.health(slot)).toBe(36);
    expect(h.use(friend, 'revive', slot).answer).toBe('bad_target');
  });

  it('goes on where an offer is declined, too old, or was never made', () => {
    const { h, slot, friend } = fallen(3);
    const stand = (accepts: boolean) => h.step([{ kind: 'stand-up', slot, accepts }]);
    const isDead = () => h.state.entities.state[slot] === entityStates.dead;
    stand(true);
    h.use(friend, 'revive', slot);
    h.pass(12);
    stand(false);
    stand(true);
    expect(isDead()).toBe(true);
    h.use(friend, 'revive', slot);
    h.pass(12 + 60 * 20);
    stand(true);
    expect(isDead()).toBe(true);
  });

  it.each([
    [10, 0],
    [11, 60 * 20],
    [20, 600 * 20],
  ])('leaves one of level %i who comes back at the graveyard weak for %i ticks', (level, ticks) => {
    const { h, slot } = fallen(level);
    h.step([{ kind: 'release', slot }]);
    const weak = h.state.auras.of(slot).map(({ endTick }) => endTick - h.sim.tick);
    expect(weak).toEqual(ticks === 0 ? [] : [ticks]);
  });
});
