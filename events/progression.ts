import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { CharacterLevel, Experience } from './fields.ts';

const Points = z.int().min(0).max(10_000);

export const LEVEL_UP = defineEvent({
  name: 'LEVEL_UP',
  version: 1,
  owner: 'progression',
  summary: 'A character has reached a higher level, perhaps several at once.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    level: CharacterLevel,
    previousLevel: CharacterLevel,
    attributePoints: Points.meta({ description: 'Unspent attribute points after it' }),
    skillPoints: Points.meta({ description: 'Unspent skill points after it' }),
  }),
});

export const ATTRIBUTE_INCREASED = defineEvent({
  name: 'ATTRIBUTE_INCREASED',
  version: 1,
  owner: 'progression',
  summary: 'A player has raised an attribute with points; what a level gives by itself is told by `LEVEL_UP`.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    attributeId: Slug,
    value: Points,
    previousValue: Points,
  }),
});

export const SKILL_INCREASED = defineEvent({
  name: 'SKILL_INCREASED',
  version: 1,
  owner: 'progression',
  summary: 'A player has raised a skill with points.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    skillId: Slug,
    value: Points,
    previousValue: Points,
  }),
});

export const CHARACTER_RESPEC = defineEvent({
  name: 'CHARACTER_RESPEC',
  version: 1,
  owner: 'progression',
  summary: 'A player has taken back the points that a character had spent, and may spend them anew.',
  detail: z.strictObject({
    accountId: AccountId,
    characterId: CharacterId,
    kind: z.enum(['attributes', 'skills', 'all']),
    cost: Experience.meta({ description: 'Experience that it cost' }),
    attributePoints: Points.meta({ description: 'Unspent attribute points after it' }),
    skillPoints: Points.meta({ description: 'Unspent skill points after it' }),
  }),
});
