import { SOFT_CURRENCY } from '#content/currencies.ts';
import { items as itemTemplates } from '#content/items.ts';
import { getCharacter } from '#functions/character/public.ts';
import { levelOf } from '#functions/progression/public.ts';
import { settle, settling } from '#functions/settlement/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { formatAmount, parseAmount } from '#shared/kernel/money.ts';
import { periodEndMs, periodKey } from '#shared/kernel/period-key.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { guarded } from '#shared/table/write.ts';
import { buy } from '../contract.ts';
import { atCounter, vendorOf } from '../counter.ts';
import { purchasePrice, STOCK_TIME_ZONE, VENDOR_SINK } from '../rules.ts';
import { purchase } from '../settlement.ts';
import { takeGoods } from '../store.ts';

export const handler = endpointHandler(
  buy,
  async ({ input, actor, nowMs, operation, fail }) => {
    const { accountId, characterId } = actor;
    const { templateId, count, unitPrice } = input.body;
    const vendor = vendorOf(input.params.vendorId);
    const stock = vendor.stock.find(({ item }) => item === templateId);
    if (!stock) throw fail('vendor.goods_not_found');
    const [character, level = 0] = await Promise.all([getCharacter(characterId), levelOf(characterId)]);
    if (!character) throw fail('auth.no_character');
    const { classId, realmId } = character;
    const wish = { count, unitPrice: parseAmount(unitPrice), level, classId };
    const paid = purchasePrice(stock, itemTemplates.get(templateId), wish);

    const { perDay } = stock;
    const goods = { realmId, day: periodKey('daily', STOCK_TIME_ZONE, nowMs), templateId };
    const soldOut = () => {
      const resetsAt = toIso(periodEndMs('daily', STOCK_TIME_ZONE, nowMs));
      return fail('vendor.sold_out', { perDay: perDay!, resetsAt });
    };
    if (perDay !== null && count > perDay) throw soldOut();
    const taking =
      perDay === null ? [] : [guarded(takeGoods({ vendorId: vendor.id, ...goods }, count, perDay, nowMs), soldOut())];

    return withConflictRetry(async () =>
      settle(operation, {
        settlement: purchase,
        reason: 'vendor.purchase',
        context: {
          accountId,
          characterId,
          vendorId: vendor.id,
          zoneId: vendor.zone,
          currency: SOFT_CURRENCY,
          unitPrice,
          paid: formatAmount(paid),
          ...(perDay === null ? {} : { taken: { ...goods, count } }),
        },
        items: [
          {
            kind: 'mint',
            templateId,
            count,
            origin: 'vendor',
            source: [vendor.id, operation.transactionId],
            destination: { to: 'character', characterId, overflow: 'refuse' },
          },
        ],
        money: [{ currency: SOFT_CURRENCY, from: characterId, to: VENDOR_SINK, amount: paid }],
        prepare: { writes: [await atCounter(characterId, vendor, nowMs), ...taking] },
      }),
    );
  },
  settling(purchase),
);
