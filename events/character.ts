import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { CharacterLevel, DisplayName, Instant } from './fields.ts';

export const CHARACTER_CREATED = defineEvent({
  name: 'CHARACTER_CREATED',
  version: 1,
  owner: 'character',
  summary: 'A player has created a character.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    name: DisplayName,
    classId: Slug,
    level: CharacterLevel,
  }),
});

export const CHARACTER_DELETED = defineEvent({
  name: 'CHARACTER_DELETED',
  version: 1,
  owner: 'character',
  summary: 'A player has deleted a character; it can be restored until the given instant.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    name: DisplayName,
    restorableUntil: Instant,
  }),
});

export const CHARACTER_DELETION_STARTED = defineEvent({
  name: 'CHARACTER_DELETION_STARTED',
  version: 1,
  owner: 'character',
  summary:
    'A player wants to delete a character of a high level: it happens at the given instant, unless they change their mind.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    name: DisplayName,
    deletesAt: Instant,
  }),
});

export const CHARACTER_DELETION_CANCELLED = defineEvent({
  name: 'CHARACTER_DELETION_CANCELLED',
  version: 1,
  owner: 'character',
  summary: 'A player has taken back a deletion that had not happened yet.',
  detail: z.strictObject({ accountId: AccountId, characterId: CharacterId, name: DisplayName }),
});

export const CHARACTER_RESTORED = defineEvent({
  name: 'CHARACTER_RESTORED',
  version: 1,
  owner: 'character',
  summary: 'A player has restored a deleted character.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    name: DisplayName,
    renameRequired: z.boolean().meta({ description: 'Its name is gone: it must take another one' }),
  }),
});

export const CHARACTER_PURGED = defineEvent({
  name: 'CHARACTER_PURGED',
  version: 1,
  owner: 'character',
  summary: 'A character is gone for good: other domains may forget what they know of it, but for what has value.',
  detail: z.strictObject({ accountId: AccountId, characterId: CharacterId, realmId: Slug }),
});

export const CHARACTER_RENAME_REQUIRED = defineEvent({
  name: 'CHARACTER_RENAME_REQUIRED',
  version: 1,
  owner: 'character',
  summary: 'A moderator has taken a name away: the character cannot be played until it has another one.',
  detail: z.strictObject({ accountId: AccountId, characterId: CharacterId, name: DisplayName }),
});

export const CHARACTER_RENAMED = defineEvent({
  name: 'CHARACTER_RENAMED',
  version: 1,
  owner: 'character',
  summary: 'A character has taken another name because it had to.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    name: DisplayName,
    previousName: DisplayName,
    reason: z.enum(['moderation', 'name_taken']),
  }),
});

export const CHARACTER_SWITCHED = defineEvent({
  name: 'CHARACTER_SWITCHED',
  version: 1,
  owner: 'character',
  summary: 'A session plays a character now; without a previous one it played none until then.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    previousCharacterId: CharacterId.optional(),
  }),
});
