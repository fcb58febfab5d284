import * as z from 'zod';
import { DisplayName, Instant } from '#events/fields.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId, GuildId } from '#shared/kernel/ids.ts';
import './errors.ts';
import { guildLimits } from './rules.ts';
import { GuildView } from './shapes.ts';

const params = z.strictObject({ guildId: GuildId });

export const invite = defineEndpoint({
  id: 'guild.invite',
  method: 'POST',
  path: '/api/v1/guild/invites',
  summary: 'Invite a character to the guild, or to sign its charter',
  description:
    'For ranks that may, by id or by the name that the character has in the guild’s realm. An invite lives three days; the ' +
    'same player can be asked again after an hour. A player who takes no invites of yours answers like one that there is not.',
  auth: 'character',
  body: z.union([
    z.strictObject({ characterName: DisplayName.meta({ description: 'Name of a character of your realm' }) }),
    z.strictObject({ characterId: CharacterId }),
  ]),
  success: 201,
  response: z.strictObject({ guildId: GuildId, characterId: CharacterId, name: DisplayName, expiresAt: Instant }),
  errors: [
    'guild.not_in_guild',
    'guild.rank_too_low',
    'guild.player_not_found',
    'guild.self',
    'guild.full',
    'guild.target_in_guild',
    'guild.invited_recently',
    'guild.invites_full',
  ],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot invite others to guilds.',
  budget: { readUnits: 16, writeUnits: 16 },
});

export const listInvites = defineEndpoint({
  id: 'guild.list-invites',
  method: 'GET',
  path: '/api/v1/guild/invites',
  summary: 'List the open invites of the selected character',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    invites: z
      .array(
        z.strictObject({
          guildId: GuildId,
          guildName: DisplayName,
          fromCharacterId: CharacterId,
          fromName: DisplayName,
          invitedAt: Instant,
          expiresAt: Instant,
        }),
      )
      .max(guildLimits.openInvites),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see who invites them to a guild.',
  budget: { readUnits: 2, writeUnits: 0 },
});

export const acceptInvite = defineEndpoint({
  id: 'guild.accept-invite',
  method: 'POST',
  path: '/api/v1/guild/invites/{guildId}/accept',
  summary: 'Join a guild that the selected character is invited to, or sign its charter',
  description:
    'A charter is signed by one character of each player; the last signature that it needs founds the guild. Accepting ' +
    'again, as a member, changes nothing.',
  auth: 'character',
  params,
  success: 200,
  response: GuildView,
  errors: ['guild.invite_not_found', 'guild.already_in_guild', 'guild.full', 'guild.account_has_signed'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot join guilds.',
  budget: { readUnits: 24, writeUnits: 60 },
});

export const declineInvite = defineEndpoint({
  id: 'guild.decline-invite',
  method: 'POST',
  path: '/api/v1/guild/invites/{guildId}/decline',
  summary: 'Decline an invite to a guild',
  description: 'Nobody is told.',
  auth: 'character',
  params,
  success: 204,
  errors: ['guild.invite_not_found'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot decline invites.',
  budget: { readUnits: 2, writeUnits: 8 },
});
