import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AuctionId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { CharacterRef, ItemSummary } from './fields.ts';

export const AUCTION_WON = defineEvent({
  name: 'AUCTION_WON',
  version: 1,
  owner: 'auction',
  summary: 'An auction has a buyer: the item goes to the winner, the price less the fee to the seller.',
  detail: z.strictObject({
    auctionId: AuctionId,
    transactionId: TransactionId,
    how: z.enum(['bid', 'buyout']),
    winner: CharacterRef,
    seller: CharacterRef,
    item: ItemSummary,
    currency: Slug,
    price: Amount,
    fee: Amount,
  }),
});
