import { items as itemTemplates } from '#content/items.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { settling } from '#functions/settlement/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { sellJunk } from '../contract.ts';
import { vendorOf } from '../counter.ts';
import { isJunk, saleValue, vendorLimits } from '../rules.ts';
import { sellItems } from '../selling.ts';
import { sale } from '../settlement.ts';

/** The bag is read from an index that may lag: an item that has changed since is refused, and the call can be repeated. */
export const handler = endpointHandler(
  sellJunk,
  async ({ input, actor, nowMs, operation, fail }) => {
    const vendor = vendorOf(input.params.vendorId);
    return withConflictRetry(async () => {
      const junk = (await itemsOf(actor.characterId))
        .filter(({ container, expiresAtMs = Infinity }) => container === 'bag' && expiresAtMs > nowMs)
        .filter((item) => isJunk(itemTemplates.get(item.templateId), item, input.body.kinds))
        .slice(0, vendorLimits.junkPerSale);
      if (junk.length === 0) throw fail('vendor.nothing_to_sell');
      const priced = junk.map((item) => ({ item, price: saleValue(itemTemplates.get(item.templateId), item)! }));
      return sellItems(operation, actor, vendor, priced);
    });
  },
  settling(sale),
);
