import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, CustodyActId, TransactionId } from '#shared/kernel/ids.ts';
import { CurrencyAmount, Instant, ItemSummary } from './fields.ts';

const act = {
  actId: CustodyActId,
  accountId: AccountId.meta({ description: 'Whose character it is' }),
  characterId: CharacterId,
};

const carriedOut = z.strictObject({
  ...act,
  transactionId: TransactionId,
  items: z.array(ItemSummary).max(20),
  money: z.array(CurrencyAmount).max(4),
  by: AccountId.meta({ description: 'Who of the staff asked for it' }),
  approvedBy: AccountId.optional().meta({ description: 'Who else agreed; unset: it needed nobody' }),
});

export const VALUE_CLAWED_BACK = defineEvent({
  name: 'VALUE_CLAWED_BACK',
  version: 1,
  owner: 'custody',
  summary: 'Staff have taken items or money from a character; the reason stands in the log.',
  detail: carriedOut,
});

export const VALUE_GRANTED = defineEvent({
  name: 'VALUE_GRANTED',
  version: 1,
  owner: 'custody',
  summary: 'Staff have given a character items or money, or given them back; the reason stands in the log.',
  detail: carriedOut,
});

export const VALUE_ACT_PROPOSED = defineEvent({
  name: 'VALUE_ACT_PROPOSED',
  version: 1,
  owner: 'custody',
  summary: 'Staff want to move more than they may alone: somebody else has to agree.',
  detail: z.strictObject({
    ...act,
    kind: z.enum(['claw-back', 'grant']),
    worth: z.string().max(20).meta({ description: 'In minor units of the soft currency' }),
    by: AccountId,
    expiresAt: Instant,
  }),
});

export const VALUE_ACT_REJECTED = defineEvent({
  name: 'VALUE_ACT_REJECTED',
  version: 1,
  owner: 'custody',
  summary: 'What staff had proposed will not be done.',
  detail: z.strictObject({ ...act, by: AccountId }),
});

export const VALUE_FAULTS_FOUND = defineEvent({
  name: 'VALUE_FAULTS_FOUND',
  version: 1,
  owner: 'custody',
  summary: 'The auditor has found that items or money are not as they must be.',
  detail: z.strictObject({
    faults: z.int().min(1).meta({ description: 'How many; the report of the run holds more of them' }),
    complaints: z.array(z.string().max(400)).max(10).meta({ description: 'The first of them' }),
  }),
});
