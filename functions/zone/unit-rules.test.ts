import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId, type Id } from '#shared/kernel/ids.ts';
import { chooseLayer, countVisit, instanceLimits, judgeLock, layerLimits, layerToOpen } from './unit-rules.ts';

const { softCap, fullAt } = layerLimits;
const live = (...players: readonly number[]) =>
  players.map((count, index) => ({ layer: index + 1, isLive: true, players: count }));

describe('the layer of a newcomer', () => {
  it('is that of its party while there is any room, the leader’s first', () => {
    expect(chooseLayer(live(10, fullAt - 1, 500), [2, 1])).toBe(2);
    expect(chooseLayer(live(10, fullAt, 500), [2, 1])).toBe(1);
  });

  it('is otherwise the fullest below the soft cap, and above that the emptiest', () => {
    expect(chooseLayer(live(10, softCap, 500), [])).toBe(3);
    expect(chooseLayer(live(fullAt - 1, softCap + 1), [])).toBe(2);
  });

  it('is never a full one, or one that nobody runs', () => {
    const anyLayer = fc.record({
      layer: fc.integer({ min: 1, max: 20 }),
      isLive: fc.boolean(),
      players: fc.integer({ min: 0, max: fullAt + 5 }),
    });
    const layers = fc.uniqueArray(anyLayer, { selector: ({ layer }) => layer, maxLength: 20 });
    fc.assert(
      fc.property(layers, fc.array(fc.integer({ min: 1, max: 20 })), (all, companions) => {
        const chosen = all.find(({ layer }) => layer === chooseLayer(all, companions));
        const isRoomy = (one: (typeof all)[number]) => one.isLive && one.players < fullAt;
        expect(chosen === undefined ? all.some(isRoomy) : !isRoomy(chosen)).toBe(false);
      }),
    );
  });

  it('is joined by another one when all are crowded, the lowest that is not there', () => {
    expect(layerToOpen(live(softCap, softCap))).toBe(3);
    expect(layerToOpen([...live(softCap), { layer: 3, isLive: true, players: softCap }])).toBe(2);
    expect(layerToOpen(live(softCap, softCap - 1))).toBeUndefined();
    expect(layerToOpen([{ layer: 1, isLive: false, players: 0 }])).toBeUndefined();
    expect(layerToOpen(live(...Array.from({ length: 20 }, () => softCap)))).toBeUndefined();
  });
});

describe('new instances of an account', () => {
  it('are at most five within any hour, and known ones do not count again', () => {
    const known = createId('ins');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 * 60_000 })), { maxLength: 30 }),
        (steps) => {
          let visits: readonly { readonly instanceId: Id<'ins'>; readonly atMs: number }[] = [];
          let nowMs = 0;
          const admitted = new Map<string, number>();
          for (const [isKnown, passedMs] of steps) {
            nowMs += passedMs;
            const instanceId = isKnown ? known : createId('ins');
            const counted = countVisit(visits, instanceId, nowMs);
            if ('freeAtMs' in counted) {
              expect(counted.freeAtMs).toBeGreaterThan(nowMs);
              continue;
            }
            visits = counted.visits;
            admitted.set(instanceId, visits.find((visit) => visit.instanceId === instanceId)!.atMs);
            const recent = [...admitted.values()].filter((atMs) => nowMs - atMs < instanceLimits.quotaWindowMs);
            expect(recent.length).toBeLessThanOrEqual(instanceLimits.perHour);
            expect(visits.length).toBeLessThanOrEqual(instanceLimits.perHour);
          }
        },
      ),
    );
  });
});

describe('a lock', () => {
  const instanceId = createId('ins');
  const lock = (period: string, ...bosses: string[]) => ({ period, instanceId, bosses });

  it('keeps a character from bosses that it has done in the period', () => {
    expect(judgeLock(lock('p1', 'cantor'), { instanceId: createId('ins'), deadBosses: [] }, 'p1')).toBe('locked');
    expect(judgeLock(lock('p1', 'cantor'), { instanceId: createId('ins'), deadBosses: [] }, 'p2')).toBe('free');
  });

  it('asks before kills of others are taken over, and not about one’s own', () => {
    expect(judgeLock(undefined, { instanceId, deadBosses: ['cantor'] }, 'p1')).toBe('confirm');
    expect(judgeLock(lock('p1', 'cantor'), { instanceId, deadBosses: ['cantor'] }, 'p1')).toBe('free');
    expect(
      judgeLock(lock('p1', 'cantor'), { instanceId: createId('ins'), deadBosses: ['cantor', 'choir'] }, 'p1'),
    ).toBe('confirm');
    expect(judgeLock(undefined, { instanceId, deadBosses: [] }, 'p1')).toBe('free');
  });
});
