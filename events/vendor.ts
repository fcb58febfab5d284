import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { CharacterRef, ItemSummary } from './fields.ts';

const deal = {
  ...CharacterRef.shape,
  transactionId: TransactionId,
  vendorId: Slug,
  zoneId: Slug,
  currency: Slug,
  paid: Amount,
};

export const VENDOR_ITEM_BOUGHT = defineEvent({
  name: 'VENDOR_ITEM_BOUGHT',
  version: 1,
  owner: 'vendor',
  summary: 'A character has bought goods of a vendor.',
  detail: z.strictObject({ ...deal, unitPrice: Amount, items: z.array(ItemSummary).min(1).max(4) }),
});

export const VENDOR_ITEM_BOUGHT_BACK = defineEvent({
  name: 'VENDOR_ITEM_BOUGHT_BACK',
  version: 1,
  owner: 'vendor',
  summary: 'A character has bought back what it had sold to a vendor, at the same price.',
  detail: z.strictObject({ ...deal, item: ItemSummary }),
});
