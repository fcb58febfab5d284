import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { actionResults, entityStates } from '#shared/contract/zone-protocol.ts';
import type { Box } from './obstacles.ts';
import { firstOnRay, isWithin, judgedMoment, reaches, sees, slotsWithin, standpoint } from './reach.ts';
import { type SimInput, Simulation } from './simulation.ts';

const SPEED = 0.25;

function start(boxes: readonly Box[] = []) {
  const sim = new Simulation(fixtureZone([], boxes), { seed: 7, capacity: 64 });
  const seqs = new Map<number, number>();
  const enter = (name: string, x: number, y: number): number => {
    const { characterId, accountId, classId } = fixtureCharacter(name);
    const place = { x, y, yaw: 0, health: 100 };
    const join = { kind: 'join', character: { characterId, accountId, name, level: 1, classId, place } } as const;
    return sim.step([join]).joined[0]!.slot;
  };
  const step = (slot: number, x: number, y: number): SimInput => {
    const seq = (seqs.get(slot) ?? 0) + 1;
    seqs.set(slot, seq);
    return { kind: 'move', slot, seq, correction: 0, x, y, yaw: 0 };
  };
  /** Walks a body to the east for so many ticks. */
  const walk = (slot: number, ticks: number, dx = SPEED, dy = 0) => {
    for (let i = 0; i < ticks; i++)
      sim.step([step(slot, sim.state.entities.x[slot]! + dx, sim.state.entities.y[slot]! + dy)]);
  };
  return { sim, state: sim.state, enter, walk, step };
}

const ago = (ticks: number, tick: number) => (tick - ticks) * 16;

describe('an act in the past that its player saw', () => {
  it('finds its target where it stood then, to a sixteenth of a tick', () => {
    const { state, enter, walk } = start();
    const shooter = enter('Ada', 0, 0);
    const target = enter('Bob', 10, 0);
    walk(target, 12);
    // At 13 m now, at 12 m four ticks ago; a metre is forgiven.
    expect(isWithin(state, shooter, target, 11)).toBe(false);
    expect(isWithin(state, shooter, target, 11, ago(4, state.tick))).toBe(true);
    expect(isWithin(state, shooter, target, 11, ago(4, state.tick) + 1)).toBe(false);
    expect(isWithin(state, shooter, target, 11, ago(4, state.tick) - 1)).toBe(true);
  });

  it('goes no farther back than 250 ms before the newest tick that can have been seen, and never forward', () => {
    const { state, enter, walk } = start();
    enter('Ada', 0, 0);
    walk(enter('Bob', 10, 0), 30);
    const oldest = ago(6, state.tick);
    expect(judgedMoment(state, 0)).toBe(oldest);
    expect(judgedMoment(state, oldest + 7)).toBe(oldest + 7);
    expect(judgedMoment(state, ago(-50, state.tick))).toBe(ago(0, state.tick));
  });

  it('strikes one who has gone behind cover since, and not one who had not come out yet', () => {
    const { state, enter, walk } = start([{ minX: 12, minY: -5, maxX: 40, maxY: -1 }]);
    const shooter = enter('Ada', 11.5, -10);
    const target = enter('Bob', 10.5, 0);
    expect(sees(state, shooter, target)).toBe(true);
    walk(target, 8);
    expect(sees(state, shooter, target)).toBe(false);
    expect(sees(state, shooter, target, ago(5, state.tick))).toBe(true);
    expect(reaches(state, shooter, target, 30, ago(5, state.tick))).toBe(true);
    walk(target, 4, -SPEED);
    expect(sees(state, shooter, target)).toBe(true);
    expect(sees(state, shooter, target, ago(4, state.tick))).toBe(false);
  });

  it('finds nobody who has come since, though the slot had another owner', () => {
    const { sim, state, enter, walk } = start();
    const shooter = enter('Ada', 0, 0);
    const walker = enter('Cyd', 0, 5);
    const target = enter('Bob', 5, 0);
    walk(walker, 3);
    sim.step([{ kind: 'leave', slot: target, manner: 'now' }]);
    while (enter(`N${state.tick}`, 5, 0) !== target);
    expect(reaches(state, shooter, target, 10)).toBe(true);
    expect(reaches(state, shooter, target, 10, ago(0, state.tick))).toBe(true);
    expect(reaches(state, shooter, target, 10, ago(1, state.tick))).toBe(false);
    walk(walker, 4);
    expect(reaches(state, shooter, target, 10, ago(4, state.tick))).toBe(true);
    expect(reaches(state, shooter, target, 10, ago(5, state.tick))).toBe(false);
  });

  it('finds nobody on the way of a jump', () => {
    const { sim, state, enter, walk } = start();
    const target = enter('Bob', -20, -20);
    const other = enter('Cyd', 0, 0);
    walk(other, 3);
    state.entities.state[target] = 2;
    sim.step([{ kind: 'release', slot: target }]);
    walk(other, 2);
    const { x, y } = state.entities;
    expect(slotsWithin(state, x[target]!, y[target]!, 1, ago(2, state.tick))).toEqual([target]);
    expect(slotsWithin(state, -20, -20, 1, ago(3, state.tick))).toEqual([]);
    expect(slotsWithin(state, x[target]!, y[target]!, 1, ago(3, state.tick))).toEqual([]);
  });

  it('is the same as a memory of everything, wherever and whenever one asks', () => {
    const { sim, state, enter, step } = start();
    const slots = ['Ada', 'Bob', 'Cyd', 'Dov'].map((name, i) => enter(name, i * 12, i * 7));
    const seen = new Map<number, Map<number, readonly [number, number]>>();
    const wind = [0.2, -0.25, 0.1, 0.25];
    for (let i = 0; i < 60; i++) {
      const inputs = slots.map((slot, k) =>
        step(slot, state.entities.x[slot]! + wind[k]! * (i % 20 < 12 ? 1 : -1), state.entities.y[slot]! + 0.0625),
      );
      sim.step(inputs);
      // As it stands on the wire.
      const wire = (metres: number) => Math.round((metres + 50) * 16) / 16 - 50;
      const places = slots.map((s) => [s, [wire(state.entities.x[s]!), wire(state.entities.y[s]!)]] as const);
      seen.set(state.tick, new Map(places));
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 96 }),
        fc.double({ min: -10, max: 60, noNaN: true }),
        fc.double({ min: -10, max: 40, noNaN: true }),
        fc.double({ min: 1, max: 30, noNaN: true }),
        (back, x, y, radius) => {
          const moment = state.tick * 16 - back;
          const before = Math.floor(moment / 16);
          const share = moment / 16 - before;
          const metres = slots.map((slot) => {
            const [fromX, fromY] = seen.get(before)!.get(slot)!;
            const [toX, toY] = (seen.get(before + 1) ?? seen.get(before))!.get(slot)!;
            return Math.hypot(fromX + (toX - fromX) * share - x, fromY + (toY - fromY) * share - y);
          });
          fc.pre(metres.every((one) => Math.abs(one - radius) > 1e-9));
          const expected = slots.filter((_, k) => metres[k]! <= radius);
          expect(slotsWithin(state, x, y, radius, moment).sort()).toEqual(expected.sort());
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a shot', () => {
  const anybody = () => true;

  it('strikes the first body in its line, and stops at cover', () => {
    const { state, enter } = start([{ minX: 20, minY: -5, maxX: 21, maxY: 5 }]);
    const shooter = enter('Ada', 0, 0);
    const near = enter('Bob', 8, 0.25);
    const far = enter('Cyd', 12, 0);
    const hidden = enter('Dov', 25, 0);
    const shot = { fromX: 0, fromY: 0, throughX: 5, throughY: 0, range: 60 };
    const others = (slot: number) => slot !== shooter;
    expect(firstOnRay(state, shot, others)).toMatchObject({ slot: near });
    expect(firstOnRay(state, shot, (slot) => slot !== shooter && slot !== near)?.slot).toBe(far);
    expect(firstOnRay(state, shot, (slot) => slot === hidden)).toBeUndefined();
    expect(firstOnRay(state, { ...shot, range: 7 }, others)).toBeUndefined();
    expect(firstOnRay(state, { ...shot, throughX: -5 }, others)).toBeUndefined();
    expect(firstOnRay(state, { ...shot, throughX: 0 }, anybody)).toBeUndefined();
  });

  it('passes by a body at more than its radius, wherever that was then', () => {
    const { state, enter, walk } = start();
    const shooter = enter('Ada', 0, 0);
    const target = enter('Bob', 10, 0);
    walk(target, 4, 0, SPEED);
    const shot = { fromX: 0, fromY: 0, throughX: 10, throughY: 0, range: 40 };
    const others = (slot: number) => slot !== shooter;
    expect(firstOnRay(state, shot, others)).toBeUndefined();
    expect(firstOnRay(state, shot, others, ago(1, state.tick))).toBeUndefined();
    expect(firstOnRay(state, shot, others, ago(2, state.tick))).toMatchObject({ slot: target });
    expect(firstOnRay(state, shot, others, ago(4, state.tick))!.metres).toBeCloseTo(9.5);
  });

  it('goes out from where its player stood when it shot', () => {
    const { sim, state, enter, step } = start();
    const slot = enter('Ada', 0, 0);
    const at: number[] = [];
    const act = { kind: 'act', slot, actionSeq: 1, ability: 0, target: 0 } as const;
    const original = state.outcome.actionResults.push.bind(state.outcome.actionResults);
    state.outcome.actionResults.push = (...results) => {
      at.push(standpoint(state, slot).x);
      return original(...results);
    };
    sim.step([step(slot, 0.25, 0), act, step(slot, 0.5, 0), act]);
    expect(at).toEqual([0.25, 0.5]);
    expect(standpoint(state, slot).x).toBe(0.5);
  });
});

describe('acts that come with the steps after them', () => {
  /** Ada comes from 6.5 to 4 m before Bob within one tick; she reaches 5 m, and one more is forgiven. */
  function approach(blowBefore: 'the steps' | 'nothing') {
    const { sim, state, enter, step } = start();
    const slot = enter('Ada', -6.5, 30);
    const target = enter('Bob', 0, 30);
    for (const one of [slot, target]) sim.step([{ kind: 'pvp', slot: one, wants: true }]);
    // What a hold-up leaves to be walked at once.
    for (let i = 0; i < 40; i++) sim.step([]);
    const steps = Array.from({ length: 10 }, (_, i) => step(slot, -6.5 + (i + 1) * SPEED, 30));
    const blow = { kind: 'act', slot, actionSeq: 1, ability: 0, target } as const;
    const { actionResults } = sim.step(blowBefore === 'the steps' ? [blow, ...steps] : [...steps, blow]);
    expect(state.entities.x[slot]).toBe(-4);
    return actionResults[0]!.result;
  }

  it('are judged from before those steps: range is what it was then', () => {
    expect(approach('the steps')).toBe(actionResults.out_of_range);
    expect(approach('nothing')).toBe(actionResults.done);
  });

  it('are judged from where one was put meanwhile', () => {
    const { sim, state, enter } = start();
    const slot = enter('Ada', 30, 0);
    state.entities.state[slot] = entityStates.dead;
    const froms: number[] = [];
    const original = state.outcome.actionResults.push.bind(state.outcome.actionResults);
    state.outcome.actionResults.push = (...results) => {
      froms.push(standpoint(state, slot).x - state.entities.x[slot]!);
      return original(...results);
    };
    sim.step([
      { kind: 'act', slot, actionSeq: 1, ability: 0, target: 0 },
      { kind: 'release', slot },
    ]);
    expect(state.entities.x[slot]).not.toBe(30);
    expect(froms).toEqual([0]);
  });
});
