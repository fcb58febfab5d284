import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { newRecoveryCode, newRecoveryCodes, recoveryHash } from './recovery-codes.ts';
import { type AttemptLock, delayAfter, lockoutLimits, reserveAttempt } from './rules.ts';
import { isOutdated, open, parseSealingKeys, seal } from './seal.ts';
import { RecoveryCode } from './shapes.ts';

describe('the lockout', () => {
  it('lets five mistakes pass, then waits longer and longer, up to six hours', () => {
    expect([1, 4, 5, 6, 7, 14, 15, 1_000].map(delayAfter)).toEqual([
      0,
      0,
      30 * SECOND_MS,
      60 * SECOND_MS,
      120 * SECOND_MS,
      4 * HOUR_MS + 16 * 60 * SECOND_MS,
      6 * HOUR_MS,
      6 * HOUR_MS,
    ]);
  });

  it('gives somebody who tries all year a chance of less than one in two hundred', () => {
    let lock: AttemptLock | undefined;
    let nowMs = 0;
    let tried = 0;
    while (nowMs < 365 * DAY_MS) {
      const reserved = reserveAttempt(lock, nowMs);
      if ('waitMs' in reserved) nowMs += reserved.waitMs;
      else {
        lock = reserved.lock;
        tried += 1;
      }
    }
    expect((3 * tried) / 1_000_000).toBeLessThan(1 / 200);
    expect(tried).toBeGreaterThan(365);
  });

  it('says how long to wait, and counts nothing meanwhile', () => {
    const lock = { failures: 6, lockedUntilMs: 100_000, lastAttemptMs: 40_000 };
    expect(reserveAttempt(lock, 99_999)).toEqual({ waitMs: 1 });
    expect(reserveAttempt(lock, 100_000)).toMatchObject({ lock: { failures: 7 } });
    expect(reserveAttempt(lock, 40_000 + lockoutLimits.forgetAfterMs)).toMatchObject({ lock: { failures: 1 } });
  });
});

describe('recovery codes', () => {
  const accountId = createId('acc');

  it('are ten, each of 120 bits in an alphabet that nobody misreads', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}$/);
      expect(RecoveryCode.safeParse(code).success).toBe(true);
    }
  });

  it('use the whole alphabet evenly', () => {
    const counts = new Map<string, number>();
    const total = 24 * 2_000;
    for (let made = 0; made < 2_000; made += 1) {
      for (const character of newRecoveryCode().replaceAll('-', '')) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(32);
    const chiSquared = [...counts.values()].reduce((sum, seen) => sum + (seen - total / 32) ** 2 / (total / 32), 0);
    // 31 degrees of freedom: one run in a million is above 80.
    expect(chiSquared).toBeLessThan(80);
  });

  it('are the same however they are typed, and another account’s never', () => {
    const hash = recoveryHash(accountId, '0Q1M-K4XV-9H3T-B6WD-1ZRN-C8PE');
    for (const typed of [
      'oqimk4xv9h3tb6wdlzrnc8pe',
      ' 0Q1M K4XV 9H3T B6WD IZRN C8PE',
      'OQLM-K4XV-9H3T-B6WD-1ZRN-C8PE',
    ]) {
      expect(recoveryHash(accountId, typed)).toBe(hash);
    }
    expect(recoveryHash(accountId, '0Q1M-K4XV-9H3T-B6WD-1ZRN-C8PF')).not.toBe(hash);
    expect(recoveryHash(createId('acc'), '0Q1M-K4XV-9H3T-B6WD-1ZRN-C8PE')).not.toBe(hash);
  });
});

describe('a sealed secret', () => {
  const accountId = createId('acc');
  const old = 'a'.repeat(64);
  const keys = parseSealingKeys(old);

  it('opens to what it was, and never looks the same', () => {
    fc.assert(
      fc.property(fc.string(), (plain) => {
        const [one, two] = [seal(keys, accountId, plain), seal(keys, accountId, plain)];
        expect(open(keys, accountId, one)).toBe(plain);
        expect(one).not.toBe(two);
      }),
      { verbose: 1 },
    );
  });

  it('does not open once a character has changed, in another account’s row, or with another key', () => {
    const sealed = seal(keys, accountId, 'JBSWY3DPEHPK3PXP');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'B' ? 'C' : 'B'}${sealed.slice(at + 1)}`;
      // The last characters of base64url may differ in bits that stand for nothing.
      const isSame = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
        Buffer.from(sealed.split('.')[2]!, 'base64url'),
      );
      if (!isSame || !changed.startsWith(sealed.slice(0, sealed.lastIndexOf('.') + 1))) {
        expect(() => open(keys, accountId, changed), `character ${at}`).toThrow();
      }
    }
    expect(() => open(keys, createId('acc'), sealed)).toThrow();
    expect(() => open(parseSealingKeys('b'.repeat(64)), accountId, sealed)).toThrow();
  });

  it('still opens while the key is being changed, and is known to be of the old one', () => {
    const sealed = seal(keys, accountId, 'JBSWY3DPEHPK3PXP');
    const both = parseSealingKeys(JSON.stringify({ current: 'k2', keys: { k1: old, k2: 'c'.repeat(64) } }));
    expect(isOutdated(keys, sealed)).toBe(false);
    expect(isOutdated(both, sealed)).toBe(true);
    expect(open(both, accountId, sealed)).toBe('JBSWY3DPEHPK3PXP');
    const resealed = seal(both, accountId, 'JBSWY3DPEHPK3PXP');
    expect(resealed.startsWith('k2.')).toBe(true);
    expect(() => open(keys, accountId, resealed)).toThrow(/k2/);
    expect(() => parseSealingKeys('{"current":"k3","keys":{"k1":"short"}}')).toThrow();
  });
});
