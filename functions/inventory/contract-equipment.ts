import * as z from 'zod';
import { Stats } from '#content/schema/attributes.ts';
import { EquipmentSlot } from '#content/schema/item.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import '#shared/settlement/errors.ts';
import { wornSlots } from './rules.ts';
import './errors.ts';
import { Arranged, ItemView, itemParams, SeenVersion } from './shapes.ts';

export const GearView = z.strictObject({
  stats: Stats,
  weapon: z
    .strictObject({ minDamage: z.int(), maxDamage: z.int(), rangeM: z.number(), intervalMs: z.int() })
    .optional()
    .meta({ description: 'Of the weapon in hand; unset: bare hands' }),
});

export const getEquipment = defineEndpoint({
  id: 'inventory.get-equipment',
  method: 'GET',
  path: '/api/v1/inventory/equipment',
  summary: 'What the selected character wears, and what it comes to',
  description: 'Broken things give no stats.',
  auth: 'character',
  success: 200,
  response: z.strictObject({
    slots: z.array(EquipmentSlot).max(32).meta({ description: 'What each slot of the equipment takes, by its number' }),
    worn: z.array(ItemView).max(32),
    gear: GearView,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what they wear.',
  budget: { readUnits: 12, writeUnits: 0 },
});

const dressing = {
  method: 'POST',
  auth: 'character',
  params: itemParams,
  success: 200,
  response: Arranged.extend({ gear: GearView.meta({ description: 'What the equipment comes to now' }) }),
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  budget: { readUnits: 24, writeUnits: 36 },
} as const;

export const equipItem = defineEndpoint({
  ...dressing,
  id: 'inventory.equip-item',
  path: '/api/v1/inventory/items/{itemId}/equip',
  summary: 'Put an item of the bag on',
  description:
    'What is worn there changes places with it. Level and class must suit; of some things only one may be worn. Things that ' +
    'bind when they are worn are the character’s for good then. In a zone it counts within a second.',
  body: z.strictObject({
    slot: z
      .int()
      .min(0)
      .max(wornSlots.length - 1)
      .optional()
      .meta({ description: 'Slot of the equipment; unset: the first that fits, a free one before others' }),
    version: SeenVersion,
  }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'inventory.item_equipped',
    'inventory.not_equippable',
    'inventory.level_too_low',
    'inventory.wrong_class',
    'inventory.unique_equipped',
  ],
  impact: 'Players cannot put anything on.',
});

export const unequipItem = defineEndpoint({
  ...dressing,
  id: 'inventory.unequip-item',
  path: '/api/v1/inventory/items/{itemId}/unequip',
  summary: 'Take a worn item off, into the bag',
  description: 'In a zone it counts within a second.',
  body: z.strictObject({ version: SeenVersion }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'inventory.not_equipped',
    'inventory.full',
  ],
  impact: 'Players cannot take anything off.',
});
