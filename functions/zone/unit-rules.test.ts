import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId, type Id } from '#shared/kernel/ids.ts';
import { countVisit, instanceLimits, judgeLock } from './unit-rules.ts';

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
