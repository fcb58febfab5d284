import { SOFT_CURRENCY } from '#content/currencies.ts';
import { items as itemTemplates } from '#content/items.ts';
import { getCharacter } from '#functions/character/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { periodEndMs, periodKey } from '#shared/kernel/period-key.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewGoods } from '../contract.ts';
import { shownVendor, vendorOf } from '../counter.ts';
import { STOCK_TIME_ZONE } from '../rules.ts';
import { boughtOn } from '../store.ts';

export const handler = endpointHandler(viewGoods, async ({ input, actor, nowMs }) => {
  const vendor = vendorOf(input.params.vendorId);
  const character = await getCharacter(actor.characterId);
  const day = periodKey('daily', STOCK_TIME_ZONE, nowMs);
  const bought = character
    ? await boughtOn({ vendorId: vendor.id, realmId: character.realmId, day }, vendor.stock.length)
    : new Map<string, number>();
  return {
    vendor: shownVendor(vendor),
    currency: SOFT_CURRENCY,
    goods: vendor.stock.map(({ item, price, perDay, requiredLevel }) => {
      const { quality, maxStack } = itemTemplates.get(item);
      return {
        templateId: item,
        quality,
        unitPrice: String(price),
        maxCount: maxStack,
        requiredLevel,
        ...(perDay === null ? {} : { left: Math.max(0, perDay - (bought.get(item) ?? 0)) }),
      };
    }),
    resetsAt: toIso(periodEndMs('daily', STOCK_TIME_ZONE, nowMs)),
  };
});
