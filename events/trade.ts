import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { Slug, TradeId, TransactionId } from '#shared/kernel/ids.ts';
import { CharacterRef, CurrencyAmount, ItemSummary } from './fields.ts';

export const TRADE_COMPLETED = defineEvent({
  name: 'TRADE_COMPLETED',
  version: 1,
  owner: 'trade',
  summary: 'Two players have exchanged what each had offered.',
  detail: z.strictObject({
    tradeId: TradeId,
    transactionId: TransactionId,
    zoneId: Slug,
    sides: z
      .array(
        CharacterRef.extend({
          gaveItems: z.array(ItemSummary).max(24),
          gaveCurrencies: z.array(CurrencyAmount).max(4),
        }),
      )
      .length(2),
  }),
});
