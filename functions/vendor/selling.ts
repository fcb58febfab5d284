import { SOFT_CURRENCY } from '#content/currencies.ts';
import type { Vendor } from '#content/schema/vendor.ts';
import type { ItemInstance } from '#functions/inventory/public.ts';
import { settle } from '#functions/settlement/public.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { atCounter } from './counter.ts';
import { VENDOR_FAUCET } from './rules.ts';
import { sale } from './settlement.ts';

/** An item and what a vendor pays for it. */
export interface PricedItem {
  readonly item: ItemInstance;
  readonly price: bigint;
}

/** Sells items as they were priced, all or none: they can be bought back, and the money comes from the vendor. */
export async function sellItems(
  operation: Operation,
  who: { readonly accountId: AccountId; readonly characterId: CharacterId },
  vendor: Vendor,
  priced: readonly PricedItem[],
) {
  const { accountId, characterId } = who;
  const destination = { to: 'buyback', characterId } as const;
  return settle(operation, {
    settlement: sale,
    reason: 'vendor.sale',
    context: {
      accountId,
      characterId,
      vendorId: vendor.id,
      zoneId: vendor.zone,
      currency: SOFT_CURRENCY,
      sold: priced.map(({ item: { itemId, templateId, count }, price }) => {
        return { itemId, templateId, count, price: formatAmount(price) };
      }),
    },
    items: priced.map(({ item: { itemId, ver } }) => {
      return { kind: 'move', itemId, ver, from: characterId, bound: 'any', destination } as const;
    }),
    money: [
      {
        currency: SOFT_CURRENCY,
        from: VENDOR_FAUCET,
        to: characterId,
        amount: priced.reduce((sum, { price }) => sum + price, 0n),
      },
    ],
    prepare: { writes: [await atCounter(characterId, vendor, operation.nowMs)] },
  });
}
