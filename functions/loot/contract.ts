import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { MAX_DROP_SLOTS } from '#events/fields.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { DropId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { lootErrors } from './errors.ts';

export const slotStates = ['OPEN', 'AWARDED'] as const;

export const DropView = z.strictObject({
  dropId: DropId,
  zoneId: Slug,
  position: z.strictObject({ x: z.number(), y: z.number() }),
  npcKind: Slug.meta({ description: 'Whose remains these are' }),
  eligible: z.boolean().meta({ description: 'The selected character may take from it now' }),
  freeForAllAt: z.iso.datetime().meta({ description: 'From then on anybody in the zone may take what is left' }),
  expiresAt: z.iso.datetime(),
  slots: z
    .array(
      z.strictObject({
        slotIndex: z.int().min(0),
        templateId: Slug,
        quality: z.enum(qualities),
        count: z.int().min(1),
        state: z.enum(slotStates),
      }),
    )
    .max(MAX_DROP_SLOTS),
});

/** A slot number in a path: 0 to 15. */
const SlotIndexParam = z
  .string()
  .regex(/^(?:\d|1[0-5])$/)
  .meta({ description: 'Number of the slot, from 0', examples: ['0'] });

export const getDrop = defineEndpoint({
  id: 'loot.get-drop',
  method: 'GET',
  path: '/api/v1/loot/drops/{dropId}',
  summary: 'Look at a drop in the zone that the selected character is in',
  auth: 'character',
  params: z.strictObject({ dropId: DropId }),
  success: 200,
  response: DropView,
  errors: ['loot.drop_not_found', 'loot.expired'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what a kill has left.',
  budget: { readUnits: 4, writeUnits: 0 },
});

export const pickUp = defineEndpoint({
  id: 'loot.pick-up',
  method: 'POST',
  path: '/api/v1/loot/drops/{dropId}/slots/{slotIndex}/pickup',
  summary: 'Take a slot of a drop into the bag',
  description:
    'Those who made the kill may take at once, everybody else in the zone after `freeForAllAt`. Of any number who reach ' +
    'for the same slot exactly one gets it. With a full bag the slot stays open.',
  auth: 'character',
  params: z.strictObject({ dropId: DropId, slotIndex: SlotIndexParam }),
  success: 200,
  response: z.strictObject({
    item: z.strictObject({
      itemId: ItemId,
      templateId: Slug,
      quality: z.enum(qualities),
      count: z.int().min(1),
    }),
  }),
  errors: [
    'loot.drop_not_found',
    'loot.slot_not_found',
    'loot.already_taken',
    'loot.not_eligible',
    'loot.expired',
    'loot.wrong_zone',
    'inventory.full',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot pick anything up.',
  budget: { readUnits: 14, writeUnits: 24 },
});

export const domain = defineDomain({
  name: 'loot',
  summary: 'Drops, their slots and who may take them.',
  errors: lootErrors,
  foreignErrors: [inventoryErrors],
  endpoints: [getDrop, pickUp],
});
