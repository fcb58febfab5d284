import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { CharacterRef, DisplayName, Instant, MAX_GROUP } from './fields.ts';

export const PARTY_CREATED = defineEvent({
  name: 'PARTY_CREATED',
  version: 1,
  owner: 'party',
  summary: 'A character has formed a party and leads it.',
  detail: z.strictObject({
    partyId: PartyId,
    leader: CharacterRef,
    lootMethod: z.enum(['free_for_all', 'round_robin', 'group', 'master', 'personal']),
  }),
});

export const PARTY_DISBANDED = defineEvent({
  name: 'PARTY_DISBANDED',
  version: 1,
  owner: 'party',
  summary: 'A party is no more; these were its last members.',
  detail: z.strictObject({
    partyId: PartyId,
    reason: z.enum(['leader', 'last_member_left', 'all_offline']),
    members: z.array(CharacterRef).max(MAX_GROUP),
  }),
});

export const PLAYER_JOINED_PARTY = defineEvent({
  name: 'PLAYER_JOINED_PARTY',
  version: 1,
  owner: 'party',
  summary: 'A character has joined a party.',
  detail: z.strictObject({
    partyId: PartyId,
    accountId: AccountId,
    characterId: CharacterId,
    leaderCharacterId: CharacterId,
    memberCount: z.int().min(1).max(MAX_GROUP),
  }),
});

export const PLAYER_LEFT_PARTY = defineEvent({
  name: 'PLAYER_LEFT_PARTY',
  version: 1,
  owner: 'party',
  summary: 'A character is no longer in a party that goes on, or was the last one in it.',
  detail: z.strictObject({
    partyId: PartyId,
    accountId: AccountId,
    characterId: CharacterId,
    reason: z.enum(['left', 'kicked', 'erased']),
    leaderCharacterId: CharacterId.optional().meta({ description: 'Who leads now; unset: nobody is left' }),
    memberCount: z.int().min(0).max(MAX_GROUP),
  }),
});

export const PARTY_LEADER_CHANGED = defineEvent({
  name: 'PARTY_LEADER_CHANGED',
  version: 1,
  owner: 'party',
  summary: 'Another member leads a party.',
  detail: z.strictObject({
    partyId: PartyId,
    previousLeader: CharacterRef,
    leader: CharacterRef,
    reason: z.enum(['transferred', 'left', 'offline']),
  }),
});

export const PARTY_INVITE_SENT = defineEvent({
  name: 'PARTY_INVITE_SENT',
  version: 1,
  owner: 'party',
  summary: 'A member of a party asks a character to join it.',
  detail: z.strictObject({
    partyId: PartyId,
    from: CharacterRef,
    fromName: DisplayName,
    to: CharacterRef,
    expiresAt: Instant,
  }),
});
