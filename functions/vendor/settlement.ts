import * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { ITEM_SOLD } from '#events/market.ts';
import { VENDOR_ITEM_BOUGHT, VENDOR_ITEM_BOUGHT_BACK } from '#events/vendor.ts';
import { event } from '#shared/events/changes.ts';
import { AccountId, CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount, formatAmount } from '#shared/kernel/money.ts';
import { type Delivery, defineSettlement } from '#shared/settlement/define-settlement.ts';
import type { Purchase, Sales } from './shapes.ts';
import { deleteSale, giveGoodsBack, putSale } from './store.ts';

/** Who deals, where, and in what money. */
const deal = {
  accountId: AccountId,
  characterId: CharacterId,
  vendorId: Slug,
  zoneId: Slug,
  currency: Slug,
};
const SoldItem = z.strictObject({ itemId: ItemId, templateId: Slug, count: z.int().min(1), price: Amount });

type Dealt = Delivery<{ readonly characterId: CharacterId; readonly currency: Slug }>;

/** What the character has now, where the ledger has told. */
function balanceOf({ balances, context: { characterId, currency } }: Dealt): { balance?: string } {
  const own = balances.find((one) => one.owner === characterId && one.currency === currency);
  return own ? { balance: formatAmount(own.posted) } : {};
}

/** Items as they lie in the bag now. */
function arrived({ items }: Pick<Dealt, 'items'>): Purchase['items'] {
  return items.map(({ itemId, templateId, quality, count, place: { slot } }) => {
    return { itemId, templateId, quality, count, ...(slot === undefined ? {} : { slot }) };
  });
}

function summaryOf({ itemId, templateId, quality, count }: Purchase['items'][number]) {
  return { itemId, templateId, quality, count };
}

const PurchaseContext = z.strictObject({
  ...deal,
  unitPrice: Amount,
  paid: Amount,
  /** What was taken of scarce goods. */
  taken: z.strictObject({ realmId: z.string(), day: z.string(), templateId: Slug, count: z.int().min(1) }).optional(),
});

/** Money to the vendor, and goods that come into being. */
export const purchase = defineSettlement<z.infer<typeof PurchaseContext>, Purchase>({
  name: 'vendor-purchase',
  context: PurchaseContext,
  delivered(ending) {
    const { taken: _taken, unitPrice, ...dealt } = ending.context;
    const { transactionId } = ending;
    const items = arrived(ending);
    const data = { ...dealt, transactionId, unitPrice, items: items.map(summaryOf) };
    return {
      reply: { items, currency: dealt.currency, paid: dealt.paid, ...balanceOf(ending) },
      changes: { events: [event(VENDOR_ITEM_BOUGHT, { aggregateId: transactionId, aggregateSeq: 1, data })] },
    };
  },
  returned({ context: { vendorId, taken }, atMs }) {
    if (!taken) return {};
    const { count, ...goods } = taken;
    return { changes: { writes: [giveGoodsBack({ vendorId, ...goods }, count, atMs)] } };
  },
});

const SaleContext = z.strictObject({ ...deal, sold: z.array(SoldItem).min(1) });

/** Items to the vendor, and money that comes into being. */
export const sale = defineSettlement<z.infer<typeof SaleContext>, Sales>({
  name: 'vendor-sale',
  context: SaleContext,
  delivered(ending) {
    const { accountId, characterId, currency, sold } = ending.context;
    const { transactionId, atMs } = ending;
    const total = sold.reduce((sum, { price }) => sum + BigInt(price), 0n);
    return {
      reply: { sold, currency, total: formatAmount(total), ...balanceOf(ending) },
      changes: {
        writes: sold.map(({ price, ...item }) => {
          return putSale({ ...item, characterId, currency, price: BigInt(price), soldAtMs: atMs });
        }),
        events: sold.map(({ itemId, templateId, count, price }, position) =>
          event(ITEM_SOLD, {
            aggregateId: transactionId,
            aggregateSeq: position + 1,
            data: {
              transactionId,
              seller: { accountId, characterId },
              itemId,
              templateId,
              count,
              currency,
              unitPrice: formatAmount(BigInt(price) / BigInt(count)),
              total: price,
              fee: '0',
            },
          }),
        ),
      },
    };
  },
});

const BuyBackContext = z.strictObject({ ...deal, sale: SoldItem.extend({ soldAtMs: z.int() }) });

/** Money to the vendor, and the very item back. */
export const buyingBack = defineSettlement<z.infer<typeof BuyBackContext>, Purchase>({
  name: 'vendor-buy-back',
  context: BuyBackContext,
  delivered(ending) {
    const { sale: sold, ...dealt } = ending.context;
    const { transactionId } = ending;
    const { itemId, templateId, count, price: paid, soldAtMs } = sold;
    const item = { itemId, templateId, quality: itemTemplates.get(templateId).quality, count };
    const data = { ...dealt, transactionId, paid, item };
    return {
      reply: { items: arrived(ending), currency: dealt.currency, paid, ...balanceOf(ending) },
      changes: {
        writes: [deleteSale({ characterId: dealt.characterId, soldAtMs, itemId })],
        events: [event(VENDOR_ITEM_BOUGHT_BACK, { aggregateId: transactionId, aggregateSeq: 1, data })],
      },
    };
  },
});
