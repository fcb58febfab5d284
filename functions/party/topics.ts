import * as z from 'zod';
import { DisplayName, Instant } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { AccountId, CharacterId, InstanceId, Slug } from '#shared/kernel/ids.ts';
import { LootSettingsView, PartyMemberView, ReadyCheckView } from './shapes.ts';

const version = z
  .int()
  .min(1)
  .meta({ description: 'The party’s, after the change: a message of a lower one is older' });
const who = { characterId: CharacterId, name: DisplayName };

export const partyEventsTopic = defineTopic({
  destination: '/topic/party/{partyId}/events',
  summary: 'What changes in a party: members, leader, settings, ready checks.',
  audience: 'party',
  transport: 'gateway',
  replay: { messages: 50, seconds: 3_600 },
  message: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('invited'), ...who, byId: CharacterId, expiresAt: Instant }),
    z.strictObject({ type: z.literal('invite_declined'), ...who }),
    z.strictObject({ type: z.literal('member_joined'), version, member: PartyMemberView }),
    z.strictObject({
      type: z.literal('member_left'),
      version,
      ...who,
      accountId: AccountId,
      reason: z.enum(['left', 'kicked', 'erased']),
    }),
    z.strictObject({ type: z.literal('member_away'), version, ...who, since: Instant }),
    z.strictObject({ type: z.literal('member_back'), version, ...who }),
    z.strictObject({
      type: z.literal('leader_changed'),
      version,
      leaderId: CharacterId,
      reason: z.enum(['transferred', 'left', 'offline']),
    }),
    z.strictObject({
      type: z.literal('instance_opened'),
      instanceId: InstanceId,
      zoneId: Slug,
      difficulty: Slug,
      byId: CharacterId,
      expiresAt: Instant,
    }),
    z.strictObject({ type: z.literal('loot_changed'), version, loot: LootSettingsView }),
    z.strictObject({ type: z.literal('ready_check_started'), check: ReadyCheckView }),
    z.strictObject({ type: z.literal('ready_check_answered'), characterId: CharacterId, ready: z.boolean() }),
    z.strictObject({ type: z.literal('disbanded'), reason: z.enum(['leader', 'last_member_left', 'all_offline']) }),
  ]),
});
