import * as z from 'zod';
import { DisplayName } from '#events/fields.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId, TradeId } from '#shared/kernel/ids.ts';
import './errors.ts';
import { tradeLimits } from './rules.ts';
import { TradeView } from './shapes.ts';

/** Of what is about one trade. */
export const tradeParams = z.strictObject({ tradeId: TradeId });

/** Commands that push to the other player draw from a bucket, so that nobody can flood them. */
export const tradeCommand = { auth: 'character', success: 200, response: TradeView, rate: 'value' } as const;

export const requestTrade = defineEndpoint({
  ...tradeCommand,
  id: 'trade.request-trade',
  method: 'POST',
  path: '/api/v1/trade/requests',
  summary: 'Ask a character to trade',
  description:
    'A character of the same realm in the same zone, at most 11 metres away. A request lives a minute, and you can have one ' +
    'at a time. When the other has asked you already, the trade is open at once. Asking again changes nothing. Who takes no ' +
    'invites of yours answers like a character that there is not.',
  body: z.union([
    z.strictObject({ characterId: CharacterId }),
    z.strictObject({ characterName: DisplayName.meta({ description: 'Its name' }) }),
  ]),
  errors: [
    'trade.character_not_found',
    'trade.same_account',
    'trade.not_together',
    'trade.busy',
    'trade.partner_busy',
    'trade.asked_too_soon',
  ],
  idempotency: 'none',
  needs: { table: 'write' },
  impact: 'Players cannot ask each other to trade.',
  budget: { readUnits: 12, writeUnits: 48 },
});

export const listRequests = defineEndpoint({
  id: 'trade.list-requests',
  method: 'GET',
  path: '/api/v1/trade/requests',
  summary: 'List the open requests to trade with you',
  description: 'At most 20, the newest first. A request of this moment may be missing.',
  auth: 'character',
  success: 200,
  response: z.strictObject({ requests: z.array(TradeView).max(tradeLimits.shownRequests) }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players who were away for a moment do not see who wants to trade.',
  budget: { readUnits: 6, writeUnits: 0 },
});

export const acceptRequest = defineEndpoint({
  ...tradeCommand,
  id: 'trade.accept-request',
  method: 'POST',
  path: '/api/v1/trade/requests/{tradeId}/accept',
  summary: 'Open a trade that somebody has asked you for',
  description: 'Both must be where they were. You can be in one trade at a time.',
  params: tradeParams,
  errors: ['trade.request_not_found', 'trade.not_together', 'trade.busy'],
  idempotency: 'none',
  needs: { table: 'write' },
  impact: 'Players cannot open trades.',
  budget: { readUnits: 6, writeUnits: 32 },
});

export const declineRequest = defineEndpoint({
  id: 'trade.decline-request',
  method: 'POST',
  path: '/api/v1/trade/requests/{tradeId}/decline',
  summary: 'Decline a request to trade',
  description: 'The same character can ask you again after 30 seconds.',
  auth: 'character',
  params: tradeParams,
  success: 204,
  errors: ['trade.request_not_found'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot get rid of requests to trade before they expire.',
  budget: { readUnits: 3, writeUnits: 24 },
});
