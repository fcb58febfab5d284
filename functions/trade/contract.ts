import * as z from 'zod';
import { CHARACTER_SWITCHED } from '#events/character.ts';
import { CurrencyAmount } from '#events/fields.ts';
import { SESSION_CLOSED, SESSION_DISCONNECTED, SESSION_RESTED } from '#events/session.ts';
import { ZONE_CHANGED, ZONE_LEFT } from '#events/zone.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import {
  acceptRequest,
  declineRequest,
  listRequests,
  requestTrade,
  tradeCommand,
  tradeParams,
} from './contract-requests.ts';
import { tradeErrors } from './errors.ts';
import { tradeLimits } from './rules.ts';
import { PastTrade, SeenHash, TradeView } from './shapes.ts';
import { tradeTopic } from './topics.ts';

const seen = z.strictObject({ offerHash: SeenHash });

export const viewCurrent = defineEndpoint({
  id: 'trade.view-current',
  method: 'GET',
  path: '/api/v1/trade/current',
  summary: 'See the trade that you are in, or have asked for',
  auth: 'character',
  success: 200,
  response: z.strictObject({ trade: TradeView.optional().meta({ description: 'Unset when there is none' }) }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players who come back cannot go on with their trade.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const setOffer = defineEndpoint({
  ...tradeCommand,
  id: 'trade.set-offer',
  method: 'PUT',
  path: '/api/v1/trade/{tradeId}/offer',
  summary: 'Say what you give',
  description:
    'All of it, in place of what you gave before. Items go as whole stacks out of the bag. Any change undoes the locks and ' +
    'accepts of both, and for 3 seconds nobody can accept. The same offer again changes nothing.',
  params: tradeParams,
  body: z.strictObject({
    items: z
      .array(ItemId)
      .max(tradeLimits.items)
      .refine((ids) => new Set(ids).size === ids.length, 'an item is offered once')
      .meta({ description: 'Items in your bag, each once' }),
    money: z
      .array(CurrencyAmount.refine(({ amount }) => amount !== '0', 'an amount is at least 1'))
      .max(tradeLimits.currencies)
      .refine((all) => new Set(all.map(({ currency }) => currency)).size === all.length, 'a currency is offered once')
      .meta({ description: 'At most one amount of each currency, at least 1' }),
  }),
  errors: [
    'trade.not_found',
    'trade.over',
    'trade.settling',
    'trade.locked',
    'inventory.item_not_found',
    'inventory.item_bound',
    'inventory.item_expired',
    'ledger.unknown_currency',
    'ledger.not_transferable',
    'ledger.insufficient_funds',
  ],
  idempotency: 'none',
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot put anything into a trade.',
  budget: { readUnits: 16, writeUnits: 32 },
});

export const lock = defineEndpoint({
  ...tradeCommand,
  id: 'trade.lock',
  method: 'POST',
  path: '/api/v1/trade/{tradeId}/lock',
  summary: 'Freeze your offer, having seen both',
  description:
    'Send the `offerHash` of what you have seen. The trade can be accepted when both have locked. A change by the other side ' +
    'undoes your lock.',
  params: tradeParams,
  body: seen,
  errors: [
    'trade.not_found',
    'trade.over',
    'trade.settling',
    'trade.offer_changed',
    'trade.nothing_offered',
    'trade.no_room',
    'trade.daily_limit',
  ],
  idempotency: 'none',
  needs: { table: 'write' },
  impact: 'Players cannot finish trades.',
  budget: { readUnits: 10, writeUnits: 32 },
});

export const unlock = defineEndpoint({
  ...tradeCommand,
  id: 'trade.unlock',
  method: 'DELETE',
  path: '/api/v1/trade/{tradeId}/lock',
  summary: 'Take your lock back',
  description: 'It undoes the locks and accepts of both, and for 3 seconds nobody can accept.',
  params: tradeParams,
  errors: ['trade.not_found', 'trade.over', 'trade.settling'],
  idempotency: 'none',
  needs: { table: 'write' },
  impact: 'Players cannot change their minds about what they offer.',
  budget: { readUnits: 4, writeUnits: 24 },
});

export const accept = defineEndpoint({
  ...tradeCommand,
  id: 'trade.accept',
  method: 'POST',
  path: '/api/v1/trade/{tradeId}/accept',
  summary: 'Agree to what you have seen',
  description:
    'Send the `offerHash` of what you have seen; both must have locked it, and nothing may have changed for 3 seconds. The ' +
    'second accept carries the trade out: everything changes hands, or nothing. When it cannot be carried out, it is refused, ' +
    `and the trade goes on from before the locks. Who gives more than ${tradeLimits.stepUpAboveMinor}, by money and what vendors pay, ` +
    'needs a step-up of the last minutes (`POST /api/v1/auth/step-up`).',
  params: tradeParams,
  body: seen,
  errors: [
    'trade.not_found',
    'trade.over',
    'trade.settling',
    'trade.offer_changed',
    'trade.not_locked',
    'trade.cool_down',
    'trade.not_together',
    'trade.daily_limit',
    'inventory.full',
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_bound',
    'inventory.item_expired',
    'ledger.insufficient_funds',
    'ledger.balance_limit',
    'settlement.aborted',
    'auth.step_up_required',
    'auth.second_factor_required',
  ],
  idempotency: 'key',
  settles: true,
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot trade anything.',
  budget: { readUnits: 60, writeUnits: 280 },
});

export const cancel = defineEndpoint({
  id: 'trade.cancel',
  method: 'POST',
  path: '/api/v1/trade/{tradeId}/cancel',
  summary: 'End a trade, or take back your request',
  description:
    'Not while it is being carried out. A trade that has been cancelled stays so; cancelling again changes nothing.',
  auth: 'character',
  params: tradeParams,
  success: 204,
  errors: ['trade.not_found', 'trade.over', 'trade.settling'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot leave a trade but by walking away.',
  budget: { readUnits: 4, writeUnits: 24 },
});

export const listHistory = defineEndpoint({
  id: 'trade.list-history',
  method: 'GET',
  path: '/api/v1/trade/history',
  summary: 'List your completed trades',
  description: 'Newest first, all that the selected character has ever made, or those with one partner.',
  auth: 'character',
  query: pageQuery.extend({
    partnerId: CharacterId.optional().meta({ description: 'Only trades with this character' }),
  }),
  success: 200,
  response: z.strictObject({ trades: z.array(PastTrade), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look up what they have traded.',
  budget: { readUnits: 140, writeUnits: 0 },
});

export const endTrade = defineSubscriber({
  id: 'trade.end-trade',
  on: [SESSION_CLOSED, SESSION_RESTED, SESSION_DISCONNECTED, CHARACTER_SWITCHED, ZONE_CHANGED, ZONE_LEFT],
  needs: { table: 'write' },
  impact: 'Trades of players who have gone stay open until they time out; nothing can change hands in them.',
});

export const endDue = defineJob({
  id: 'trade.end-due',
  schedule: 'rate(1 minute)',
  needs: { table: 'write' },
  impact: 'Trades that have timed out are told of only when somebody looks at them.',
});

export const domain = defineDomain({
  name: 'trade',
  summary: 'Trades between two players who stand together.',
  errors: tradeErrors,
  foreignErrors: [inventoryErrors, ledgerErrors, settlementErrors],
  endpoints: [
    requestTrade,
    listRequests,
    acceptRequest,
    declineRequest,
    viewCurrent,
    setOffer,
    lock,
    unlock,
    accept,
    cancel,
    listHistory,
  ],
  subscribers: [endTrade],
  jobs: [endDue],
  topics: [tradeTopic],
});
