import { items as itemTemplates } from '#content/items.ts';
import { settle, settling } from '#functions/settlement/public.ts';
import { presenceOf } from '#functions/zone/public.ts';
import { formatAmount, parseAmount } from '#shared/kernel/money.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { requireBank } from '../bank.ts';
import { repairItems } from '../contract-use.ts';
import { REPAIR_CURRENCY, REPAIR_SINK, repairPrice } from '../repair-price.ts';
import { repairSettlement, type Stay } from '../settlement.ts';
import { readItems } from '../store.ts';

/** The things are in escrow while the ledger decides, so that nothing wears them in between. */
export const handler = endpointHandler(
  repairItems,
  ({ input, actor, operation, fail }) =>
    withConflictRetry(async () => {
      const { accountId, characterId } = actor;
      const itemIds = [...new Set(input.body.itemIds)];
      const [found, presence] = await Promise.all([
        readItems(itemIds),
        presenceOf(characterId),
        requireBank(characterId),
      ]);
      const repairs = itemIds.map((itemId) => {
        const item = found.get(itemId);
        if (item?.holder !== characterId) throw fail('inventory.item_not_found');
        const template = itemTemplates.get(item.templateId);
        const lost = template.durability - (item.durability ?? template.durability);
        if (lost <= 0) throw fail('inventory.not_worn_out', { itemId });
        const { templateId, ver } = item;
        return { itemId, templateId, ver, durability: template.durability, lost, price: repairPrice(template, lost) };
      });
      const price = repairs.reduce((sum, repair) => sum + repair.price, 0n);
      const { maxPrice } = input.body;
      if (maxPrice !== undefined && price > parseAmount(maxPrice)) {
        throw fail('inventory.too_dear', { price: formatAmount(price), currency: REPAIR_CURRENCY });
      }
      const stay =
        presence?.zoneId === undefined || presence.epoch === undefined
          ? {}
          : { stay: stayIn({ ...presence, zoneId: presence.zoneId, epoch: presence.epoch }) };
      return settle(operation, {
        settlement: repairSettlement,
        context: {
          accountId,
          characterId,
          currency: REPAIR_CURRENCY,
          price: formatAmount(price),
          items: repairs.map(({ price: _price, ...repair }) => repair),
          ...stay,
        },
        reason: 'item-repair',
        items: repairs.map(({ itemId, ver, durability }) => ({
          kind: 'keep' as const,
          itemId,
          ver,
          from: characterId,
          change: { durability },
        })),
        money: [{ currency: REPAIR_CURRENCY, from: characterId, to: REPAIR_SINK, amount: price }],
      });
    }),
  settling(repairSettlement),
);

/** What the settlement keeps of a presence: who, and the stay. */
function stayIn({ accountId, characterId, sessionId, zoneId, epoch, ver }: Stay): Stay {
  return { accountId, characterId, sessionId, zoneId, epoch, ver };
}
