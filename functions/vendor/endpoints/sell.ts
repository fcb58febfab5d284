import { items as itemTemplates } from '#content/items.ts';
import { lookAtItems } from '#functions/inventory/public.ts';
import { settling } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { sell } from '../contract.ts';
import { vendorOf } from '../counter.ts';
import { saleValue } from '../rules.ts';
import { sellItems } from '../selling.ts';
import { sale } from '../settlement.ts';

export const handler = endpointHandler(
  sell,
  async ({ input, actor, nowMs, operation, fail }) => {
    const { itemId, version } = input.body;
    const vendor = vendorOf(input.params.vendorId);
    return withConflictRetry(async () => {
      const look = lookAtItems({ from: actor.characterId, items: [{ itemId, ver: version }] }, nowMs);
      const [item] = await look.catch((error: unknown) => {
        // To the letter what is said of an item that there is not.
        throw error instanceof GameError && error.code === 'inventory.item_not_found' ? fail(error.code) : error;
      });
      const price = item && saleValue(itemTemplates.get(item.templateId), item);
      if (!item || price === undefined) throw fail('vendor.not_sellable');
      return sellItems(operation, actor, vendor, [{ item, price }]);
    });
  },
  settling(sale),
);
