import { items as itemTemplates } from '#content/items.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewLink } from '../contract-use.ts';
import { isExpired } from '../give.ts';
import { isSink } from '../holders.ts';
import { readItem } from '../store.ts';

/** Nothing of it tells where the item is or whose. What is out of the game looks like what never was. */
export const handler = endpointHandler(viewLink, async ({ input, nowMs, fail }) => {
  const item = await readItem(input.params.itemId);
  if (!item || isSink(item.holder) || isExpired(item, nowMs)) throw fail('inventory.item_not_found');
  const { itemId, templateId, bind, durability, charges, expiresAtMs, tradeWindow } = item;
  const { quality, stats, weapon, durability: full } = itemTemplates.get(templateId);
  return {
    itemId,
    templateId,
    quality,
    bind,
    ...(durability === undefined ? {} : { durability: { left: durability, full } }),
    ...(charges === undefined ? {} : { charges }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: toIso(expiresAtMs) }),
    ...(tradeWindow === undefined ? {} : { tradeableUntil: toIso(tradeWindow.untilMs) }),
    stats,
    ...(weapon ? { weapon } : {}),
    isBroken: durability === 0,
  };
});
