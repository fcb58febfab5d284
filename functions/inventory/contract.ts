import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { inventoryErrors } from './errors.ts';
import { bindStates, containers } from './rules.ts';

export const ItemView = z.strictObject({
  itemId: ItemId,
  templateId: Slug.meta({ description: 'What kind of thing it is' }),
  quality: z.enum(qualities),
  count: z.int().min(1).meta({ description: 'How many are in this stack' }),
  container: z.enum(containers).meta({ description: 'Where the character keeps it' }),
  slot: z.int().min(0).meta({ description: 'Slot in the container, from 0' }),
  bind: z.enum(bindStates).meta({ description: 'What it is tied to: then it cannot be given away' }),
  version: z.int().min(1).meta({ description: 'Rises with every change of the item' }),
  acquiredAt: z.iso.datetime(),
});

export const listInventory = defineEndpoint({
  id: 'inventory.list-inventory',
  method: 'GET',
  path: '/api/v1/inventory',
  summary: "List the selected character's items",
  description: 'By container and slot. An item that was won a moment ago may take a second to appear.',
  auth: 'character',
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    items: z.array(ItemView),
    bag: z.strictObject({
      slots: z.int().min(0).meta({ description: 'How many slots the bag has' }),
      used: z.int().min(0).meta({ description: 'How many of them are taken' }),
    }),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what they carry.',
  budget: { readUnits: 8, writeUnits: 0 },
});

export const getItem = defineEndpoint({
  id: 'inventory.get-item',
  method: 'GET',
  path: '/api/v1/inventory/items/{itemId}',
  summary: "Get one of the selected character's items",
  auth: 'character',
  params: z.strictObject({ itemId: ItemId }),
  success: 200,
  response: ItemView,
  errors: ['inventory.item_not_found'],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot look at a single item.',
  budget: { readUnits: 1, writeUnits: 0 },
});

export const domain = defineDomain({
  name: 'inventory',
  summary: 'Item instances: who holds them and where.',
  errors: inventoryErrors,
  endpoints: [listInventory, getItem],
});
