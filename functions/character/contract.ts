import * as z from 'zod';
import { ClassId } from '#content/schema/class.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { appearanceChoices } from './data/appearance.ts';
import { origins } from './data/origins.ts';
import { characterErrors } from './errors.ts';
import { DEFAULT_REALM, realms, SLOTS_PER_REALM } from './rules.ts';

const RealmId = z.enum(realms.map(({ id }) => id)).meta({ description: 'World that the character lives in' });
const OriginId = z.enum(origins.map(({ id }) => id)).meta({ description: 'Where the character comes from' });
const Name = z.string().meta({ description: 'Unique in its realm, also against names that look alike' });

const choice = (feature: keyof typeof appearanceChoices) =>
  z
    .int()
    .min(0)
    .max(appearanceChoices[feature] - 1);

const Appearance = z
  .strictObject({
    build: choice('build').default(0),
    skin: choice('skin').default(0),
    face: choice('face').default(0),
    hair: choice('hair').default(0),
    hairColour: choice('hairColour').default(0),
    eyes: choice('eyes').default(0),
    chrome: choice('chrome').default(0).meta({ description: 'Visible implants' }),
    voice: choice('voice').default(0),
  })
  .meta({ description: 'Number of the choice for each feature' });

const characterFields = {
  characterId: CharacterId,
  realmId: RealmId,
  name: Name,
  classId: ClassId,
  originId: OriginId,
  level: z.int().min(1),
  appearance: Appearance,
  createdAt: z.iso.datetime(),
};

const CharacterView = z.strictObject(characterFields);

export const createCharacter = defineEndpoint({
  id: 'character.create-character',
  method: 'POST',
  path: '/api/v1/characters',
  summary: 'Create a character',
  description:
    `An account has ${SLOTS_PER_REALM} slots in each realm. A name has 2 to 12 letters of one script, Latin or ` +
    'Cyrillic. The character begins at level 1 with the equipment of its class.',
  auth: 'account',
  body: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(48)
      .meta({ description: '2 to 12 letters', examples: ['Vesper'] }),
    classId: ClassId,
    originId: OriginId,
    appearance: Appearance,
    realmId: RealmId.default(DEFAULT_REALM),
  }),
  success: 201,
  response: CharacterView,
  errors: ['character.name_invalid', 'character.name_taken', 'character.slots_full'],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot create characters.',
  budget: { readUnits: 6, writeUnits: 36 },
});

export const listCharacters = defineEndpoint({
  id: 'character.list-characters',
  method: 'GET',
  path: '/api/v1/characters',
  summary: 'List your characters',
  description: 'Of one realm, in the order of their creation.',
  auth: 'account',
  query: z.strictObject({ realmId: RealmId.default(DEFAULT_REALM) }),
  success: 200,
  response: z.strictObject({
    characters: z.array(CharacterView).max(SLOTS_PER_REALM),
    slots: z.int().meta({ description: 'Most characters that the account may have in this realm' }),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot choose a character.',
  budget: { readUnits: 21, writeUnits: 0 },
});

export const viewCharacter = defineEndpoint({
  id: 'character.view-character',
  method: 'GET',
  path: '/api/v1/characters/{characterId}',
  summary: 'Get one of your characters',
  auth: 'account',
  params: z.strictObject({ characterId: CharacterId }),
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
    'time: another one that plays is ended. Selecting the character that the session plays already only renews the ' +
    'token.',
  auth: 'account',
  params: z.strictObject({ characterId: CharacterId }),
  success: 200,
  response: z.strictObject({
    characterId: CharacterId,
    accessToken: z.string(),
    accessTokenExpiresAt: z.iso.datetime(),
  }),
  errors: [],
  idempotency: 'none',
  rate: 'write',
  needs: { table: 'write', secrets: ['token-signing-keys'] },
  impact: 'Players cannot start to play.',
  budget: { readUnits: 8, writeUnits: 44 },
});

export const domain = defineDomain({
  name: 'character',
  summary: 'Characters, their slots and their saved state.',
  errors: characterErrors,
  endpoints: [createCharacter, listCharacters, viewCharacter, selectCharacter],
});
