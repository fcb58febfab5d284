import fc from 'fast-check';
import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { NO_COUNTER } from './rules.ts';
import { codeOf, counterAt, matchingCounter, newTotpSecret, otpauthUri, STEP_MS } from './totp.ts';

const secret = Secret.fromLatin1('12345678901234567890').base32;

/** RFC 6238, appendix B, SHA-1; six digits are the last six of its eight. */
const vectors: readonly [seconds: number, code: string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];

const instant = fc.integer({ min: 10 * STEP_MS, max: 4_000_000_000 * SECOND_MS });

describe('codes', () => {
  it.each(vectors)('are those of RFC 6238 at %i s', (seconds, code) => {
    expect(codeOf(secret, counterAt(seconds * SECOND_MS))).toBe(code.slice(-6));
    expect(matchingCounter(secret, code.slice(-6), seconds * SECOND_MS, NO_COUNTER)).toBe(Math.floor(seconds / 30));
  });

  it('fit one step around their own, and no further', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -3, max: 3 }), (nowMs, offset) => {
        const counter = counterAt(nowMs) + offset;
        const near = [-1, 0, 1].map((step) => codeOf(secret, counterAt(nowMs) + step));
        const code = codeOf(secret, counter);
        // Two steps may happen to share a code: then the earlier one is found.
        fc.pre(new Set([...near, code]).size === (Math.abs(offset) <= 1 ? 3 : 4));
        expect(matchingCounter(secret, code, nowMs, NO_COUNTER)).toBe(Math.abs(offset) <= 1 ? counter : undefined);
      }),
      { verbose: 1 },
    );
  });

  it('are good once, and those before them never again', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(-1, 0, 1), fc.constantFrom(-1, 0, 1), (nowMs, first, second) => {
        const now = counterAt(nowMs);
        const codes = [-1, 0, 1].map((step) => codeOf(secret, now + step));
        fc.pre(new Set(codes).size === 3);
        const lastCounter = matchingCounter(secret, codes[first + 1]!, nowMs, NO_COUNTER)!;
        const next = matchingCounter(secret, codes[second + 1]!, nowMs, lastCounter);
        expect(next).toBe(second > first ? now + second : undefined);
      }),
      { verbose: 1 },
    );
  });

  it('of another length or another secret fit nothing', () => {
    const nowMs = 59 * SECOND_MS;
    for (const code of ['', '28708', '94287082', '28708 ', '２８７０８２']) {
      expect(matchingCounter(secret, code, nowMs, NO_COUNTER)).toBeUndefined();
    }
    expect(matchingCounter(newTotpSecret(), '287082', nowMs, NO_COUNTER)).toBeUndefined();
  });
});

describe('a secret', () => {
  it('has 160 bits, and another each time', () => {
    const secrets = Array.from({ length: 50 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const one of secrets) expect(Secret.fromBase32(one).bytes).toHaveLength(20);
  });

  it('is handed to authenticators as they read it', () => {
    const uri = new URL(otpauthUri(secret, 'v@example.com'));
    expect(uri.protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri.pathname)).toContain('NECPGAME:v@example.com');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'NECPGAME',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
