import * as z from 'zod';
import { ClassId } from '#content/schema/class.ts';
import { ACCOUNT_ERASED } from '#events/account.ts';
import { sessionErrors } from '#functions/session/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { forceRename } from './admin-contract.ts';
import { characterErrors } from './errors.ts';
import { DEFAULT_REALM, KEPT_DELETED_PER_REALM, SLOTS_PER_ACCOUNT, SLOTS_PER_REALM } from './rules.ts';
import {
  Appearance,
  AppearanceChange,
  CharacterView,
  characterFields,
  OriginId,
  RealmId,
  WantedName,
} from './shapes.ts';

const params = z.strictObject({ characterId: CharacterId });

export const createCharacter = defineEndpoint({
  id: 'character.create-character',
  method: 'POST',
  path: '/api/v1/characters',
  summary: 'Create a character',
  description:
    `An account has ${SLOTS_PER_REALM} slots in each realm and ${SLOTS_PER_ACCOUNT} in all. A name has 2 to 12 letters of one script, Latin or ` +
    'Cyrillic. The character begins at level 1 with the equipment of its class.',
  auth: 'account',
  body: z.strictObject({
    name: WantedName,
    classId: ClassId,
    originId: OriginId,
    appearance: Appearance,
    realmId: RealmId.default(DEFAULT_REALM),
  }),
  success: 201,
  response: CharacterView,
  errors: ['character.name_invalid', 'character.name_taken', 'character.name_barred', 'character.slots_full'],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot create characters.',
  budget: { readUnits: 8, writeUnits: 52 },
});

export const listCharacters = defineEndpoint({
  id: 'character.list-characters',
  method: 'GET',
  path: '/api/v1/characters',
  summary: 'List your characters',
  description: 'Of one realm, in the order of their creation.',
  auth: 'account',
  query: z.strictObject({
    realmId: RealmId.default(DEFAULT_REALM),
    include: z.enum(['deleted']).optional().meta({ description: 'Those that can be restored, too' }),
  }),
  success: 200,
  response: z.strictObject({
    characters: z.array(CharacterView).max(SLOTS_PER_REALM),
    deleted: z
      .array(CharacterView)
      .max(KEPT_DELETED_PER_REALM)
      .optional()
      .meta({ description: 'Deleted characters that can be restored, when asked for' }),
    slots: z.int().meta({ description: 'Most characters that the account may have in this realm' }),
    accountSlots: z
      .strictObject({ used: z.int(), limit: z.int() })
      .meta({ description: 'The same over all realms together' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot choose a character.',
  budget: { readUnits: 63, writeUnits: 0 },
});

export const viewCharacter = defineEndpoint({
  id: 'character.view-character',
  method: 'GET',
  path: '/api/v1/characters/{characterId}',
  summary: 'Get one of your characters',
  auth: 'account',
  params,
  success: 200,
  response: z.strictObject({
    ...characterFields,
    place: z
      .strictObject({
        zoneId: Slug,
        x: z.number().meta({ description: "Metres from the zone's south-west corner" }),
        y: z.number(),
        health: z.int().min(0),
        savedAt: z.iso.datetime(),
      })
      .optional()
      .meta({ description: 'Where it was last saved; missing until it has been in a zone' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look at a single character.',
  budget: { readUnits: 3, writeUnits: 0 },
});

export const selectCharacter = defineEndpoint({
  id: 'character.select-character',
  method: 'POST',
  path: '/api/v1/characters/{characterId}/select',
  summary: 'Play a character with this session',
  description:
    'Answers a new access token that carries the character: use it from now on. An account plays in one session at a ' +
    'time: another one that plays is ended. On a full realm this answers `session.realm_full` and you stand in its queue: ' +
    'select again once you are admitted. Selecting the character that the session plays already only renews the ' +
    'token.',
  auth: 'account',
  params,
  success: 200,
  response: z.strictObject({
    characterId: CharacterId,
    accessToken: z.string(),
    accessTokenExpiresAt: z.iso.datetime(),
  }),
  errors: [
    'character.rename_required',
    'character.deletion_pending',
    'character.deleted',
    'session.realm_full',
    'session.queue_full',
  ],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', secrets: ['token-signing-keys'], realmCap: true },
  impact: 'Players cannot start to play.',
  budget: { readUnits: 12, writeUnits: 60 },
});

export const deselectCharacter = defineEndpoint({
  id: 'character.deselect-character',
  method: 'POST',
  path: '/api/v1/characters/{characterId}/deselect',
  summary: 'Go back to choosing a character',
  description:
    'The session stays open and plays nothing; the character is saved and leaves the world. Answers a new access token ' +
    'without a character: use it from now on. A session that plays nothing already only gets its token.',
  auth: 'account',
  params,
  success: 200,
  response: z.strictObject({ accessToken: z.string(), accessTokenExpiresAt: z.iso.datetime() }),
  errors: ['character.not_selected'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', secrets: ['token-signing-keys'] },
  impact: 'Players must log out to play another character.',
  budget: { readUnits: 4, writeUnits: 16 },
});

export const changeAppearance = defineEndpoint({
  id: 'character.change-appearance',
  method: 'PATCH',
  path: '/api/v1/characters/{characterId}/appearance',
  summary: 'Change what a character looks like',
  description: 'Refused while it is in the world, where others have seen it.',
  auth: 'account',
  params,
  body: AppearanceChange,
  success: 200,
  response: CharacterView,
  errors: ['character.in_world', 'character.deletion_pending', 'character.deleted'],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write' },
  impact: 'Players cannot change what their characters look like.',
  budget: { readUnits: 4, writeUnits: 6 },
});

export const deleteCharacter = defineEndpoint({
  id: 'character.delete-character',
  method: 'DELETE',
  path: '/api/v1/characters/{characterId}',
  summary: 'Delete a character',
  description:
    'It leaves its slot and can be restored for 30 days; so long its name is held for you. From level 20 on the deletion ' +
    'takes effect after 24 hours, and restoring takes it back until then. Refused while the character is played, stands ' +
    'in the world or has other obligations; the facts of `character.has_obligations` list them. Repeating it changes ' +
    'nothing.',
  auth: 'account',
  params,
  body: z.strictObject({
    confirmName: WantedName.meta({ description: 'Its name, so that nobody deletes the wrong one' }),
  }),
  success: 200,
  response: CharacterView,
  errors: ['character.name_mismatch', 'character.has_obligations', 'character.deleted_full'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot delete characters.',
  budget: { readUnits: 10, writeUnits: 24 },
});

export const restoreCharacter = defineEndpoint({
  id: 'character.restore-character',
  method: 'POST',
  path: '/api/v1/characters/{characterId}/restore',
  summary: 'Restore a deleted character',
  description:
    'Takes back a deletion, also one that has not taken effect yet. Needs a free slot. When another of your characters ' +
    'has its name by now, it must take another one before it can be played. Repeating it changes nothing.',
  auth: 'account',
  params,
  success: 200,
  response: CharacterView,
  errors: ['character.slots_full', 'character.not_restorable', 'character.name_taken'],
  idempotency: 'none',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot get deleted characters back.',
  budget: { readUnits: 6, writeUnits: 24 },
});

export const renameCharacter = defineEndpoint({
  id: 'character.rename-character',
  method: 'POST',
  path: '/api/v1/characters/{characterId}/rename',
  summary: 'Give a character the other name that it must take',
  description:
    'Only for a character whose `renameRequired` is set. The old name is held for 30 days; one that a moderator took ' +
    'away is never yours again.',
  auth: 'account',
  params,
  body: z.strictObject({ name: WantedName }),
  success: 200,
  response: CharacterView,
  errors: [
    'character.rename_not_required',
    'character.name_invalid',
    'character.name_taken',
    'character.name_barred',
    'character.deletion_pending',
    'character.deleted',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players whose character lost its name cannot play it.',
  budget: { readUnits: 8, writeUnits: 28 },
});

export const deleteDue = defineJob({
  id: 'character.delete-due',
  schedule: 'rate(5 minutes)',
  needs: { table: 'write' },
  impact: 'Characters whose deletion has cooled off keep their slots.',
  timeoutSeconds: 50,
});

export const purgeDue = defineJob({
  id: 'character.purge-due',
  schedule: 'rate(1 hour)',
  needs: { table: 'write' },
  impact: 'Deleted characters are kept for longer than players were told.',
  timeoutSeconds: 50,
});

export const erasePersonalData = defineSubscriber({
  id: 'character.erase-personal-data',
  on: [ACCOUNT_ERASED],
  needs: { table: 'write' },
  impact: 'Characters of erased accounts keep the names that a person gave them.',
});

export const domain = defineDomain({
  name: 'character',
  summary: 'Characters, their slots, names and saved state, from creation to purge.',
  errors: characterErrors,
  foreignErrors: [sessionErrors],
  endpoints: [
    createCharacter,
    listCharacters,
    viewCharacter,
    selectCharacter,
    deselectCharacter,
    changeAppearance,
    deleteCharacter,
    restoreCharacter,
    renameCharacter,
    forceRename,
  ],
  subscribers: [erasePersonalData],
  jobs: [deleteDue, purgeDue],
});
