import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone, HUNTER } from '#fleet/testing/fixture-zone.ts';
import { entityFlags, METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import { balance } from './balance.ts';
import type { SpawnSpec } from './definition.ts';
import { NPC } from './entities.ts';
import type { AskedManner } from './leaving.ts';
import { type SimInput, Simulation } from './simulation.ts';

const { lingerTicks, leaveTicks } = balance.presence;
const { afkTicks, putOutTicks } = balance.idleness;
const OUTSIDE = { x: 40, y: 40 };
const RESTING = { x: 1, y: 1 };
const hunterAt = (x: number, y: number): SpawnSpec[] => [
  { id: 'hunters', kind: HUNTER, count: 1, area: { x, y, radius: 0 }, respawnTicks: 30_000 },
];

interface Started {
  readonly sim: Simulation;
  readonly slot: number;
}

function start(
  at: { x: number; y: number },
  { spawns = [], isStaff = false, level = 1 }: { spawns?: SpawnSpec[]; isStaff?: boolean; level?: number } = {},
): Started {
  const sim = new Simulation(fixtureZone(spawns), { seed: 3, capacity: 64 });
  const { characterId, accountId, classId } = fixtureCharacter('Ada');
  const place = { ...at, yaw: 0, health: 1_000 };
  const character = { characterId, accountId, classId, name: 'Ada', level, isStaff, place };
  return { sim, slot: sim.step([{ kind: 'join', character }]).joined[0]!.slot };
}

const leave = (slot: number, manner: AskedManner): SimInput => ({ kind: 'leave', slot, manner });

/** Where the player stands, plus some metres east. */
function move({ sim, slot }: Started, metres: number, yaw = 0): SimInput {
  const { entities, players } = sim.state;
  const { seq, correction } = players.get(slot)!;
  return { kind: 'move', slot, seq: seq + 1, correction, x: entities.x[slot]! + metres, y: entities.y[slot]!, yaw };
}

function strike({ sim, slot }: Started): SimInput {
  const { entities } = sim.state;
  const target = [...entities.slots()].find((one) => entities.sort[one] === NPC)!;
  return { kind: 'act', slot, actionSeq: 1, ability: 0, target };
}

/** Ticks until the body is out; undefined when it is not within the limit. */
function ticksUntilOut({ sim }: Started, limit: number, inputs: () => SimInput[] = () => []): number | undefined {
  for (let ticks = 0; ticks <= limit; ticks++) if (sim.step(inputs()).left.length > 0) return ticks;
  return undefined;
}

/** The hunter has bitten. */
function untilBitten({ sim }: Started): void {
  for (let ticks = 0; ticks < 400; ticks++) if (sim.step([]).combat.count > 0) return;
  throw new Error('nobody bites');
}

const flagsOf = ({ sim, slot }: Started) => sim.state.entities.flags[slot]!;

describe('a wish to leave', () => {
  it.each([
    ['outside a rest area', OUTSIDE, false, leaveTicks],
    ['in a rest area', RESTING, false, 0],
    ['of staff', OUTSIDE, true, 0],
  ] as const)('%s takes its time', (_where, at, isStaff, ticks) => {
    const started = start(at, { isStaff });
    const { sim, slot } = started;
    const outcome = sim.step([leave(slot, 'wish')]);
    expect(outcome.leaving).toEqual([{ slot, ticks }]);
    const out = outcome.left.length > 0 ? 0 : ticksUntilOut(started, leaveTicks)! + 1;
    expect(out).toBe(ticks);
  });

  it('is shown, tells the time that is left when repeated, and is not put off by that', () => {
    const started = start(OUTSIDE);
    const { sim, slot } = started;
    sim.step([leave(slot, 'wish')]);
    expect(flagsOf(started)).toBe(entityFlags.leaving);
    for (let ticks = 0; ticks < 99; ticks++) sim.step([]);
    expect(sim.step([leave(slot, 'wish')]).leaving).toEqual([{ slot, ticks: leaveTicks - 100 }]);
    expect(ticksUntilOut(started, leaveTicks)).toBe(leaveTicks - 101);
  });

  it('ends when the player moves, but not by what a client sends while it stands', () => {
    const started = start(OUTSIDE);
    const { sim, slot } = started;
    sim.step([leave(slot, 'wish')]);
    expect(sim.step([move(started, METRES_PER_UNIT / 2)]).stayed).toEqual([]);
    expect(sim.step([move(started, 0.2)]).stayed).toEqual([{ slot, reason: 'moved' }]);
    expect(flagsOf(started)).toBe(0);
    expect(ticksUntilOut(started, leaveTicks + 1)).toBeUndefined();
  });

  it('ends when the player is struck, even in a rest area where the fight came along', () => {
    for (const at of [OUTSIDE, RESTING]) {
      const started = start(at, { spawns: hunterAt(at.x + 1, at.y), level: 40 });
      untilBitten(started);
      const { sim, slot } = started;
      expect(sim.step([leave(slot, 'wish')]).leaving).toEqual([{ slot, ticks: leaveTicks }]);
      const reasons: string[] = [];
      for (let ticks = 0; ticks < 100; ticks++) reasons.push(...sim.step([]).stayed.map(({ reason }) => reason));
      expect(reasons).toEqual(['fighting']);
      expect(sim.state.players.has(slot)).toBe(true);
    }
  });

  it('ends when the player strikes', () => {
    const started = start({ x: 60, y: 60 }, { spawns: [{ ...hunterAt(62, 60)[0]!, kind: 0 }] });
    const { sim, slot } = started;
    sim.step([leave(slot, 'wish')]);
    expect(sim.step([strike(started)]).stayed).toEqual([{ slot, reason: 'fighting' }]);
  });

  it('is forgotten by who comes back in the same tick', () => {
    const { sim, slot } = start(RESTING);
    const { characterId, accountId, classId } = fixtureCharacter('Ada');
    const character = { characterId, accountId, classId, name: 'Ada', level: 1 };
    const outcome = sim.step([leave(slot, 'wish'), { kind: 'join', character }]);
    expect(outcome).toMatchObject({ joined: [{ slot, characterId }], left: [], leaving: [] });
    expect(sim.step([]).left).toEqual([]);
  });

  it('stands when the connection breaks, and then nothing takes it back', () => {
    const started = start(OUTSIDE, { spawns: hunterAt(47, 40), level: 40 });
    const { sim, slot } = started;
    sim.step([leave(slot, 'wish')]);
    sim.step([leave(slot, 'linger')]);
    expect(flagsOf(started)).toBe(entityFlags.leaving | entityFlags.linkDead);
    expect(ticksUntilOut(started, leaveTicks)).toBe(leaveTicks - 2);
  });

  it('stands when the connection breaks in the same tick, even in a fight', () => {
    for (const at of [OUTSIDE, RESTING]) {
      const started = start(at, { spawns: hunterAt(at.x + 1, at.y), level: 40 });
      untilBitten(started);
      const { sim, slot } = started;
      sim.step([leave(slot, 'wish'), leave(slot, 'linger')]);
      expect(flagsOf(started)).toBe(entityFlags.leaving | entityFlags.linkDead);
      expect(ticksUntilOut(started, leaveTicks)).toBe(leaveTicks - 1);
    }
  });
});

describe('an end of the session', () => {
  it.each([
    ['outside', OUTSIDE, leaveTicks],
    ['in a rest area', RESTING, 0],
  ] as const)('%s removes the body in its time', (_where, at, ticks) => {
    const started = start(at);
    const outcome = started.sim.step([leave(started.slot, 'logout')]);
    const out = outcome.left.length > 0 ? 0 : ticksUntilOut(started, leaveTicks)! + 1;
    expect(out).toBe(ticks);
  });

  it('is no way out of a fight, and protects from nothing', () => {
    const started = start(OUTSIDE, { spawns: hunterAt(41, 40), level: 10 });
    untilBitten(started);
    const { sim, slot } = started;
    const health = sim.state.entities.health[slot]!;
    sim.step([leave(slot, 'logout')]);
    let bites = 0;
    const ticks = ticksUntilOut(started, leaveTicks, () => {
      bites += sim.state.outcome.combat.count;
      return [];
    });
    expect(ticks).toBe(leaveTicks - 1);
    expect(bites).toBeGreaterThan(5);
    expect(sim.state.outcome.left[0]!.health).toBeLessThan(health);
  });

  it('shortens the wait for a broken connection, and is never put off by one', () => {
    const started = start(OUTSIDE);
    const { sim, slot } = started;
    sim.step([leave(slot, 'linger')]);
    sim.step([leave(slot, 'logout')]);
    sim.step([leave(slot, 'linger')]);
    expect(ticksUntilOut(started, lingerTicks)).toBe(leaveTicks - 2);
  });
});

describe('a broken connection', () => {
  it('leaves the body five minutes, marked for all to see, then it goes', () => {
    const started = start(OUTSIDE);
    started.sim.step([leave(started.slot, 'linger')]);
    expect(flagsOf(started)).toBe(entityFlags.linkDead);
    expect(lingerTicks).toBe(5 * 60 * 20);
    expect(ticksUntilOut(started, lingerTicks)).toBe(lingerTicks - 1);
    expect(started.sim.state.outcome.left[0]).toMatchObject({ ...OUTSIDE, manner: 'linger' });
  });

  it('is forgotten when the player comes back, whatever was to happen', () => {
    for (const manner of ['linger', 'logout'] as const) {
      const started = start(OUTSIDE);
      const { sim, slot } = started;
      sim.step([leave(slot, manner)]);
      const { characterId, accountId, classId } = fixtureCharacter('Ada');
      sim.step([{ kind: 'join', character: { characterId, accountId, classId, name: 'Ada', level: 1 } }]);
      expect(flagsOf(started)).toBe(0);
      expect(ticksUntilOut(started, leaveTicks + 1)).toBeUndefined();
    }
  });
});

describe('a player whom nobody plays', () => {
  const idle = ({ sim }: Started, ticks: number, input?: () => SimInput) => {
    for (let tick = 0; tick < ticks; tick++) sim.step(input ? [input()] : []);
  };

  it('is shown as away after five minutes, whatever its client sends by itself', () => {
    const started = start(OUTSIDE);
    idle(started, afkTicks - 2, () => move(started, 0));
    expect(flagsOf(started)).toBe(0);
    idle(started, 21, () => move(started, 0));
    expect(flagsOf(started)).toBe(entityFlags.afk);
  });

  it.each([
    ['a step', (started: Started) => move(started, 0.2)],
    ['a turn', (started: Started) => move(started, 0, 1)],
    ['an action', ({ slot }: Started): SimInput => ({ kind: 'act', slot, actionSeq: 1, ability: 9, target: 0 })],
    ['a word', ({ slot }: Started): SimInput => ({ kind: 'stir', slot })],
  ])('is back with %s', (_what, sign) => {
    const started = start(OUTSIDE);
    idle(started, afkTicks + 20);
    expect(flagsOf(started)).toBe(entityFlags.afk);
    started.sim.step([sign(started)]);
    expect(flagsOf(started)).toBe(0);
    idle(started, afkTicks - 21);
    expect(flagsOf(started)).toBe(0);
  });

  it('is not back because its connection is, but because it entered again', () => {
    const { characterId, accountId, classId } = fixtureCharacter('Ada');
    const join: SimInput = { kind: 'join', character: { characterId, accountId, classId, name: 'Ada', level: 1 } };
    for (const [manner, flags] of [
      ['linger', entityFlags.afk],
      ['logout', 0],
    ] as const) {
      const started = start(OUTSIDE);
      idle(started, afkTicks + 20);
      started.sim.step([leave(started.slot, manner)]);
      started.sim.step([join]);
      expect(flagsOf(started)).toBe(flags);
    }
  });

  it('is put out after twenty minutes, as if it had logged out, and told once', () => {
    const started = start(OUTSIDE);
    const { sim, slot } = started;
    let told = 0;
    let out: number | undefined;
    for (let tick = 1; out === undefined && tick <= putOutTicks + leaveTicks + 40; tick++) {
      const outcome = sim.step([]);
      told += outcome.idle.length;
      if (outcome.idle.length > 0) expect(outcome.idle[0]).toMatchObject({ slot, idleTicks: expect.any(Number) });
      if (outcome.left.length > 0) out = tick;
    }
    expect(told).toBe(1);
    expect(out).toBeGreaterThanOrEqual(putOutTicks + leaveTicks);
    expect(out).toBeLessThanOrEqual(putOutTicks + leaveTicks + 20);
  });
});
