import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, DropId, ItemId, LootRollId, PartyId, Slug } from '#shared/kernel/ids.ts';
import {
  CharacterRef,
  Instant,
  ItemQuality,
  ItemSummary,
  MAX_DROP_SLOTS,
  MAX_GROUP,
  Position,
  StackCount,
  ZoneEpoch,
} from './fields.ts';

const SlotIndex = z
  .int()
  .min(0)
  .max(MAX_DROP_SLOTS - 1);

const contested = {
  rollId: LootRollId,
  dropId: DropId,
  slotIndex: SlotIndex,
  partyId: PartyId.optional(),
  templateId: Slug,
  quality: ItemQuality,
  count: StackCount,
};

export const LOOT_GENERATED = defineEvent({
  name: 'LOOT_GENERATED',
  version: 1,
  owner: 'loot',
  summary: 'A drop lies in the world: its slots are open to the characters that earned it.',
  detail: z.strictObject({
    dropId: DropId,
    zoneId: Slug,
    epoch: ZoneEpoch,
    npcKind: Slug.optional().meta({ description: 'Whose remains these are' }),
    objectId: Slug.optional().meta({ description: 'The object of the zone that held it, where no NPC has left it' }),
    position: Position,
    slots: z
      .array(z.strictObject({ slotIndex: SlotIndex, templateId: Slug, quality: ItemQuality, count: StackCount }))
      .min(1)
      .max(MAX_DROP_SLOTS),
    eligible: z.array(CharacterRef).min(1).max(MAX_GROUP),
    method: z
      .enum(['solo', 'free_for_all', 'round_robin', 'group', 'master', 'personal'])
      .optional()
      .meta({ description: 'How it is shared; `solo`: no party shares it' }),
    partyId: PartyId.optional().meta({ description: 'The party that shares it' }),
    freeForAllAt: Instant.meta({ description: 'From then on anybody in the zone may take what is left' }),
    expiresAt: Instant,
  }),
});

export const ITEM_PICKED_UP = defineEvent({
  name: 'ITEM_PICKED_UP',
  version: 1,
  owner: 'loot',
  summary: 'A character took a slot of a drop; the item is in their bag.',
  detail: ItemSummary.extend({
    accountId: AccountId,
    characterId: CharacterId,
    zoneId: Slug,
    dropId: DropId,
    slotIndex: SlotIndex,
    putDown: z
      .literal(true)
      .optional()
      .meta({ description: 'A player had put it down: nobody has found anything new' }),
  }),
});

export const ITEM_DROPPED = defineEvent({
  name: 'ITEM_DROPPED',
  version: 1,
  owner: 'loot',
  summary: 'A character put an item down; it lies in the world as a drop.',
  detail: z.strictObject({
    itemId: ItemId,
    templateId: Slug,
    count: StackCount,
    accountId: AccountId,
    characterId: CharacterId,
    zoneId: Slug,
    dropId: DropId,
    position: Position,
  }),
});

export const LOOT_ROLL_STARTED = defineEvent({
  name: 'LOOT_ROLL_STARTED',
  version: 1,
  owner: 'loot',
  summary: 'The eligible members of a group roll for a slot of a drop.',
  detail: z.strictObject({
    ...contested,
    eligible: z.array(CharacterRef).min(1).max(MAX_GROUP),
    closesAt: Instant,
    seedCommitment: z.string().max(64).meta({ description: 'SHA-256 of the seed, base64url; the seed follows' }),
  }),
});

export const LOOT_ROLL_COMPLETED = defineEvent({
  name: 'LOOT_ROLL_COMPLETED',
  version: 1,
  owner: 'loot',
  summary: 'A roll for a slot is decided; without a winner the slot is free to all eligible.',
  detail: z.strictObject({
    ...contested,
    winner: CharacterRef.optional(),
    votes: z
      .array(
        CharacterRef.extend({
          choice: z.enum(['need', 'greed', 'pass']),
          roll: z.int().min(1).max(100).optional().meta({ description: 'Unset after a pass' }),
        }),
      )
      .min(1)
      .max(MAX_GROUP),
    seed: z.string().max(64).meta({ description: 'With it everybody can compute the rolls again' }),
  }),
});
