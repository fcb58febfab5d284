import * as z from 'zod';
import { ClassId } from '#content/schema/class.ts';
import { CharacterId } from '#shared/kernel/ids.ts';
import { appearanceChoices } from './data/appearance.ts';
import { origins } from './data/origins.ts';
import { characterStatuses, realms } from './rules.ts';

export const RealmId = z.enum(realms.map(({ id }) => id)).meta({ description: 'World that the character lives in' });
export const OriginId = z.enum(origins.map(({ id }) => id)).meta({ description: 'Where the character comes from' });

/** A name as a client sends it: whether a character may have it is decided by `name-rules.ts`. */
export const WantedName = z
  .string()
  .min(1)
  .max(48)
  .meta({ description: '2 to 12 letters', examples: ['Vesper'] });

const choice = (feature: keyof typeof appearanceChoices) =>
  z
    .int()
    .min(0)
    .max(appearanceChoices[feature] - 1);

const features = {
  build: choice('build'),
  skin: choice('skin'),
  face: choice('face'),
  hair: choice('hair'),
  hairColour: choice('hairColour'),
  eyes: choice('eyes'),
  chrome: choice('chrome').meta({ description: 'Visible implants' }),
  voice: choice('voice'),
};

export const Appearance = z
  .strictObject({
    build: features.build.default(0),
    skin: features.skin.default(0),
    face: features.face.default(0),
    hair: features.hair.default(0),
    hairColour: features.hairColour.default(0),
    eyes: features.eyes.default(0),
    chrome: features.chrome.default(0),
    voice: features.voice.default(0),
  })
  .meta({ description: 'Number of the choice for each feature' });

export const AppearanceChange = z
  .strictObject(features)
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
  .meta({ description: 'What is left out stays as it is', examples: [{ hair: 3 }] });

export const characterFields = {
  characterId: CharacterId,
  realmId: RealmId,
  name: z.string().meta({ description: 'Unique in its realm, also against names that look alike' }),
  classId: ClassId,
  originId: OriginId,
  level: z.int().min(1),
  appearance: Appearance,
  status: z.enum(characterStatuses).meta({ description: 'Only an ACTIVE character can be played' }),
  renameRequired: z.boolean().meta({ description: 'It must take another name before it can be played' }),
  createdAt: z.iso.datetime(),
  lastPlayedAt: z.iso.datetime().optional().meta({ description: 'When it was last selected' }),
  deletesAt: z.iso.datetime().optional().meta({ description: 'DELETING: until then the deletion can be taken back' }),
  restorableUntil: z.iso.datetime().optional().meta({ description: 'DELETED: until then it can be restored' }),
};

export const CharacterView = z.strictObject(characterFields);
