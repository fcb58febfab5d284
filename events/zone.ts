import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { DAY_MS } from '#shared/kernel/clock.ts';
import { AccountId, CharacterId, InstanceId, PartyId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { CharacterLevel, Instant, MAX_GROUP, Position, ZoneEpoch } from './fields.ts';

/** Set when it is not the first layer: which layer or instance of the zone. */
const UnitId = Slug.optional().meta({ description: 'The layer or instance; unset: the zone’s first layer' });

/** Why a body is out of the world. */
const leaveReasons = ['left', 'lost', 'logout', 'afk', 'removed', 'moving'] as const;

export const ZONE_CHANGED = defineEvent({
  name: 'ZONE_CHANGED',
  version: 1,
  owner: 'zone',
  summary:
    'A character is in another zone, or another layer or instance of it, than before; without a previous one it came ' +
    'into the world.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    zoneId: Slug,
    previousZoneId: Slug.optional(),
    unitId: UnitId,
    epoch: ZoneEpoch,
  }),
});

export const ZONE_LEFT = defineEvent({
  name: 'ZONE_LEFT',
  version: 1,
  owner: 'zone',
  summary: 'A character has left the world: its body is out of its zone and in no other.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    zoneId: Slug,
    unitId: UnitId,
    epoch: ZoneEpoch,
    reason: z.enum(leaveReasons).meta({
      description:
        'left: by its own wish; lost: it did not come back after its connection broke; logout: its session has ended; ' +
        'afk: nobody played it; removed: put out by the operator; moving: its server went away, it may come back at once',
    }),
  }),
});

export const PLAYER_IDLE = defineEvent({
  name: 'PLAYER_IDLE',
  version: 1,
  owner: 'zone',
  summary: 'Nobody has played a character for so long that it was put out of the world.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    zoneId: Slug,
    idleMs: z.int().min(0).max(DAY_MS).meta({ description: 'Time since the last input, in ms' }),
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
