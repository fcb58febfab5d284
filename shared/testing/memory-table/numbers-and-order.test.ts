import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from './byte-order.ts';
import { nativeNumber, numberBytes, sumOf } from './decimal.ts';

describe('decimal numbers', () => {
  it('add up exactly', () => {
    expect(sumOf(0.1, 0.2)).toBe(0.3);
    expect(sumOf(1.1, -1.1)).toBe(0);
    expect(sumOf(Number.MAX_SAFE_INTEGER, 1)).toBe(2n ** 53n);
    expect(sumOf(2n ** 53n, -1)).toBe(Number.MAX_SAFE_INTEGER);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), fc.maxSafeInteger(), (one, other) => {
        expect(BigInt(sumOf(nativeNumber(one), other))).toBe(one + BigInt(other));
      }),
    );
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(cents, cents, (one, other) => {
        expect(sumOf(one / 100, other / 100)).toBe((one + other) / 100);
      }),
    );
  });

  it('say so where a JavaScript number would lose digits', () => {
    expect(() => sumOf(1_765_432_100_123, 0.000_001)).toThrow('cannot hold');
  });

  it('have at most 38 digits, and a range', () => {
    expect(() => nativeNumber(10n ** 38n + 1n)).toThrow('38 digits');
    expect(() => nativeNumber(10n ** 126n)).toThrow('overflow');
    expect(() => nativeNumber(1e-131)).toThrow('underflow');
    expect(nativeNumber(10n ** 125n)).toBe(10n ** 125n);
  });

  it('take as many bytes whatever they are written as', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(numberBytes(value)).toBe(numberBytes(BigInt(value)));
      }),
      { examples: [[0]] },
    );
  });
});

it('texts are in the order of their UTF-8 bytes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 4 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(Math.sign(compareBytes(one, other))).toBe(Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
    { numRuns: 1_000 },
  );
});
