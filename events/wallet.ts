import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { ReasonCode } from './fields.ts';

const movement = {
  transactionId: TransactionId,
  owner: z.string().max(40).optional().meta({ description: 'Whose it is: a character, an account or a guild' }),
  accountId: AccountId.optional().meta({ description: 'Unset where whoever moved the money does not know it' }),
  characterId: CharacterId.optional(),
  currency: Slug,
  amount: Amount,
  balance: Amount.meta({ description: 'Posted balance after it' }),
  reason: ReasonCode,
};

export const CURRENCY_GAINED = defineEvent({
  name: 'CURRENCY_GAINED',
  version: 1,
  owner: 'wallet',
  summary: 'Money was posted to a player.',
  detail: z.strictObject(movement),
});

export const CURRENCY_SPENT = defineEvent({
  name: 'CURRENCY_SPENT',
  version: 1,
  owner: 'wallet',
  summary: 'Money was taken from a player.',
  detail: z.strictObject(movement),
});
