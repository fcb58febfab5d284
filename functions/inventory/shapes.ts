import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { EquipmentSlot } from '#content/schema/item.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { bindStates, containers } from './rules.ts';

export const ItemView = z.strictObject({
  itemId: ItemId,
  templateId: Slug.meta({ description: 'What kind of thing it is' }),
  quality: z.enum(qualities),
  count: z.int().min(1).meta({ description: 'How many are in this stack' }),
  container: z.enum(containers).meta({ description: 'Where the character keeps it' }),
  slot: z.int().min(0).meta({ description: 'Slot in the container, from 0' }),
  wornAs: EquipmentSlot.optional().meta({ description: 'Where it is worn, of the equipment' }),
  bind: z.enum(bindStates).meta({ description: 'What it is tied to: then it cannot be given away' }),
  durability: z
    .strictObject({ left: z.int().min(0), full: z.int().min(1) })
    .optional()
    .meta({ description: 'Unset: it does not wear. With nothing left it is broken and gives no stats' }),
  charges: z.int().min(0).optional().meta({ description: 'Uses that are left; unset: one use takes one of the stack' }),
  expiresAt: z.iso.datetime().optional().meta({ description: 'From then on it is gone; unset: it lasts' }),
  tradeableUntil: z.iso
    .datetime()
    .optional()
    .meta({ description: 'Until then it may go to those who had earned it too, although it is bound' }),
  version: z.int().min(1).meta({ description: 'Rises with every change of the item' }),
  acquiredAt: z.iso.datetime(),
});

/** What a call has done to the character's items. */
export const Arranged = z.strictObject({
  items: z.array(ItemView).max(100).meta({ description: 'Those that have changed, as they are now' }),
  gone: z.array(ItemId).max(100).meta({ description: 'Those that the character has no more' }),
});

export const itemParams = z.strictObject({ itemId: ItemId });

/** The version that the caller has seen: with it a call refuses an item that has changed since. */
export const SeenVersion = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'The `version` that you have seen: refused if it is another by now. Unset: whatever it is' });

/** How many of a stack. */
export const PartCount = z.int().min(1).max(1_000).meta({ description: 'How many of the stack' });

export const StorageName = z.enum(['bag', 'bank']);

export const SlotNumber = z.int().min(0).max(199).meta({ description: 'Slot in the container, from 0' });
