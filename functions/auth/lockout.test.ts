import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import { emailHash, normalizeEmail } from './email.ts';
import { bucketsOf, delayAfter, type LoginLock, reserveAttempt, windowStartOf } from './lockout.ts';
import { networkOf, truncatedNetworkOf } from './networks.ts';

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

  it('knows an IPv4 address inside an IPv6 one, and makes something of anything', () => {
    expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(truncatedNetworkOf('::ffff:203.0.113.7')).toBe('203.0.113.0/24');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::');
    expect([networkOf('nonsense'), truncatedNetworkOf('nonsense'), truncatedNetworkOf('')]).toEqual([
      'nonsense',
      'unknown',
      'unknown',
    ]);
  });

  it('tells others no more of an address than its /24 or /48', () => {
    expect(truncatedNetworkOf('203.0.113.7')).toBe('203.0.113.0/24');
    expect(truncatedNetworkOf('2001:0db8:1:2::1')).toBe('2001:db8:1::/48');
  });

  it('counts a caller with their customer line, their neighbourhood and, where it is told, their provider', () => {
    expect(bucketsOf({ ip: '203.0.113.7' })).toEqual([
      { network: '203.0.113.7', limit: 20, whenFull: 'wait' },
      { network: '203.0.113.0/24', limit: 100, whenFull: 'wait' },
    ]);
    expect(
      bucketsOf({ ip: '2001:db8:1:2::1', asn: '64496' }).map(({ network, whenFull }) => [network, whenFull]),
    ).toEqual([
      ['2001:db8:1:2::', 'wait'],
      ['2001:db8:1::/48', 'wait'],
      ['AS64496', 'work'],
    ]);
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
