import { items as itemTemplates } from '#content/items.ts';
import { lookAtItems } from '#functions/inventory/public.ts';
import { settling } from '#functions/settlement/public.ts';
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
      const [item] = await lookAtItems({ from: actor.characterId, items: [{ itemId, ver: version }] }, nowMs);
      const price = item && saleValue(itemTemplates.get(item.templateId), item);
      if (!item || price === undefined) throw fail('vendor.not_sellable');
      return sellItems(operation, actor, vendor, [{ item, price }]);
    });
  },
  settling(sale),
);
