import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { Stats } from '#content/schema/attributes.ts';
import { UseEffect } from '#content/schema/item.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { GearView } from './contract-equipment.ts';
import { MAX_REPAIRS } from './rules.ts';
import './errors.ts';
import { Arranged, ItemView, itemParams, SeenVersion } from './shapes.ts';

export const useItem = defineEndpoint({
  id: 'inventory.use-item',
  method: 'POST',
  path: '/api/v1/inventory/items/{itemId}/use',
  summary: 'Use one of a stack, or a charge of an item',
  description:
    'Of the bag. Each kind of thing has a cool-down of its own. In a zone the effect is there within a second; the reply ' +
    'tells what it is.',
  auth: 'character',
  params: itemParams,
  body: z.strictObject({ version: SeenVersion }),
  success: 200,
  response: Arranged.extend({
    effects: z.array(UseEffect).max(4),
    readyAt: z.iso.datetime().meta({ description: 'From then on the same kind of thing may be used again' }),
  }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'inventory.item_equipped',
    'inventory.not_usable',
    'inventory.on_cooldown',
    'inventory.level_too_low',
    'inventory.wrong_class',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot use anything.',
  budget: { readUnits: 12, writeUnits: 44 },
});

export const repairItems = defineEndpoint({
  id: 'inventory.repair-items',
  method: 'POST',
  path: '/api/v1/inventory/repair',
  summary: 'Make worn-out things as good as new',
  description:
    'Worn or carried ones, together or not at all. The price grows with value, quality and what is lost. Open in rest areas ' +
    'and out of the world.',
  auth: 'character',
  body: z.strictObject({
    itemIds: z.array(ItemId).min(1).max(MAX_REPAIRS),
    maxPrice: Amount.optional().meta({ description: 'Refused if it would cost more; unset: whatever it costs' }),
  }),
  success: 200,
  response: z.strictObject({
    price: z.strictObject({ currency: Slug, amount: Amount }),
    repaired: z.array(z.strictObject({ itemId: ItemId, durability: z.int().min(1) })).max(MAX_REPAIRS),
  }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.not_worn_out',
    'inventory.too_dear',
    'inventory.bank_out_of_reach',
    'ledger.insufficient_funds',
    'ledger.balance_limit',
    'settlement.aborted',
  ],
  idempotency: 'key',
  settles: true,
  rate: 'value',
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot repair their equipment.',
  budget: { readUnits: 40, writeUnits: 300 },
});

export const viewLink = defineEndpoint({
  id: 'inventory.view-link',
  method: 'GET',
  path: '/api/v1/inventory/links/{itemId}',
  summary: 'Look at an item that somebody has linked, in chat for instance',
  description: 'Anybody’s item that is in the game; whose it is stays unsaid.',
  auth: 'account',
  params: itemParams,
  success: 200,
  response: ItemView.omit({
    container: true,
    slot: true,
    wornAs: true,
    count: true,
    version: true,
    acquiredAt: true,
  }).extend({
    quality: z.enum(qualities),
    stats: Stats,
    weapon: GearView.shape.weapon,
    isBroken: z.boolean(),
  }),
  errors: ['inventory.item_not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look at linked items.',
  budget: { readUnits: 1, writeUnits: 0 },
});
