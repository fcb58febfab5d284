import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import { deletionAtMs, mayTakeName, nextStepOf, restorableUntilMs, statusOf } from './rules.ts';

const NOW = Date.UTC(2026, 10, 22);

describe('the status of a character', () => {
  it.each([
    [{}, 'ACTIVE', undefined],
    [{ deletesAtMs: NOW }, 'DELETING', { step: 'delete', atMs: NOW }],
    [{ deletedAtMs: NOW }, 'DELETED', { step: 'purge', atMs: NOW + 30 * DAY_MS }],
  ] as const)('of %o is %s', (character, status, next) => {
    expect(statusOf(character)).toBe(status);
    expect(nextStepOf(character)).toEqual(next);
  });

  it('lets a deleted one be restored for 30 days, and no other', () => {
    expect(restorableUntilMs({ deletedAtMs: NOW })).toBe(NOW + 30 * DAY_MS);
    expect(restorableUntilMs({ deletesAtMs: NOW })).toBeUndefined();
  });
});

describe('a deletion', () => {
  it.each([
    [1, 0],
    [19, 0],
    [20, 24 * HOUR_MS],
    [30, 24 * HOUR_MS],
  ])('at level %i takes effect after %i ms', (level, afterMs) => {
    expect(deletionAtMs(level, NOW)).toBe(NOW + afterMs);
  });
});

describe('a name', () => {
  const claim = { characterId: 'chr_1', accountId: 'acc_1' };

  it('that nobody has is anybody’s, and one in use nobody’s', () => {
    expect(mayTakeName(undefined, 'acc_1', NOW)).toBe(true);
    expect(mayTakeName(claim, 'acc_1', NOW)).toBe(false);
  });

  it('that was given up is held for its account until the hold ends, then anybody’s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * DAY_MS }), fc.boolean(), (passedMs, isOwn) => {
        const held = { ...claim, heldUntilMs: NOW + 30 * DAY_MS };
        const may = mayTakeName(held, isOwn ? 'acc_1' : 'acc_2', NOW + passedMs);
        expect(may).toBe(isOwn || passedMs >= 30 * DAY_MS);
      }),
    );
  });
});
