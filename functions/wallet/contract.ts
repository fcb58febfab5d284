import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_PURGED } from '#events/character.ts';
import { QUEST_COMPLETED } from '#events/quest.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';

const Balance = z.strictObject({
  currency: Slug,
  posted: Amount.meta({ description: 'All of it, in minor units' }),
  held: Amount.meta({ description: 'Reserved, for a bid say: cannot be spent' }),
  available: Amount.meta({ description: 'What can be spent' }),
});

const HistoryLine = z.strictObject({
  transactionId: TransactionId,
  currency: Slug,
  direction: z.enum(['in', 'out']),
  amount: Amount,
  balance: Amount.meta({ description: 'Posted balance after it' }),
  reason: z
    .string()
    .max(96)
    .meta({ description: 'Cause, as a stable code', examples: ['quest:first-salvage'] }),
  counterparties: z
    .array(z.string().max(96))
    .max(32)
    .meta({ description: 'Who was on the other side: characters, or accounts of the system' }),
  at: z.iso.datetime(),
});

export const listBalances = defineEndpoint({
  id: 'wallet.list-balances',
  method: 'GET',
  path: '/api/v1/wallet/balances',
  summary: 'See what the selected character and its account have of each currency',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    character: z.array(Balance).max(16),
    account: z.array(Balance).max(16).meta({ description: 'What belongs to the player and not to a character' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { ledger: true },
  impact: 'Players do not see their money.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const listHistory = defineEndpoint({
  id: 'wallet.list-history',
  method: 'GET',
  path: '/api/v1/wallet/history',
  summary: 'See where money came from and went, newest first',
  auth: 'character',
  query: pageQuery.extend({
    of: z
      .enum(['character', 'account'])
      .default('character')
      .meta({ description: "The selected character's money, or the account's own" }),
    currency: Slug.optional(),
    reason: z
      .string()
      .min(1)
      .max(96)
      .regex(/^[a-z0-9][a-z0-9_:.-]*$/)
      .optional()
      .meta({ description: 'Beginning of the cause', examples: ['quest'] }),
    direction: z.enum(['in', 'out']).optional(),
    from: z.iso.datetime().optional().meta({ description: 'Not before this instant' }),
    to: z.iso.datetime().optional().meta({ description: 'Before this instant' }),
  }),
  success: 200,
  response: z.strictObject({ entries: z.array(HistoryLine).max(100), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { ledger: true },
  impact: 'Players do not see what became of their money.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const viewSupply = defineEndpoint({
  id: 'wallet.view-supply',
  method: 'GET',
  path: '/api/v1/admin/wallet/supply',
  summary: 'See what each account of the system has issued and taken',
  auth: 'account',
  roles: ['admin'],
  query: z.strictObject({
    from: z.iso.datetime().optional().meta({ description: 'With `to`: only what moved from then on' }),
    to: z.iso.datetime().optional(),
  }),
  success: 200,
  response: z.strictObject({
    lines: z
      .array(z.strictObject({ account: z.string().max(96), currency: Slug, issued: z.string(), taken: z.string() }))
      .max(1_000),
    supply: z
      .array(z.strictObject({ currency: Slug, change: z.string().regex(/^-?\d+$/) }))
      .max(100)
      .meta({ description: 'What players have more than before, or less: issued less taken' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { ledger: true },
  impact: 'Operators do not see faucets and sinks.',
  budget: { readUnits: 0, writeUnits: 0 },
});

export const payQuestReward = defineSubscriber({
  id: 'wallet.pay-quest-reward',
  on: [QUEST_COMPLETED],
  needs: { table: 'write', ledger: true },
  impact: 'The money of finished quests comes late.',
});

export const sinkErasedMoney = defineSubscriber({
  id: 'wallet.sink-erased-money',
  on: [CHARACTER_PURGED, ACCOUNT_ERASED],
  needs: { table: 'write', ledger: true },
  impact: 'Money that nobody can spend any more counts as if players had it.',
});

export const expireHolds = defineJob({
  id: 'wallet.expire-holds',
  schedule: 'rate(1 minute)',
  needs: { ledger: true },
  impact: 'Money stays reserved although its reservation has run out: players cannot spend it.',
  timeoutSeconds: 55,
});

export const domain = defineDomain({
  name: 'wallet',
  summary: 'What players have of each currency, where it came from, and where it went.',
  endpoints: [listBalances, listHistory, viewSupply],
  subscribers: [payQuestReward, sinkErasedMoney],
  jobs: [expireHolds],
});
