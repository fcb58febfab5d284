import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { items } from '#content/items.ts';
import { vendors } from '#content/vendors.ts';
import { GameError } from '#shared/contract/errors.ts';
import { isInReach, isJunk, junkKinds, purchasePrice, saleValue, VENDOR_REACH_M } from './rules.ts';

const anyTemplate = fc.constantFrom(...items.all);
const anyItem = fc.record({
  count: fc.integer({ min: 1, max: 200 }),
  bind: fc.constantFrom('none' as const, 'character' as const, 'account' as const, 'quest' as const),
});

describe('what a vendor pays', () => {
  it('is the value of one for each, and nothing for what belongs to quests or is worth nothing', () => {
    fc.assert(
      fc.property(anyTemplate, anyItem, (template, item) => {
        const value = saleValue(template, item);
        const isRefused = template.kind === 'quest' || item.bind === 'quest' || template.vendorValue === 0;
        expect(value).toBe(isRefused ? undefined : BigInt(template.vendorValue) * BigInt(item.count));
      }),
    );
  });

  it('minds no bind but that to a quest', () => {
    const blade = items.get('first-light');
    expect(saleValue(blade, { count: 1, bind: 'character' })).toBe(1_500n);
    expect(saleValue(blade, { count: 1, bind: 'quest' })).toBeUndefined();
  });

  it('is never more than what the same things cost', () => {
    for (const { stock } of vendors.all) {
      for (const { item, price } of stock) {
        const template = items.get(item);
        const count = template.maxStack;
        const paid = purchasePrice({ price, requiredLevel: 1 }, template, {
          count,
          unitPrice: BigInt(price),
          level: 30,
          classId: template.classes[0] ?? 'gunhand',
        });
        expect(saleValue(template, { count, bind: 'none' })! < paid).toBe(true);
      }
    }
  });
});

describe('junk', () => {
  it('is common, of the kinds that the player says, and worth something', () => {
    fc.assert(
      fc.property(anyTemplate, anyItem, fc.subarray([...junkKinds]), (template, item, kinds) => {
        const isWanted = kinds.some((kind) => kind === template.kind) && template.quality === 'common';
        expect(isJunk(template, item, kinds)).toBe(isWanted && saleValue(template, item) !== undefined);
      }),
    );
  });
});

describe('a purchase', () => {
  const stock = { price: 12, requiredLevel: 5 };
  const template = { maxStack: 20, classes: ['gunhand' as const] };
  const wish = { count: 3, unitPrice: 12n, level: 5, classId: 'gunhand' };
  const refusal = (change: Partial<typeof wish>) => {
    try {
      return purchasePrice(stock, template, { ...wish, ...change });
    } catch (error) {
      return error instanceof GameError ? error.code : error;
    }
  };

  it('costs the price of one for each', () => {
    expect(refusal({})).toBe(36n);
    expect(refusal({ count: 20 })).toBe(240n);
  });

  it.each([
    [{ unitPrice: 11n }, 'vendor.price_changed'],
    [{ unitPrice: 13n }, 'vendor.price_changed'],
    [{ level: 4 }, 'vendor.level_too_low'],
    [{ classId: 'breaker' }, 'vendor.class_not_served'],
    [{ count: 21 }, 'vendor.too_many'],
  ])('is refused with %o', (change, code) => {
    expect(refusal(change)).toBe(code);
  });
});

describe('the way to a vendor', () => {
  const at = { x: 100, y: 50, radiusM: 4 };
  const east = (metres: number) => ({ x: at.x + metres, y: at.y });

  it('is known to the metre of somebody who was seen just now', () => {
    expect(isInReach(east(at.radiusM + VENDOR_REACH_M), 0, at)).toBe(true);
    expect(isInReach(east(at.radiusM + VENDOR_REACH_M + 0.1), 0, at)).toBe(false);
  });

  it('has room for what one can have run since one was seen, and for no more', () => {
    const agoMs = fc.integer({ min: 0, max: 30_000 });
    const speed = fc.double({ min: 0, max: 6, noNaN: true });
    fc.assert(
      fc.property(agoMs, speed, (ago, mps) => {
        expect(isInReach(east(at.radiusM + (mps * ago) / 1_000), ago, at)).toBe(true);
        expect(isInReach(east(at.radiusM + VENDOR_REACH_M + (7 * ago) / 1_000 + 0.1), ago, at)).toBe(false);
      }),
    );
  });
});
