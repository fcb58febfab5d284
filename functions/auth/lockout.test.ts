import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { emailHash, normalizeEmail } from './email.ts';
import { delayAfter, type LoginLock, networkOf, reserveAttempt, windowStartOf } from './lockout.ts';

describe('lockout', () => {
  it('lets four wrong passwords pass, then doubles the wait from one second to 15 minutes', () => {
    expect([1, 4, 5, 6, 7, 14, 15, 1_000].map(delayAfter)).toEqual([
      0,
      0,
      1_000,
      2_000,
      4_000,
      512_000,
      15 * MINUTE_MS,
      15 * MINUTE_MS,
    ]);
  });

  it('counts an attempt when it begins, and refuses while the wait lasts', () => {
    let lock: LoginLock | undefined;
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const reserved = reserveAttempt(lock, 1_000);
      if (!('lock' in reserved)) throw new Error(`attempt ${attempt} was refused`);
      lock = reserved.lock;
    }
    expect(reserveAttempt(lock, 1_500)).toEqual({ waitMs: 500 });
    expect(reserveAttempt(lock, 2_000)).toEqual({ lock: { failures: 6, lockedUntilMs: 4_000, lastAttemptMs: 2_000 } });
  });

  it('forgets after a quiet day', () => {
    const lock = { failures: 30, lockedUntilMs: 0, lastAttemptMs: 0 };
    expect(reserveAttempt(lock, DAY_MS)).toMatchObject({ lock: { failures: 1 } });
  });

  it('takes an IPv6 /64 for one network and an IPv4 address for itself', () => {
    expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
    expect(networkOf('2001:db8:1:2:aaaa:bbbb:cccc:dddd')).toBe('2001:db8:1:2::');
    expect(networkOf('2001:0db8:1:2::1')).toBe('2001:db8:1:2::');
    expect(networkOf('::1')).toBe('0:0:0:0::');
    expect(networkOf('2001:db8::5:6:7:8')).toBe('2001:db8:0:0::');
  });

  it('cuts time into windows', () => {
    expect([0, 599_999, 600_000].map((nowMs) => windowStartOf(nowMs, 600_000))).toEqual([0, 0, 600_000]);
  });
});

describe('e-mail address', () => {
  it('is the same address in any case, and its hash tells nothing of it', () => {
    expect(normalizeEmail('V.Ray@Example.COM')).toBe('v.ray@example.com');
    expect(emailHash('V.Ray@Example.COM')).toBe(emailHash('v.ray@example.com'));
    expect(emailHash('vray@example.com')).not.toBe(emailHash('v.ray@example.com'));
    expect(emailHash('v.ray@example.com')).toMatch(/^[\w-]{43}$/);
  });
});
