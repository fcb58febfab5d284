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

export const CHARACTER_SWITCHED = defineEvent({
  name: 'CHARACTER_SWITCHED',
  version: 1,
  owner: 'character',
  summary: 'A session plays a character now; without a previous one it is the first of that session.',
  detail: z.strictObject({
    accountId: AccountId,
    sessionId: SessionId,
    characterId: CharacterId,
    previousCharacterId: CharacterId.optional(),
  }),
});
