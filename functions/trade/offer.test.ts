import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { MAX_AMOUNT } from '#shared/kernel/money.ts';
import { isSameOffer, type Offer, offerHash, offerValue, valueGap } from './offer.ts';
import { dailyAllowance, dailyAllowances, tradeLimits } from './rules.ts';

const tradeId = deriveId('trd', 'test');
const [ada, bea] = [deriveId('chr', 'Ada'), deriveId('chr', 'Bea')];

const someItem = fc.record({
  itemId: fc.nat({ max: 20 }).map((number) => deriveId('itm', number)),
  ver: fc.integer({ min: 1, max: 3 }),
  templateId: fc.constantFrom('scrap-alloy', 'fusion-bead'),
  count: fc.integer({ min: 1, max: 100 }),
});
const someOffer: fc.Arbitrary<Offer> = fc.record({
  items: fc.uniqueArray(someItem, { maxLength: tradeLimits.items, selector: ({ itemId }) => itemId }),
  money: fc.oneof(
    fc.constant([]),
    fc.bigInt({ min: 1n, max: MAX_AMOUNT }).map((amount) => [{ currency: SOFT_CURRENCY, amount }]),
  ),
});

describe('the hash of an offer', () => {
  const hash = (version: number, first: Offer, second: Offer) =>
    offerHash(tradeId, version, [
      { characterId: ada, offer: first },
      { characterId: bea, offer: second },
    ]);

  it('is the same from both sides, and in whatever order the items are', () => {
    fc.assert(
      fc.property(someOffer, someOffer, (first, second) => {
        const mirrored = offerHash(tradeId, 1, [
          { characterId: bea, offer: { ...second, items: second.items.toReversed() } },
          { characterId: ada, offer: first },
        ]);
        expect(mirrored).toBe(hash(1, first, second));
      }),
    );
  });

  it('differs by every offer and version', () => {
    fc.assert(
      fc.property(someOffer, someOffer, someOffer, (first, second, third) => {
        expect(hash(1, first, second) === hash(1, first, third)).toBe(isSameOffer(second, third));
        expect(hash(1, first, second)).not.toBe(hash(2, first, second));
        expect(hash(1, first, second) === hash(1, second, first)).toBe(isSameOffer(first, second));
      }),
    );
  });
});

describe('the value of an offer', () => {
  it('is what a vendor would pay, and the money', () => {
    const items = [
      { itemId: deriveId('itm', 1), ver: 1, templateId: 'fusion-bead', count: 3 },
      { itemId: deriveId('itm', 2), ver: 1, templateId: 'scrap-alloy', count: 10 },
    ];
    expect(offerValue({ items, money: [{ currency: SOFT_CURRENCY, amount: 1_000n }] })).toBe(42n * 3n + 10n + 1_000n);
    expect(offerValue({ items: [], money: [{ currency: 'another-coin', amount: 9n }] })).toBe(0n);
  });

  it('warns above ten times, of gifts always, and of nothing never', () => {
    expect(valueGap(10n, 1n)).toBe('none');
    expect(valueGap(11n, 1n)).toBe('you_give_more');
    expect(valueGap(1n, 11n)).toBe('you_get_more');
    expect(valueGap(1n, 0n)).toBe('you_give_more');
    expect(valueGap(0n, 0n)).toBe('none');
  });

  it('looks mirrored from the other side', () => {
    const mirror = { none: 'none', you_give_more: 'you_get_more', you_get_more: 'you_give_more' } as const;
    const value = fc.bigInt({ min: 0n, max: 2n * MAX_AMOUNT });
    fc.assert(
      fc.property(value, value, (given, got) => {
        expect(valueGap(got, given)).toBe(mirror[valueGap(given, got)]);
      }),
    );
  });
});

describe('what an account may give away in a day', () => {
  it('is little while it is young, more later, and without a limit with a second factor', () => {
    const allowed = (ageMs: number, hasSecondFactor = false) => dailyAllowance({ ageMs, hasSecondFactor });
    expect(allowed(0)).toBe(dailyAllowances[0].valueMinor);
    expect(allowed(72 * HOUR_MS)).toBe(dailyAllowances[1].valueMinor);
    expect(allowed(0, true)).toBeUndefined();
  });
});
