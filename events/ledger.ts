import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { ReasonCode } from './fields.ts';

const movement = {
  transactionId: TransactionId,
  accountId: AccountId,
  characterId: CharacterId.optional(),
  currency: Slug,
  amount: Amount,
  balance: Amount.meta({ description: 'Posted balance after it' }),
  reason: ReasonCode,
};

export const CURRENCY_GAINED = defineEvent({
  name: 'CURRENCY_GAINED',
  version: 1,
  owner: 'ledger',
  summary: 'Money was posted to a player.',
  detail: z.strictObject(movement),
});

export const CURRENCY_SPENT = defineEvent({
  name: 'CURRENCY_SPENT',
  version: 1,
  owner: 'ledger',
  summary: 'Money was taken from a player.',
  detail: z.strictObject(movement),
});
