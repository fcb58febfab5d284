import { items as itemTemplates } from '#content/items.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listBuyBacks } from '../contract.ts';
import { vendorOf } from '../counter.ts';
import { vendorLimits } from '../rules.ts';
import { listSales } from '../store.ts';

export const handler = endpointHandler(listBuyBacks, async ({ input, actor }) => {
  vendorOf(input.params.vendorId);
  const sales = await listSales(actor.characterId, vendorLimits.buyBacks);
  return {
    buyBacks: sales.map(({ itemId, templateId, count, currency, price, soldAtMs }) => ({
      itemId,
      templateId,
      quality: itemTemplates.get(templateId).quality,
      count,
      currency,
      price: formatAmount(price),
      soldAt: toIso(soldAtMs),
    })),
  };
});
