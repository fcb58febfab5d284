import { describe, expect, it } from 'vitest';
import { DRONE, fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import type { CheatCheck } from '#shared/contract/cheat-checks.ts';
import type { SpawnSpec } from './definition.ts';
import { NPC } from './entities.ts';
import { grantMovement } from './movement.ts';
import type { Box } from './obstacles.ts';
import { type SimInput, Simulation } from './simulation.ts';
import type { SuspicionReport } from './suspicion.ts';

const SPEED = 0.3;
const wall: Box = { minX: 10, minY: -20, maxX: 12, maxY: 20 };

/** Two that stand behind a wall at x = 2 to 3, near enough to be struck but for that. */
const behindCover: SpawnSpec[] = [
  { id: 'hidden', kind: DRONE, count: 2, area: { x: 4.5, y: 0, radius: 0 }, respawnTicks: 400 },
];

function start(boxes: readonly Box[] = []) {
  const sim = new Simulation(fixtureZone(behindCover, boxes), { seed: 7, capacity: 16 });
  const { entities } = sim.state;
  const hidden = [...entities.slots()].filter((one) => entities.sort[one] === NPC);
  const { characterId, accountId, classId } = fixtureCharacter('Mal');
  const place = { x: 0, y: 0, yaw: 0, health: 100 };
  // Of level 2 it can mend.
  const character = { characterId, accountId, name: 'Mal', level: 2, classId, place };
  const slot = sim.step([{ kind: 'join', character }]).joined[0]!.slot;
  let seq = 0;
  const reports: SuspicionReport[] = [];
  /** A claim as a client that follows every correction makes it. */
  const claim = (x: number, y: number, over: { seenTick?: number } = {}): SimInput => {
    seq += 1;
    const { correction } = sim.state.players.get(slot)!;
    return { kind: 'move', slot, seq, correction, x, y, yaw: 0, seenTick: sim.tick, ...over };
  };
  const step = (...inputs: SimInput[]) => {
    sim.step(inputs);
    reports.push(...sim.state.outcome.suspects);
  };
  const at = () => [sim.state.entities.x[slot]!, sim.state.entities.y[slot]!] as const;
  return { sim, slot, claim, step, at, reports, hidden };
}

type World = ReturnType<typeof start>;

/** What each hack does in a tick, the check that finds it, and how far it may get in 20 s: as far as one can walk. */
const hacks: readonly [what: string, check: CheatCheck, boxes: Box[], hack: (world: World, i: number) => void][] = [
  [
    'hops below the cap of a packet, many a tick',
    'speed',
    [],
    ({ step, claim, at }) => {
      const [x, y] = at();
      step(...Array.from({ length: 3 }, (_, k) => claim(x + 0.3 * (k + 1), y)));
    },
  ],
  ['twice the speed', 'speed', [], ({ step, claim, at }) => step(claim(at()[0] + 2 * SPEED, at()[1]))],
  ['a teleport', 'teleport', [], ({ step, claim }, i) => step(...(i % 40 === 0 ? [claim(90, 90)] : []))],
  ['a step out of the zone', 'out_of_bounds', [], ({ step, claim }) => step(claim(-51, 0))],
  [
    'a way through a wall',
    'wall',
    [wall],
    ({ step, claim, at }) => {
      const [x, y] = at();
      step(claim(x >= 9.75 ? x + 2.75 : x + SPEED, y));
    },
  ],
  [
    'a clock that is set back',
    'clock_back',
    [],
    ({ step, claim, sim, at }, i) => step(claim(...at(), { seenTick: i % 2 === 0 ? sim.tick : sim.tick - 30 })),
  ],
  [
    'a clock that is ahead',
    'clock_ahead',
    [],
    ({ step, claim, sim, at }) => step(claim(...at(), { seenTick: sim.tick + 40 })),
  ],
  [
    'a clock that runs twice as fast, with steps that are each in order',
    'clock_fast',
    [],
    ({ step, claim, at }, i) => {
      const [x, y] = at();
      // Up and down, so that the way is never too long.
      const dx = i % 2 === 0 ? 0.125 : -0.125;
      step(claim(x + dx, y), claim(x, y));
    },
  ],
  [
    'acts as fast as a program can',
    'rapid_fire',
    [],
    ({ step, slot }, i) => {
      const mend = (actionSeq: number) => ({ kind: 'act', slot, actionSeq, ability: 1, target: slot }) as const;
      step(mend(3 * i + 1), mend(3 * i + 2), mend(3 * i + 3));
    },
  ],
  [
    'an older view whenever it helps',
    'view_back',
    [],
    ({ step, slot, sim }, i) => {
      const viewTick = (sim.tick - (i % 2 === 0 ? 0 : 10)) * 16;
      step({ kind: 'act', slot, actionSeq: i, ability: 0, target: slot, viewTick });
    },
  ],
  [
    'a view from before the corner, whatever has been seen since',
    'stale_view',
    [],
    ({ step, claim, slot, sim, at }, i) => {
      const viewTick = (sim.tick - 11) * 16;
      step(claim(...at()), { kind: 'act', slot, actionSeq: i, ability: 0, target: slot, viewTick });
    },
  ],
  [
    'blows at everybody behind a wall, one after the other',
    'line_of_sight',
    [{ minX: 2, minY: -20, maxX: 3, maxY: 20 }],
    ({ step, slot, sim, hidden }, i) => {
      const viewTick = (sim.tick - 2) * 16;
      step({ kind: 'act', slot, actionSeq: i, ability: 0, target: hidden[i % 2]!, viewTick });
    },
  ],
];

describe('the known hacks', () => {
  it.each(hacks)('%s is found and gets nobody farther than walking', (_what, check, boxes, hack) => {
    const world = start(boxes);
    for (let i = 0; i < 400; i++) hack(world, i);
    const found = world.reports.at(-1);
    expect(found).toMatchObject({ characterId: fixtureCharacter('Mal').characterId });
    const evidence = found!.evidence.find((one) => one.check === check);
    expect(evidence?.count).toBeGreaterThan(1);
    expect(Object.keys(evidence!.example).length).toBeGreaterThan(0);
    const [x, y] = world.at();
    expect(Math.hypot(x, y)).toBeLessThanOrEqual(400 * SPEED * 1.1 + 1);
    if (boxes.length > 0) expect(x).toBeLessThanOrEqual(boxes[0]!.minX);
    if (check !== 'speed' && check !== 'wall') expect(Math.hypot(x, y)).toBeLessThan(0.5);
  });
});

describe('suspicion', () => {
  it('is forgiven with time, and told of again when it begins again', () => {
    const { sim, claim, step, reports } = start();
    const jump = () => step(claim(90, 90));
    for (let i = 0; i < 2; i++) jump();
    for (let i = 0; i < 1_000; i++) step();
    for (let i = 0; i < 2; i++) jump();
    expect(reports).toEqual([]);
    jump();
    expect(reports).toHaveLength(1);
    for (let i = 0; i < 2_000; i++) step();
    for (let i = 0; i < 3; i++) jump();
    expect(reports).toHaveLength(2);
    expect(reports[1]!.evidence).toEqual([
      {
        check: 'teleport',
        count: 8,
        lastTick: sim.tick,
        example: { metres: Math.hypot(90, 90), fromX: 0, fromY: 0, toX: 90, toY: 90 },
      },
    ]);
  });

  it('falls on nobody for what the server itself has granted', () => {
    const { sim, slot, claim, step, at, reports } = start();
    for (let i = 0; i < 20; i++) {
      grantMovement(sim.state, slot, 6);
      step(claim(at()[0] + 6, at()[1]));
      for (let k = 0; k < 220; k++) step();
    }
    expect(reports).toEqual([]);
    expect(at()[0]).toBe(120);
  });

  it('falls on nobody whose steps come late: all that were made in a silence may come at once', () => {
    const { claim, step, at, reports, sim, slot } = start();
    let x = 0;
    for (let round = 0; round < 6; round++) {
      const silence = 10 * (round + 1);
      for (let i = 0; i < silence; i++) step();
      const [, y] = at();
      const steps = Array.from({ length: silence }, (_, k) => claim(x + SPEED * (k + 1), y));
      x += SPEED * silence;
      step(...steps);
      expect(at()[0]).toBeCloseTo(x);
      for (let i = 0; i < 10; i++) {
        x += SPEED;
        step(claim(x, y));
      }
    }
    expect(reports).toEqual([]);
    expect(sim.state.players.get(slot)!.correction).toBe(0);
  });

  it.each([
    ['always', () => 60],
    ['in waves', (tick: number) => tick % 60],
    ['in waves that never end whole', (tick: number) => 60 + (tick % 60)],
  ])('gains nobody more than a walk by pretending %s to be held up', (_how, behind) => {
    const { sim, slot, step, at } = start();
    let seq = 0;
    let far = 0;
    // Tries what is left of the budget in every tick, round and round.
    for (let tick = 1; tick <= 2_400; tick++) {
      const next = Math.max(seq + 1, sim.tick - behind(sim.tick));
      const [x, y] = at();
      for (const metres of [6, 3, 1, 0.5, 0.3]) {
        const to = x > 70 ? -metres : x < -30 ? metres : (tick % 2_000 < 1_000 ? 1 : -1) * metres;
        seq = Math.max(seq + 1, next);
        const { correction } = sim.state.players.get(slot)!;
        step({ kind: 'move', slot, seq, correction, x: x + to, y, yaw: 0, seenTick: sim.tick });
        if (at()[0] === x) continue;
        far += metres;
        break;
      }
    }
    expect(far).toBeLessThanOrEqual(sim.tick * SPEED * 1.1 + 60 * SPEED + 1);
  });

  it('falls on nobody who goes on striking at one and the same behind a wall, ten times a second for a minute', () => {
    const { sim, slot, step, reports, hidden } = start([{ minX: 2, minY: -20, maxX: 3, maxY: 20 }]);
    for (let i = 0; i < 1_200; i++)
      if (i % 2 === 0)
        step({ kind: 'act', slot, actionSeq: i, ability: 0, target: hidden[0]!, viewTick: sim.tick * 16 });
      else step();
    expect(reports).toEqual([]);
    expect(sim.state.players.get(slot)!.suspicion.score).toBe(0);
  });

  it('falls on nobody whose line is slow: views as old as what has been seen are no choice', () => {
    const { sim, slot, claim, step, at, reports, hidden } = start([{ minX: 2, minY: -20, maxX: 3, maxY: 20 }]);
    for (let i = 0; i < 1_200; i++) {
      const seenTick = Math.max(0, sim.tick - 40 - (i % 100 < 50 ? 0 : i % 50));
      const viewTick = Math.max(0, seenTick - 5) * 16;
      const known = sim.state.players.get(slot)!.suspicion;
      const move = claim(...at(), { seenTick: Math.max(seenTick, known.seenTick) });
      const act = { kind: 'act', slot, actionSeq: i, ability: 0, target: hidden[i % 2]! } as const;
      if (i % 20 === 0) step(move, { ...act, viewTick: Math.max(viewTick, known.viewTick) });
      else step(move);
    }
    expect(reports).toEqual([]);
    expect(sim.state.players.get(slot)!.suspicion.score).toBe(0);
  });

  it('reports what is new since the last report, with the newest samples of each check', () => {
    const { claim, step, reports } = start();
    const jump = () => step(claim(90, 90));
    for (let i = 0; i < 6; i++) jump();
    expect(reports.map(({ noticed }) => noticed.map(({ check, count }) => [check, count]))).toEqual([
      [['teleport', 3]],
      [['teleport', 3]],
    ]);
    const [{ weight, samples }] = reports[1]!.noticed as [SuspicionReport['noticed'][number]];
    expect(weight).toBeCloseTo(12);
    expect(samples).toHaveLength(3);
    expect(samples[2]!.figures).toMatchObject({ toX: 90, toY: 90 });
  });

  it('reports nothing that was forgiven before', () => {
    const { claim, step, reports } = start();
    const jump = () => step(claim(90, 90));
    for (let round = 0; round < 5; round++) {
      jump();
      for (let i = 0; i < 500; i++) step();
    }
    for (let i = 0; i < 3; i++) jump();
    expect(reports).toHaveLength(1);
    expect(reports[0]!.noticed).toMatchObject([{ check: 'teleport', count: 3 }]);
  });

  it('takes back more than three seconds of silence can hold, without blame', () => {
    const { claim, step, at, reports, sim, slot } = start();
    for (let i = 0; i < 100; i++) step();
    step(...Array.from({ length: 100 }, (_, k) => claim(SPEED * (k + 1), 0)));
    expect(at()[0]).toBeLessThan(100 * SPEED);
    expect(sim.state.players.get(slot)!.correction).toBe(1);
    expect(sim.state.players.get(slot)!.suspicion.score).toBe(0);
    expect(reports).toEqual([]);
  });
});
