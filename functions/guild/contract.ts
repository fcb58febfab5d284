import * as z from 'zod';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { CHARACTER_DELETED, CHARACTER_RENAMED } from '#events/character.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { acceptInvite, declineInvite, invite, listInvites } from './contract-invites.ts';
import { guildErrors } from './errors.ts';
import { guildLimits } from './rules.ts';
import { GuildMemberView, GuildView, RankId } from './shapes.ts';
import { guildEventsTopic } from './topics.ts';

const params = z.strictObject({ characterId: CharacterId });

export const drawUpCharter = defineEndpoint({
  id: 'guild.draw-up-charter',
  method: 'POST',
  path: '/api/v1/guild',
  summary: 'Draw up the charter of a new guild',
  description:
    `The selected character leads it. The guild is founded when ${guildLimits.signers} players, this one among them, have ` +
    'signed, each by accepting an invite; within 14 days. A character is in one guild, or has signed one charter.',
  auth: 'character',
  body: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(64)
      .meta({
        description: 'Words of letters and digits, 2 to 24 characters; unique in the realm, also against look-alikes',
        examples: ['Chrome Saints'],
      }),
  }),
  success: 201,
  response: GuildView,
  errors: ['guild.already_in_guild', 'guild.name_invalid', 'guild.name_taken'],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot found guilds.',
  budget: { readUnits: 4, writeUnits: 20 },
});

export const getGuild = defineEndpoint({
  id: 'guild.get-guild',
  method: 'GET',
  path: '/api/v1/guild',
  summary: 'Get the guild of the selected character, or the charter that it has signed',
  auth: 'character',
  success: 200,
  response: GuildView,
  errors: ['guild.not_in_guild'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see their guild.',
  budget: { readUnits: 5, writeUnits: 0 },
});

export const listMembers = defineEndpoint({
  id: 'guild.list-members',
  method: 'GET',
  path: '/api/v1/guild/members',
  summary: 'List the members of the guild, or who has signed its charter',
  description: `In no particular order; at most ${guildLimits.members} in all. May lag by a moment.`,
  auth: 'character',
  query: pageQuery,
  success: 200,
  response: z.strictObject({ members: z.array(GuildMemberView), nextCursor }),
  errors: ['guild.not_in_guild'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see who is in their guild.',
  budget: { readUnits: 10, writeUnits: 0 },
});

export const leaveGuild = defineEndpoint({
  id: 'guild.leave-guild',
  method: 'POST',
  path: '/api/v1/guild/leave',
  summary: 'Leave the guild, or withdraw a signature',
  description:
    'A leader gives the lead away first; as the last member it ends the guild, and before the founding it withdraws the ' +
    'charter, by which all who have signed are free.',
  auth: 'character',
  success: 204,
  errors: ['guild.not_in_guild', 'guild.leader_stays'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot leave guilds.',
  budget: { readUnits: 12, writeUnits: 60 },
});

export const removeMember = defineEndpoint({
  id: 'guild.remove-member',
  method: 'DELETE',
  path: '/api/v1/guild/members/{characterId}',
  summary: 'Put a member out of the guild, or strike a signature',
  description: 'For ranks that may, and only members of lower ranks.',
  auth: 'character',
  params,
  success: 204,
  errors: ['guild.not_in_guild', 'guild.member_not_found', 'guild.self', 'guild.rank_too_low'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Guilds cannot put members out.',
  budget: { readUnits: 16, writeUnits: 22 },
});

export const setRank = defineEndpoint({
  id: 'guild.set-rank',
  method: 'PUT',
  path: '/api/v1/guild/members/{characterId}/rank',
  summary: 'Promote or demote a member',
  description:
    'A member acts on lower ranks alone, and gives no rank that is not below its own. The lead is given away on its own. ' +
    'Giving the rank that the member has changes nothing.',
  auth: 'character',
  params,
  body: z.strictObject({ rankId: RankId }),
  success: 200,
  response: GuildMemberView,
  errors: ['guild.not_in_guild', 'guild.member_not_found', 'guild.self', 'guild.rank_too_low', 'guild.still_a_charter'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Guilds cannot promote and demote members.',
  budget: { readUnits: 16, writeUnits: 22 },
});

export const transferLead = defineEndpoint({
  id: 'guild.transfer-lead',
  method: 'PUT',
  path: '/api/v1/guild/leader',
  summary: 'Give the lead of the guild to another member',
  description: 'For its leader, who is an officer from then on. Giving it to who has it changes nothing.',
  auth: 'character',
  body: z.strictObject({ characterId: CharacterId }),
  success: 200,
  response: GuildView,
  errors: ['guild.not_in_guild', 'guild.member_not_found', 'guild.rank_too_low', 'guild.still_a_charter'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Leaders cannot give the lead away.',
  budget: { readUnits: 16, writeUnits: 28 },
});

export const followCharacters = defineSubscriber({
  id: 'guild.follow-characters',
  on: [CHARACTER_DELETED, CHARACTER_RENAMED],
  needs: { table: 'write' },
  impact: 'Deleted characters stay in guilds, and renamed ones keep their old names there.',
});

export const erasePersonalData = defineSubscriber({
  id: 'guild.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Characters of erased accounts stay in guilds, with their names.',
});

export const endCharters = defineJob({
  id: 'guild.end-charters',
  schedule: 'rate(1 hour)',
  needs: { table: 'write' },
  impact: 'Charters that nobody signs keep their names, and bind who has signed them.',
  timeoutSeconds: 50,
});

export const domain = defineDomain({
  name: 'guild',
  summary: 'Guilds: charters and founding, members, ranks and what they may do, invites, the lead.',
  errors: guildErrors,
  endpoints: [
    drawUpCharter,
    getGuild,
    listMembers,
    invite,
    listInvites,
    acceptInvite,
    declineInvite,
    leaveGuild,
    removeMember,
    setRank,
    transferLead,
  ],
  subscribers: [followCharacters, erasePersonalData],
  jobs: [endCharters],
  topics: [guildEventsTopic],
});
