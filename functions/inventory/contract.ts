import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { ItemKind } from '#content/schema/item.ts';
import { defineDomain } from '#shared/contract/domain.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import { settlementErrors } from '#shared/settlement/errors.ts';
import { deposit, mergeStacks, moveItem, sortContainer, splitStack, withdraw } from './contract-arrange.ts';
import { equipItem, getEquipment, unequipItem } from './contract-equipment.ts';
import { destroyItem, expireItems, listRestorable, restoreItem, wearOnDeath } from './contract-loss.ts';
import { repairItems, useItem, viewLink } from './contract-use.ts';
import { inventoryErrors } from './errors.ts';
import { containers } from './rules.ts';
import { ItemView, itemParams } from './shapes.ts';

const Fill = z.strictObject({
  slots: z.int().min(0).meta({ description: 'How many slots it has' }),
  used: z.int().min(0).meta({ description: 'How many of them are taken, or kept for something on its way' }),
});

export const listInventory = defineEndpoint({
  id: 'inventory.list-inventory',
  method: 'GET',
  path: '/api/v1/inventory',
  summary: "List the selected character's items in one container",
  description:
    'By slot. An item that was won a moment ago may take a second to appear. A page may hold fewer than it could, when ' +
    'filters leave items out.',
  auth: 'character',
  query: pageQuery.extend({
    container: z.enum(containers).default('bag'),
    kind: ItemKind.optional().meta({ description: 'Only things of this sort' }),
    minQuality: z.enum(qualities).optional().meta({ description: 'Only things of this quality or a better one' }),
    usable: z.enum(['true']).optional().meta({ description: 'Only things that are not broken' }),
  }),
  success: 200,
  response: z.strictObject({
    items: z.array(ItemView),
    bag: Fill,
    bank: Fill,
    equipment: Fill,
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players cannot see what they carry.',
  budget: { readUnits: 12, writeUnits: 0 },
});

export const getItem = defineEndpoint({
  id: 'inventory.get-item',
  method: 'GET',
  path: '/api/v1/inventory/items/{itemId}',
  summary: "Get one of the selected character's items",
  auth: 'character',
  params: itemParams,
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
  foreignErrors: [ledgerErrors, settlementErrors],
  endpoints: [
    listInventory,
    getItem,
    moveItem,
    splitStack,
    mergeStacks,
    sortContainer,
    deposit,
    withdraw,
    getEquipment,
    equipItem,
    unequipItem,
    useItem,
    repairItems,
    destroyItem,
    listRestorable,
    restoreItem,
    viewLink,
  ],
  subscribers: [wearOnDeath],
  jobs: [expireItems],
});
