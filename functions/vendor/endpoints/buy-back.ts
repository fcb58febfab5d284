import { buybackHolder } from '#functions/inventory/public.ts';
import { settle, settling } from '#functions/settlement/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { buyBack } from '../contract.ts';
import { atCounter, vendorOf } from '../counter.ts';
import { VENDOR_SINK, vendorLimits } from '../rules.ts';
import { buyingBack } from '../settlement.ts';
import { listSales } from '../store.ts';

/** Only the item itself says whether it can still be had: it is with the vendor for this character, or it is not. */
export const handler = endpointHandler(
  buyBack,
  async ({ input, actor, nowMs, operation, fail }) => {
    const { accountId, characterId } = actor;
    const { itemId } = input.params;
    const vendor = vendorOf(input.params.vendorId);
    const notFound = fail('vendor.buy_back_not_found');
    return withConflictRetry(async () => {
      const sales = await listSales(characterId, vendorLimits.buyBacks);
      const sold = sales.find((one) => one.itemId === itemId);
      if (!sold) throw notFound;
      const { currency, price, templateId, count, soldAtMs } = sold;
      try {
        return await settle(operation, {
          settlement: buyingBack,
          reason: 'vendor.buy-back',
          context: {
            accountId,
            characterId,
            vendorId: vendor.id,
            zoneId: vendor.zone,
            currency,
            sale: { itemId, templateId, count, price: formatAmount(price), soldAtMs },
          },
          items: [
            {
              kind: 'move',
              itemId,
              from: buybackHolder(characterId),
              bound: 'any',
              destination: { to: 'character', characterId, overflow: 'refuse' },
            },
          ],
          money: [{ currency, from: characterId, to: VENDOR_SINK, amount: price }],
          prepare: { writes: [await atCounter(characterId, vendor, nowMs)] },
        });
      } catch (error) {
        throw error instanceof GameError && error.code === 'inventory.item_not_found' ? notFound : error;
      }
    });
  },
  settling(buyingBack),
);
