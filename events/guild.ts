import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, GuildId, Slug } from '#shared/kernel/ids.ts';
import { CharacterRef, DisplayName, Instant } from './fields.ts';

const GuildLevel = z.int().min(1).max(100);

export const GUILD_CREATED = defineEvent({
  name: 'GUILD_CREATED',
  version: 1,
  owner: 'guild',
  summary: 'A guild was founded.',
  detail: z.strictObject({ guildId: GuildId, name: DisplayName, leader: CharacterRef }),
});

export const PLAYER_JOINED_GUILD = defineEvent({
  name: 'PLAYER_JOINED_GUILD',
  version: 1,
  owner: 'guild',
  summary: 'A character has become a member of a guild.',
  detail: z.strictObject({
    guildId: GuildId,
    accountId: AccountId,
    characterId: CharacterId,
    rankId: Slug,
    memberCount: z.int().min(1).max(10_000),
  }),
});

export const PLAYER_LEFT_GUILD = defineEvent({
  name: 'PLAYER_LEFT_GUILD',
  version: 1,
  owner: 'guild',
  summary: 'A character is no longer a member of a guild.',
  detail: z.strictObject({
    guildId: GuildId,
    accountId: AccountId,
    characterId: CharacterId,
    reason: z.enum(['left', 'kicked', 'deleted', 'erased']),
    memberCount: z.int().min(0).max(10_000),
  }),
});

export const GUILD_LEADER_CHANGED = defineEvent({
  name: 'GUILD_LEADER_CHANGED',
  version: 1,
  owner: 'guild',
  summary: 'Another member leads a guild.',
  detail: z.strictObject({
    guildId: GuildId,
    previousLeader: CharacterRef,
    leader: CharacterRef,
    reason: z.enum(['transferred', 'deleted', 'erased']),
  }),
});

export const GUILD_RANK_CHANGED = defineEvent({
  name: 'GUILD_RANK_CHANGED',
  version: 1,
  owner: 'guild',
  summary: 'A member of a guild has another rank.',
  detail: z.strictObject({
    guildId: GuildId,
    accountId: AccountId,
    characterId: CharacterId,
    rankId: Slug,
    previousRankId: Slug,
    byCharacterId: CharacterId,
  }),
});

export const GUILD_DISBANDED = defineEvent({
  name: 'GUILD_DISBANDED',
  version: 1,
  owner: 'guild',
  summary: 'A guild is no more; this was its last member.',
  detail: z.strictObject({ guildId: GuildId, name: DisplayName, lastMember: CharacterRef }),
});

export const GUILD_INVITE_SENT = defineEvent({
  name: 'GUILD_INVITE_SENT',
  version: 1,
  owner: 'guild',
  summary: 'A member of a guild asks a character to join it, or to sign its charter.',
  detail: z.strictObject({
    guildId: GuildId,
    guildName: DisplayName,
    isCharter: z.boolean(),
    from: CharacterRef,
    fromName: DisplayName,
    to: CharacterRef,
    expiresAt: Instant,
  }),
});

export const GUILD_LEVELED_UP = defineEvent({
  name: 'GUILD_LEVELED_UP',
  version: 1,
  owner: 'guild',
  summary: 'A guild has reached a higher level.',
  detail: z.strictObject({ guildId: GuildId, level: GuildLevel, previousLevel: GuildLevel }),
});
