import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_RENAMED } from '#events/character.ts';
import { DisplayName, Instant } from '#events/fields.ts';
import { PRESENCE_CHANGED } from '#events/session.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { AccountId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { friendErrors } from './errors.ts';
import { friendsTopic } from './topics.ts';

const name = DisplayName.optional().meta({
  description: 'Name of the character with which they came, as it is now; unset when they played none',
});
const params = z.strictObject({ accountId: AccountId });

const whom = z.union([
  z.strictObject({ characterName: DisplayName.meta({ description: "One of the player's characters" }) }),
  z.strictObject({ accountId: AccountId }),
]);

const Blocked = z.strictObject({
  accountId: AccountId,
  name: DisplayName.optional().meta({ description: 'The name that the player had when you blocked them' }),
  since: Instant,
});

const Friend = z.strictObject({ accountId: AccountId, name, since: Instant });

const Presence = z
  .strictObject({
    status: z.enum(['online', 'afk', 'offline']),
    zoneId: z.string().optional().meta({ description: 'The zone that they are in' }),
    matchId: z.string().optional().meta({ description: 'The match that they play' }),
  })
  .meta({ description: 'Up to a second old. Who is invisible, or shows nobody, is offline' });

const FriendRequest = z.strictObject({
  accountId: AccountId,
  name,
  sentAt: Instant,
  expiresAt: Instant,
});

const Relation = z.strictObject({
  accountId: AccountId,
  relation: z
    .enum(['request_sent', 'friend'])
    .meta({ description: '`friend` at once when the other had asked already' }),
});

export const list = defineEndpoint({
  id: 'friend.list',
  method: 'GET',
  path: '/api/v1/friends',
  summary: 'List your friends',
  description: 'In no particular order; at most 200 in all.',
  auth: 'account',
  query: pageQuery,
  success: 200,
  response: z.strictObject({ friends: z.array(Friend.extend({ presence: Presence })), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 112, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see their friends.',
});

export const listRequests = defineEndpoint({
  id: 'friend.list-requests',
  method: 'GET',
  path: '/api/v1/friends/requests',
  summary: 'List open friend requests',
  auth: 'account',
  query: pageQuery.extend({
    direction: z
      .enum(['received', 'sent'])
      .default('received')
      .meta({ description: 'Requests that you got, or those that you sent' }),
  }),
  success: 200,
  response: z.strictObject({ requests: z.array(FriendRequest), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 12, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see who wants to be their friend.',
});

export const request = defineEndpoint({
  id: 'friend.request',
  method: 'POST',
  path: '/api/v1/friends/requests',
  summary: 'Ask a player to be friends',
  description:
    'By the name of any of their characters in the realm that you play in, or by account. A request lives 30 days; 100 of yours may be open at once. ' +
    'When the other has asked you already, you are friends at once. Asking again changes nothing. A player who takes no ' +
    'requests answers like one that there is not.',
  auth: 'account',
  body: whom,
  success: 200,
  response: Relation,
  errors: [
    'friend.player_not_found',
    'friend.self',
    'friend.blocked_by_you',
    'friend.list_full',
    'friend.other_list_full',
    'friend.too_many_requests',
    'friend.inbox_full',
  ],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 24, writeUnits: 24 },
  needs: { table: 'write' },
  impact: 'Players cannot send friend requests.',
});

export const accept = defineEndpoint({
  id: 'friend.accept',
  method: 'POST',
  path: '/api/v1/friends/requests/{accountId}/accept',
  summary: 'Accept a friend request',
  description: 'Both lists hold at most 200. Accepting again changes nothing.',
  auth: 'account',
  params,
  success: 200,
  response: Friend,
  errors: ['friend.request_not_found', 'friend.list_full', 'friend.other_list_full'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 8, writeUnits: 24 },
  needs: { table: 'write' },
  impact: 'Players cannot accept friend requests.',
});

export const decline = defineEndpoint({
  id: 'friend.decline',
  method: 'POST',
  path: '/api/v1/friends/requests/{accountId}/decline',
  summary: 'Decline a friend request',
  description: 'The other player is not told.',
  auth: 'account',
  params,
  success: 204,
  errors: ['friend.request_not_found'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 4, writeUnits: 16 },
  needs: { table: 'write' },
  impact: 'Players cannot decline friend requests.',
});

export const remove = defineEndpoint({
  id: 'friend.remove',
  method: 'DELETE',
  path: '/api/v1/friends/{accountId}',
  summary: 'End a friendship',
  description: 'On both sides at once.',
  auth: 'account',
  params,
  success: 204,
  errors: ['friend.not_friends'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 4, writeUnits: 24 },
  needs: { table: 'write' },
  impact: 'Players cannot remove friends.',
});

export const listBlocks = defineEndpoint({
  id: 'friend.list-blocks',
  method: 'GET',
  path: '/api/v1/friends/blocks',
  summary: 'List the players whom you have blocked',
  auth: 'account',
  query: pageQuery,
  success: 200,
  response: z.strictObject({ blocks: z.array(Blocked), nextCursor }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  budget: { readUnits: 16, writeUnits: 0 },
  needs: { table: 'read' },
  impact: 'Players do not see whom they have blocked.',
});

export const block = defineEndpoint({
  id: 'friend.block',
  method: 'POST',
  path: '/api/v1/friends/blocks',
  summary: 'Block a player',
  description:
    'Counts for all their characters and all of yours: no requests, mails, trades and invitations from them. Ends a ' +
    'friendship and open requests between you. The player is not told. At most 500. Blocking again changes nothing.',
  auth: 'account',
  body: whom,
  success: 200,
  response: Blocked,
  errors: ['friend.player_not_found', 'friend.self', 'friend.too_many_blocks'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 12, writeUnits: 24 },
  needs: { table: 'write' },
  impact: 'Players cannot block others.',
});

export const unblock = defineEndpoint({
  id: 'friend.unblock',
  method: 'DELETE',
  path: '/api/v1/friends/blocks/{accountId}',
  summary: 'End a block',
  auth: 'account',
  params,
  success: 204,
  errors: ['friend.not_blocked'],
  idempotency: 'none',
  rate: 'write',
  budget: { readUnits: 2, writeUnits: 8 },
  needs: { table: 'write' },
  impact: 'Players cannot end a block.',
});

export const tellPresence = defineSubscriber({
  id: 'friend.tell-presence',
  on: [PRESENCE_CHANGED],
  needs: { table: 'write' },
  impact: 'Players do not see friends come and go until they open the list anew.',
});

export const showNewName = defineSubscriber({
  id: 'friend.show-new-name',
  on: [CHARACTER_RENAMED],
  needs: { table: 'write' },
  impact: 'Friends go on seeing a name that its player had to give up.',
  // One part for each of at most 500 relations.
  timeoutSeconds: 30,
});

export const erasePersonalData = defineSubscriber({
  id: 'friend.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Erased players stay in the friend lists of others, with the names of their characters.',
});

export const domain = defineDomain({
  name: 'friend',
  summary: 'Friend lists, friend requests and blocks.',
  errors: friendErrors,
  endpoints: [list, listRequests, request, accept, decline, remove, listBlocks, block, unblock],
  subscribers: [tellPresence, showNewName, erasePersonalData],
  topics: [friendsTopic],
});
