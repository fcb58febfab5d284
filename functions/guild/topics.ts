import * as z from 'zod';
import { DisplayName } from '#events/fields.ts';
import { defineTopic } from '#shared/contract/topic.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { GuildMemberView, RankId } from './shapes.ts';

const version = z
  .int()
  .min(1)
  .meta({ description: 'The guild’s, after the change: a message of a lower one is older' });
const who = { characterId: CharacterId, name: DisplayName };

export const guildEventsTopic = defineTopic({
  destination: '/topic/guild/{guildId}/events',
  summary: 'What changes in a guild, or in its charter: signatures, members, ranks, the lead.',
  audience: 'guild',
  transport: 'gateway',
  replay: { messages: 50, seconds: 86_400 },
  message: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('signed'),
      version,
      member: GuildMemberView,
      signatures: z.int().min(1).meta({ description: 'That the charter has now' }),
    }),
    z.strictObject({ type: z.literal('founded'), version }),
    z.strictObject({ type: z.literal('member_joined'), version, member: GuildMemberView }),
    z.strictObject({
      type: z.literal('member_left'),
      version,
      ...who,
      reason: z.enum(['left', 'kicked', 'deleted', 'erased']),
    }),
    z.strictObject({ type: z.literal('rank_changed'), version, ...who, rankId: RankId, byId: CharacterId }),
    z.strictObject({
      type: z.literal('leader_changed'),
      version,
      leaderId: CharacterId,
      reason: z.enum(['transferred', 'deleted', 'erased']),
    }),
    z.strictObject({ type: z.literal('ended'), reason: z.enum(['withdrawn', 'expired', 'last_member_left']) }),
  ]),
});
