import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, InstanceId, PartyId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { CharacterLevel, Instant, MAX_GROUP, Position, ZoneEpoch } from './fields.ts';

export const ZONE_CHANGED = defineEvent({
  name: 'ZONE_CHANGED',
  version: 1,
  owner: 'zone',
  summary: 'A character is in another zone than before; without a previous one it came into the world.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    zoneId: Slug,
    previousZoneId: Slug.optional(),
    epoch: ZoneEpoch,
  }),
});

export const INSTANCE_CREATED = defineEvent({
  name: 'INSTANCE_CREATED',
  version: 1,
  owner: 'zone',
  summary: 'A zone of their own was made for a group.',
  detail: z.strictObject({
    instanceId: InstanceId,
    zoneId: Slug,
    partyId: PartyId.optional(),
    difficulty: Slug,
    accountIds: z.array(AccountId).min(1).max(MAX_GROUP),
    expiresAt: Instant,
  }),
});

export const BOSS_SPAWNED = defineEvent({
  name: 'BOSS_SPAWNED',
  version: 1,
  owner: 'zone',
  summary: 'A boss has appeared in a zone.',
  detail: z.strictObject({
    zoneId: Slug,
    epoch: ZoneEpoch,
    instanceId: InstanceId.optional(),
    spawnId: z.string().min(1).max(80),
    npcKind: Slug,
    npcLevel: CharacterLevel,
    position: Position,
  }),
});
