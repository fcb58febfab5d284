import * as z from 'zod';
import { DisplayName, Instant } from '#events/fields.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId, PartyId } from '#shared/kernel/ids.ts';
import './errors.ts';
import { partyLimits } from './rules.ts';
import { PartyView } from './shapes.ts';

const params = z.strictObject({ partyId: PartyId });

export const invite = defineEndpoint({
  id: 'party.invite',
  method: 'POST',
  path: '/api/v1/party/invites',
  summary: 'Invite a character to the party',
  description:
    'Any member may, by id or by the name that the character has in your realm. An invite lives 60 seconds; the same ' +
    'player can be asked again after 30. A player who takes no invites of yours answers like one that there is not.',
  auth: 'character',
  body: z.union([
    z.strictObject({ characterName: DisplayName.meta({ description: 'Name of a character of your realm' }) }),
    z.strictObject({ characterId: CharacterId }),
  ]),
  success: 201,
  response: z.strictObject({ partyId: PartyId, characterId: CharacterId, name: DisplayName, expiresAt: Instant }),
  errors: [
    'party.not_in_party',
    'party.player_not_found',
    'party.self',
    'party.full',
    'party.target_in_party',
    'party.invited_recently',
    'party.invites_full',
  ],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot invite others to parties.',
  budget: { readUnits: 14, writeUnits: 16 },
});

export const listInvites = defineEndpoint({
  id: 'party.list-invites',
  method: 'GET',
  path: '/api/v1/party/invites',
  summary: 'List the open invites of the selected character',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    invites: z
      .array(
        z.strictObject({
          partyId: PartyId,
          fromCharacterId: CharacterId,
          fromName: DisplayName,
          invitedAt: Instant,
          expiresAt: Instant,
        }),
      )
      .max(partyLimits.openInvites),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see who invites them to a party.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const acceptInvite = defineEndpoint({
  id: 'party.accept-invite',
  method: 'POST',
  path: '/api/v1/party/invites/{partyId}/accept',
  summary: 'Join a party that the selected character is invited to',
  description: 'Accepting again, as a member, changes nothing.',
  auth: 'character',
  params,
  success: 200,
  response: PartyView,
  errors: ['party.invite_not_found', 'party.already_in_party', 'party.full'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot join parties.',
  budget: { readUnits: 8, writeUnits: 20 },
});

export const declineInvite = defineEndpoint({
  id: 'party.decline-invite',
  method: 'POST',
  path: '/api/v1/party/invites/{partyId}/decline',
  summary: 'Decline an invite to a party',
  description: 'The party is told.',
  auth: 'character',
  params,
  success: 204,
  errors: ['party.invite_not_found'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot decline invites.',
  budget: { readUnits: 4, writeUnits: 8 },
});
