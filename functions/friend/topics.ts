import * as z from 'zod';
import { DisplayName, Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { AccountId } from '#shared/kernel/ids.ts';

const Player = z.strictObject({
  accountId: AccountId,
  name: DisplayName.optional().meta({ description: 'Character name that they used; unset when they played none' }),
});

export const friendsTopic = defineTopic({
  destination: '/topic/player/{accountId}/friends',
  summary: "What changes in a player's friends list by the doing of others.",
  audience: 'owner-account',
  transport: 'gateway',
  replay: { messages: 50, seconds: 86_400 },
  message: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('request_received'), from: Player, expiresAt: Instant }),
    z.strictObject({ type: z.literal('request_accepted'), friend: Player, since: Instant }),
    z.strictObject({ type: z.literal('friend_removed'), accountId: AccountId }),
    z.strictObject({ type: z.literal('friend_renamed'), accountId: AccountId, name: DisplayName }),
    z.strictObject({
      type: z.literal('presence_changed'),
      accountId: AccountId,
      status: z.enum(['online', 'afk', 'offline']),
    }),
  ]),
});
