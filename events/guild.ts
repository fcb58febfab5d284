import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, GuildId, Slug } from '#shared/kernel/ids.ts';
import { CharacterRef, DisplayName } from './fields.ts';

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

export const GUILD_LEVELED_UP = defineEvent({
  name: 'GUILD_LEVELED_UP',
  version: 1,
  owner: 'guild',
  summary: 'A guild has reached a higher level.',
  detail: z.strictObject({ guildId: GuildId, level: GuildLevel, previousLevel: GuildLevel }),
});
