import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { ItemId, OrderId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { CharacterRef, StackCount } from './fields.ts';

export const ITEM_SOLD = defineEvent({
  name: 'ITEM_SOLD',
  version: 1,
  owner: 'market',
  summary: 'A player has sold goods on the market or to a vendor; without a buyer it was a vendor.',
  detail: z.strictObject({
    transactionId: TransactionId,
    orderId: OrderId.optional(),
    seller: CharacterRef,
    buyer: CharacterRef.optional(),
    itemId: ItemId.optional().meta({ description: 'Unset for commodities, which have no instance of their own' }),
    templateId: Slug,
    count: StackCount,
    currency: Slug,
    unitPrice: Amount,
    total: Amount,
    fee: Amount,
  }),
});
