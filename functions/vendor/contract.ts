import * as z from 'zod';
import { Instant } from '#events/fields.ts';
import { ITEM_SOLD } from '#events/market.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import { vendorErrors } from './errors.ts';
import { junkKinds, vendorLimits } from './rules.ts';
import { BuyBack, Goods, Purchase, Sales, VendorView } from './shapes.ts';

const params = z.strictObject({ vendorId: Slug });

/** What moves money and items takes a key, and may be in doubt. */
const deal = {
  auth: 'character',
  success: 200,
  idempotency: 'key',
  settles: true,
  rate: 'value',
  needs: { table: 'write', ledger: true },
} as const;

export const listVendors = defineEndpoint({
  id: 'vendor.list-vendors',
  method: 'GET',
  path: '/api/v1/vendors',
  summary: 'List the vendors of all zones',
  auth: 'account',
  success: 200,
  response: z.strictObject({ vendors: z.array(VendorView) }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: {},
  impact: 'Players do not find vendors.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const viewGoods = defineEndpoint({
  id: 'vendor.view-goods',
  method: 'GET',
  path: '/api/v1/vendors/{vendorId}',
  summary: 'See what a vendor sells',
  description:
    'Prices are of one piece. Of scarce goods a realm gets so many in a day; what is left may be a moment old.',
  auth: 'character',
  params,
  success: 200,
  response: z.strictObject({
    vendor: VendorView,
    currency: Slug,
    goods: z.array(Goods),
    resetsAt: Instant.meta({ description: 'When scarce goods are there again' }),
  }),
  errors: ['vendor.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what vendors sell.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const buy = defineEndpoint({
  ...deal,
  id: 'vendor.buy',
  method: 'POST',
  path: '/api/v1/vendors/{vendorId}/purchases',
  summary: 'Buy of a vendor',
  description: 'Near the vendor, at most one stack at once, at the price that you have seen.',
  params,
  body: z.strictObject({
    templateId: Slug,
    count: z.int().min(1).max(200),
    unitPrice: Amount.meta({ description: 'Price of one that you have seen: another one is refused' }),
  }),
  response: Purchase,
  errors: [
    'vendor.not_found',
    'vendor.goods_not_found',
    'vendor.price_changed',
    'vendor.level_too_low',
    'vendor.class_not_served',
    'vendor.too_many',
    'vendor.not_here',
    'vendor.out_of_reach',
    'vendor.sold_out',
    'inventory.full',
    'ledger.insufficient_funds',
    'settlement.aborted',
  ],
  impact: 'Players cannot buy of vendors.',
  budget: { readUnits: 12, writeUnits: 40 },
});

export const sell = defineEndpoint({
  ...deal,
  id: 'vendor.sell',
  method: 'POST',
  path: '/api/v1/vendors/{vendorId}/sales',
  summary: 'Sell something in your bag to a vendor',
  description: `A whole stack, as you have seen it, near the vendor. The last ${vendorLimits.buyBacks} can be bought back for as much.`,
  params,
  body: z.strictObject({
    itemId: ItemId,
    version: z.int().min(1).meta({ description: 'Version of the item that you have seen: another one is refused' }),
  }),
  response: Sales,
  errors: [
    'vendor.not_found',
    'vendor.not_here',
    'vendor.out_of_reach',
    'vendor.not_sellable',
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'ledger.balance_limit',
    'settlement.aborted',
  ],
  impact: 'Players cannot sell to vendors.',
  budget: { readUnits: 12, writeUnits: 40 },
});

export const sellJunk = defineEndpoint({
  ...deal,
  id: 'vendor.sell-junk',
  method: 'POST',
  path: '/api/v1/vendors/{vendorId}/sales/junk',
  summary: 'Sell common things of some kinds at once',
  description: `Everything in the bag that is of common quality, of these kinds and worth something; at most ${vendorLimits.junkPerSale} stacks, by slot. Call again for more.`,
  params,
  body: z.strictObject({
    kinds: z
      .array(z.enum(junkKinds))
      .min(1)
      .max(junkKinds.length)
      .default(['material'])
      .meta({ description: 'What counts as junk' }),
  }),
  response: Sales,
  errors: [
    'vendor.not_found',
    'vendor.not_here',
    'vendor.out_of_reach',
    'vendor.nothing_to_sell',
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'ledger.balance_limit',
    'settlement.aborted',
  ],
  impact: 'Players have to sell their junk piece by piece.',
  budget: { readUnits: 40, writeUnits: 300 },
});

export const listBuyBacks = defineEndpoint({
  id: 'vendor.list-buy-backs',
  method: 'GET',
  path: '/api/v1/vendors/{vendorId}/buy-backs',
  summary: 'List what you can buy back',
  description: 'What the selected character has sold last, to whichever vendor, newest first.',
  auth: 'character',
  params,
  success: 200,
  response: z.strictObject({ buyBacks: z.array(BuyBack).max(vendorLimits.buyBacks) }),
  errors: ['vendor.not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see what they can buy back.',
  budget: { readUnits: 2, writeUnits: 0 },
});

export const buyBack = defineEndpoint({
  ...deal,
  id: 'vendor.buy-back',
  method: 'POST',
  path: '/api/v1/vendors/{vendorId}/buy-backs/{itemId}',
  summary: 'Buy back what you have sold',
  description: 'For as much as it was sold for, of any vendor near you.',
  params: params.extend({ itemId: ItemId }),
  response: Purchase,
  errors: [
    'vendor.not_found',
    'vendor.not_here',
    'vendor.out_of_reach',
    'vendor.buy_back_not_found',
    'inventory.full',
    'ledger.insufficient_funds',
    'settlement.aborted',
  ],
  impact: 'Players cannot take a sale back.',
  budget: { readUnits: 12, writeUnits: 40 },
});

export const dropOldSales = defineSubscriber({
  id: 'vendor.drop-old-sales',
  on: [ITEM_SOLD],
  needs: { table: 'write' },
  impact: 'Things that can no longer be bought back stay in the vendor’s hands instead of leaving the game.',
});

export const domain = defineDomain({
  name: 'vendor',
  summary: 'Vendors: what they sell, what they buy, and what can be bought back.',
  errors: vendorErrors,
  foreignErrors: [inventoryErrors, ledgerErrors, settlementErrors],
  endpoints: [listVendors, viewGoods, buy, sell, sellJunk, listBuyBacks, buyBack],
  subscribers: [dropOldSales],
});
