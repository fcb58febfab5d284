import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { Instant, MAX_DROP_SLOTS, MAX_GROUP } from '#events/fields.ts';
import { lootMethods } from '#functions/party/shapes.ts';
import { CharacterId, DropId, ItemId, LootRollId, PartyId, Slug } from '#shared/kernel/ids.ts';
import { slotClaims, slotStates } from './drop.ts';
import { choices } from './rolls.ts';

export const DropView = z.strictObject({
  dropId: DropId,
  zoneId: Slug,
  position: z.strictObject({ x: z.number(), y: z.number() }),
  npcKind: Slug.optional().meta({ description: 'Whose remains these are' }),
  objectId: Slug.optional().meta({
    description: 'The object of the zone that held it; unset like `npcKind`: a player has put it down',
  }),
  method: z.enum([...lootMethods, 'solo']).meta({ description: '`solo`: no party shares it' }),
  partyId: PartyId.optional().meta({ description: 'The party that shares it' }),
  masterLooterId: CharacterId.optional().meta({ description: 'Who gives out what waits for it' }),
  masterUntil: Instant.optional().meta({ description: 'What is not given out by then is rolled for' }),
  eligible: z.boolean().meta({ description: 'The selected character may take what is free now' }),
  eligibleIds: z
    .array(CharacterId)
    .max(MAX_GROUP)
    .optional()
    .meta({ description: 'Who has earned it, in the order that decides between equals; for those who have' }),
  released: z.boolean().meta({ description: 'Whose turn it was has given up the rest' }),
  freeForAllAt: Instant.meta({ description: 'From then on anybody in the zone may take what is left' }),
  expiresAt: Instant,
  slots: z
    .array(
      z.strictObject({
        slotIndex: z.int().min(0),
        templateId: Slug,
        quality: z.enum(qualities),
        count: z.int().min(1),
        state: z.enum(slotStates),
        claim: z.enum(slotClaims).meta({
          description:
            '`free`: to all who earned it; `turn`: whose turn it is; `own`: one’s alone; `roll`: it is rolled for; ' +
            '`master`: the master looter gives it out',
        }),
        reservedFor: CharacterId.optional(),
        rollId: LootRollId.optional().meta({ description: 'The roll for it, open or decided' }),
        awardedTo: CharacterId.optional(),
        mayTake: z.boolean().meta({ description: 'The selected character may take it now' }),
      }),
    )
    .max(MAX_DROP_SLOTS),
});

export const LootedItemView = z.strictObject({
  itemId: ItemId,
  templateId: Slug,
  quality: z.enum(qualities),
  count: z.int().min(1),
});

export const RollView = z.strictObject({
  rollId: LootRollId,
  dropId: DropId,
  slotIndex: z.int().min(0),
  templateId: Slug,
  quality: z.enum(qualities),
  count: z.int().min(1),
  state: z.enum(['OPEN', 'DECIDED']),
  startedAt: Instant,
  closesAt: Instant,
  seedCommitment: z.string().meta({ description: 'SHA-256 of the seed’s text, base64url, published at the start' }),
  seed: z
    .string()
    .optional()
    .meta({ description: 'Once it is decided: with it everybody can compute the rolls again' }),
  winnerId: CharacterId.optional().meta({ description: 'Unset while it is open, and when all have passed' }),
  myChoice: z.enum(choices).optional().meta({ description: 'Unset: you have not voted' }),
  voters: z
    .array(
      z.strictObject({
        characterId: CharacterId,
        choice: z.enum(choices).optional().meta({ description: 'Unset: not voted' }),
        roll: z.int().min(1).max(100).optional().meta({ description: 'Once it is decided, of those who did not pass' }),
        chance: z.number().min(0).max(1).meta({ description: 'Of winning, as the votes stand' }),
        barred: z.literal(true).optional().meta({ description: 'Had taken of another kill of this boss meanwhile' }),
      }),
    )
    .max(MAX_GROUP)
    .meta({ description: 'Who may vote, in the order that decides between equal rolls' }),
});
