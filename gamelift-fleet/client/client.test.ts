import { describe, expect, it } from 'vitest';
import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import type { Cell, Tick } from '#fleet/protocol/generated-codec.ts';
import { NO_CELL, packStep, STILL } from '#shared/contract/zone-protocol.ts';
import { placeOnTrail } from './interpolation.ts';
import { Prediction } from './prediction.ts';
import { Replica } from './replica.ts';

const entity = (id: number, over: object = {}) => ({
  id,
  sort: 0,
  kind: 0,
  level: 1,
  maxHealth: 100,
  name: `E${id}`,
  x: 10,
  y: 10,
  yaw: 0,
  health: 100,
  state: 0,
  flags: 0,
  ack: 0,
  ...over,
});

const frame = (tick: number, cells: Cell[], reset?: true): Tick => ({ tick, reset, cells });

describe('Prediction', () => {
  it('stays where it is when the server agrees', () => {
    const prediction = new Prediction(0, 0);
    for (let seq = 1; seq <= 5; seq++) {
      prediction.x += 0.3;
      prediction.claim(seq);
    }
    prediction.reconcile(3, 0.875, 0);
    expect(prediction.x).toBeCloseTo(1.5);
  });

  it('keeps what it did since, from the place that the server rules', () => {
    const prediction = new Prediction(0, 0);
    for (let seq = 1; seq <= 5; seq++) {
      prediction.x += 1;
      prediction.claim(seq);
    }
    prediction.reconcile(3, 2, 1);
    expect([prediction.x, prediction.y]).toEqual([4, 1]);
    prediction.reconcile(4, 3, 1);
    expect([prediction.x, prediction.y]).toEqual([4, 1]);
  });

  it('tells sequences apart by their low byte, newest first', () => {
    const prediction = new Prediction(0, 0);
    prediction.claim(1);
    prediction.x = 7;
    prediction.claim(257);
    prediction.reconcile(1, 7, 0);
    expect(prediction.x).toBe(7);
  });

  it('says how far it was off, and shows the way there as a glide', () => {
    const prediction = new Prediction(0, 0);
    prediction.x = 4;
    prediction.claim(1);
    expect(prediction.reconcile(1, 3, 0)).toBe(1);
    expect(prediction.shown.x).toBe(4);
    const shown = Array.from({ length: 12 }, () => {
      prediction.settle();
      return prediction.shown.x;
    });
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
    expect(shown[5]).toBeLessThan(3.06);
    expect(shown.at(-1)).toBe(3);
    prediction.reset(90, 0);
    expect(prediction.shown).toEqual({ x: 90, y: 0 });
  });

  it('forgets its claims when the server put it elsewhere', () => {
    const prediction = new Prediction(0, 0);
    prediction.claim(1);
    prediction.reset(50, 60);
    prediction.reconcile(1, 3, 3);
    expect([prediction.x, prediction.y]).toEqual([50, 60]);
  });
});

describe('Replica', () => {
  it('keeps an entity that crosses between cells in view, whatever the order of their blocks', () => {
    for (const order of [
      [4, 5],
      [5, 4],
    ]) {
      const replica = new Replica();
      replica.apply(
        frame(1, [
          { cell: 4, all: [entity(1)] },
          { cell: 5, all: [] },
        ]),
      );
      const left = { cell: 4, left: [{ at: 0, to: 5 }] };
      const entered = { cell: 5, entered: [entity(1, { x: 10.5 })] };
      replica.apply(frame(2, order[0] === 4 ? [left, entered] : [entered, left]));
      expect(replica.entities.get(1)).toMatchObject({ cell: 5, x: 10.5 });
      expect(replica.entities.get(1)!.trail).toHaveLength(2);
    }
  });

  it('drops who left the view, the zone, or stands in a forgotten cell', () => {
    const replica = new Replica();
    replica.apply(
      frame(1, [
        { cell: 4, all: [entity(1), entity(2)] },
        { cell: 5, all: [entity(3)] },
      ]),
    );
    replica.apply(
      frame(2, [
        {
          cell: 4,
          left: [
            { at: 0, to: 9 },
            { at: 0, to: NO_CELL },
          ],
        },
        { cell: 5, forget: true },
      ]),
    );
    expect(replica.entities.size).toBe(0);
  });

  it('remembers where one walked, and that it stood until it began', () => {
    const replica = new Replica();
    replica.apply(frame(1, [{ cell: 4, all: [entity(1)] }]));
    replica.apply(frame(11, [{ cell: 4, stepped: [{ at: 0, step: packStep(4, -4) }] }]));
    const { trail } = replica.entities.get(1)!;
    expect(placeOnTrail(trail, 11, 5)).toEqual({ x: 10, y: 10 });
    expect(placeOnTrail(trail, 11, 10.5)).toEqual({ x: 10.125, y: 9.875 });
    expect(placeOnTrail(trail, 20, 20)).toEqual({ x: 10.25, y: 9.75 });
  });

  it('keeps the order of a roster: newcomers last, the last in place of who goes', () => {
    const replica = new Replica();
    replica.apply(frame(1, [{ cell: 4, all: [entity(1), entity(2), entity(3)] }]));
    const left = [{ at: 0, to: NO_CELL }];
    const steps = Uint8Array.of(packStep(1, 0), STILL, packStep(0, 2));
    const acked = [{ at: 1, ack: 8 }];
    const changed = [{ at: 2, health: 7 }];
    replica.apply(frame(2, [{ cell: 4, left, entered: [entity(9)], steps, acked, changed }]));
    const seen = [...replica.entities.values()].map(({ id, x, y, ack, health }) => [id, x, y, ack, health]);
    expect(seen).toEqual([
      [2, 10, 10, 8, 100],
      [3, 10.0625, 10, 0, 100],
      [9, 10, 10.125, 0, 7],
    ]);
  });

  it.each<[string, Cell]>([
    ['a place where nobody stands', { cell: 4, changed: [{ at: 1, health: 3 }] }],
    ['a cell that is not in view', { cell: 9, stepped: [{ at: 0, step: STILL }] }],
    ['a newcomer in a cell that is not in view', { cell: 9, entered: [entity(2)] }],
    ['steps of more than there are', { cell: 4, steps: Uint8Array.of(STILL, STILL) }],
    ['acks of fewer than there are', { cell: 4, acks: new Uint8Array() }],
    ['one that is in no view any more', { cell: 5, stepped: [{ at: 0, step: STILL }] }],
  ])('refuses a frame with %s', (_what, cell) => {
    const replica = new Replica();
    replica.apply(
      frame(1, [
        { cell: 4, all: [entity(1)] },
        { cell: 5, all: [entity(7)] },
      ]),
    );
    replica.apply(frame(2, [{ cell: 5, forget: true }]));
    expect(() => replica.apply(frame(3, [cell]))).toThrow(MalformedFrame);
  });

  it('begins anew on a reset', () => {
    const replica = new Replica();
    replica.apply(frame(1, [{ cell: 4, all: [entity(1)] }]));
    replica.apply(frame(90, [{ cell: 7, all: [entity(2)] }], true));
    expect([...replica.entities.keys()]).toEqual([2]);
  });
});
