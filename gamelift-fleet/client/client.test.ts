import { describe, expect, it } from 'vitest';
import { NO_CELL, packStep } from '#shared/contract/zone-protocol.ts';
import { Prediction } from './prediction.ts';
import { Replica, type TickFrame } from './replica.ts';

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

const frame = (tick: number, cells: TickFrame['cells'], reset = 0): TickFrame => ({ tick, reset, cells });

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
      replica.apply(frame(1, [{ cell: 4, all: [entity(1)] }]));
      const left = { cell: 4, left: [{ id: 1, to: 5 }] };
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
            { id: 1, to: 9 },
            { id: 2, to: NO_CELL },
          ],
        },
        { cell: 5, forget: true },
      ]),
    );
    expect(replica.entities.size).toBe(0);
  });

  it('shows movement between ticks, and standing until it began', () => {
    const replica = new Replica();
    replica.apply(frame(1, [{ cell: 4, all: [entity(1)] }]));
    replica.apply(frame(11, [{ cell: 4, changed: [{ id: 1, step: packStep(4, -4) }] }]));
    const one = replica.entities.get(1)!;
    expect(replica.placeAt(one, 5)).toMatchObject({ x: 10, y: 10 });
    expect(replica.placeAt(one, 10.5)).toEqual({ x: 10.125, y: 9.875 });
    expect(replica.placeAt(one, 20)).toMatchObject({ x: 10.25, y: 9.75 });
  });

  it('begins anew on a reset', () => {
    const replica = new Replica();
    replica.apply(frame(1, [{ cell: 4, all: [entity(1)] }]));
    replica.apply(frame(90, [{ cell: 7, all: [entity(2)] }], 1));
    expect([...replica.entities.keys()]).toEqual([2]);
  });
});
