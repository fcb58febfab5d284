import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ItemId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import './errors.ts';
import {
  Balance,
  ChainLink,
  HandOver,
  Holdings,
  ItemState,
  LedgerLine,
  LogEntry,
  OwnerId,
  SubjectId,
  TransactionView,
} from './shapes.ts';

/** Every look is written into the log of what was looked at, and takes a step-up as every act of staff. */
const look = {
  method: 'GET',
  auth: 'account',
  stepUp: true,
  roles: ['moderator', 'gm', 'admin'],
  success: 200,
  errors: ['custody.not_found'],
  idempotency: 'none',
  rate: 'write',
} as const;

export const viewItem = defineEndpoint({
  ...look,
  id: 'custody.view-item',
  path: '/api/v1/admin/custody/items/{itemId}',
  summary: 'See where an item is, and everywhere that it has been since it was made',
  description: 'The chain comes oldest first, a page at a time. That you looked is written into the log.',
  params: z.strictObject({ itemId: ItemId }),
  query: pageQuery,
  response: z.strictObject({ item: ItemState, chain: z.array(ChainLink).max(100), nextCursor }),
  needs: { table: 'write' },
  impact: 'Staff cannot trace items.',
  budget: { readUnits: 16, writeUnits: 8 },
});

export const viewOwner = defineEndpoint({
  ...look,
  id: 'custody.view-owner',
  path: '/api/v1/admin/custody/accounts/{owner}',
  summary: 'See what money and items an owner has, and where the money came from and went',
  description:
    'The ledger’s chain comes newest first, a page at a time. `holdings` is of characters, on the first page, and may be ' +
    'a second old. Who has never had anything looks like who is not there. That you looked is written into the log.',
  params: z.strictObject({ owner: OwnerId }),
  query: pageQuery.extend({ currency: Slug.optional() }),
  response: z.strictObject({
    owner: OwnerId,
    balances: z.array(Balance).max(16),
    entries: z.array(LedgerLine).max(100),
    holdings: Holdings.optional(),
    nextCursor,
  }),
  needs: { table: 'write', ledger: true },
  impact: 'Staff cannot trace money.',
  budget: { readUnits: 120, writeUnits: 8 },
});

export const listHandOvers = defineEndpoint({
  ...look,
  id: 'custody.list-hand-overs',
  path: '/api/v1/admin/custody/accounts/{owner}/hand-overs',
  summary: 'List the items that a character gave or got, newest first',
  description:
    'Up to a second old. Who never gave or got anything looks like who is not there. That you looked is written into the log.',
  params: z.strictObject({ owner: OwnerId }),
  query: pageQuery.extend({ direction: z.enum(['gave', 'got']).default('got') }),
  response: z.strictObject({ handOvers: z.array(HandOver).max(100), nextCursor }),
  needs: { table: 'write' },
  impact: 'Staff cannot see who gave what to whom.',
  budget: { readUnits: 16, writeUnits: 8 },
});

export const viewTransaction = defineEndpoint({
  ...look,
  id: 'custody.view-transaction',
  path: '/api/v1/admin/custody/transactions/{transactionId}',
  summary: 'See both sides of a transaction: what the table and what the ledger say, and whether they agree',
  description: 'That you looked is written into the log.',
  params: z.strictObject({ transactionId: TransactionId }),
  response: TransactionView,
  needs: { table: 'write', ledger: true },
  impact: 'Staff cannot tell whether a trade or a payment came about.',
  budget: { readUnits: 12, writeUnits: 8 },
});

export const viewLog = defineEndpoint({
  ...look,
  id: 'custody.view-log',
  path: '/api/v1/admin/custody/log/{subject}',
  summary: 'See which staff looked at an item, an owner or a transaction, and what they did to it, newest first',
  description: 'Kept for good.',
  params: z.strictObject({ subject: SubjectId }),
  query: pageQuery,
  response: z.strictObject({ entries: z.array(LogEntry).max(100), nextCursor }),
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Nobody can check what staff did with items and money.',
  budget: { readUnits: 16, writeUnits: 0 },
});

export const lookEndpoints = [viewItem, viewOwner, listHandOvers, viewTransaction, viewLog] as const;
