import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualities } from '#content/quality.ts';
import { actLimits, stacksOf, worthOf } from './rules.ts';

const piece = fc.record({
  quality: fc.constantFrom(...qualities),
  vendorValue: fc.nat({ max: 10_000_000 }),
  count: fc.integer({ min: 1, max: 1_000 }),
});
const sum = fc.record({
  currency: fc.constantFrom('eddies', 'neon-tokens', 'festival-chits', 'of-tomorrow'),
  amount: fc.bigInt({ min: 1n, max: 9_000_000_000_000_000n }),
});

describe('what an act is worth', () => {
  it('is never less than any part of it, and is the same in whatever order and however it is cut', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.array(sum), (pieces, money) => {
        const whole = worthOf(pieces, money);
        const parts = [...pieces.map((one) => worthOf([one], [])), ...money.map((one) => worthOf([], [one]))];
        expect(parts.reduce((total, one) => total + one, 0n)).toBe(whole);
        for (const part of parts) expect(part > 0n && part <= whole).toBe(true);
      }),
    );
  });

  it('counts what vendors pay, or what a thing of its quality is worth at least', () => {
    expect(worthOf([{ quality: 'common', vendorValue: 7, count: 3 }], [])).toBe(21n);
    expect(worthOf([{ quality: 'common', vendorValue: 0, count: 3 }], [])).toBe(3n);
    expect(worthOf([{ quality: 'legendary', vendorValue: 5, count: 1 }], []) > actLimits.aloneInADay).toBe(true);
  });

  it('is more than anybody moves alone, of a currency that nobody has rated', () => {
    expect(worthOf([], [{ currency: 'of-tomorrow', amount: 1n }]) > actLimits.aloneInADay).toBe(true);
  });
});

it('counts started stacks', () => {
  expect([stacksOf(1, 1), stacksOf(200, 100), stacksOf(201, 100)]).toEqual([1, 2, 3]);
});
