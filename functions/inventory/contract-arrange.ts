import * as z from 'zod';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { ItemId } from '#shared/kernel/ids.ts';
import './errors.ts';
import { Arranged, itemParams, PartCount, SeenVersion, SlotNumber, StorageName } from './shapes.ts';

const ownItemErrors = [
  'inventory.item_not_found',
  'inventory.item_changed',
  'inventory.item_expired',
  'inventory.item_equipped',
] as const;

const arranging = {
  method: 'POST',
  auth: 'character',
  success: 200,
  response: Arranged,
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
} as const;

const BANK = 'The bank is open out of the world and in the rest areas of zones.';

export const moveItem = defineEndpoint({
  ...arranging,
  id: 'inventory.move-item',
  path: '/api/v1/inventory/items/{itemId}/move',
  summary: 'Put an item into a slot of bag or bank',
  description:
    'Onto a stack of the same it joins, as far as there is room; with anything else it changes places. With `count` a part ' +
    `of a stack goes. ${BANK}`,
  params: itemParams,
  body: z.strictObject({ container: StorageName, slot: SlotNumber, count: PartCount.optional(), version: SeenVersion }),
  errors: [
    ...ownItemErrors,
    'inventory.no_such_slot',
    'inventory.slot_taken',
    'inventory.not_stackable',
    'inventory.not_enough',
    'inventory.bank_out_of_reach',
  ],
  impact: 'Players cannot arrange what they carry.',
  budget: { readUnits: 30, writeUnits: 40 },
});

export const splitStack = defineEndpoint({
  ...arranging,
  id: 'inventory.split-stack',
  path: '/api/v1/inventory/items/{itemId}/split',
  summary: 'Cut a part off a stack',
  description: 'It takes the lowest free slot of the same container.',
  params: itemParams,
  body: z.strictObject({ count: PartCount, version: SeenVersion }),
  errors: [...ownItemErrors, 'inventory.not_enough', 'inventory.full'],
  impact: 'Players cannot split stacks.',
  budget: { readUnits: 6, writeUnits: 32 },
});

export const mergeStacks = defineEndpoint({
  ...arranging,
  id: 'inventory.merge-stacks',
  path: '/api/v1/inventory/items/{itemId}/merge',
  summary: 'Pour a stack into another, as far as there is room',
  description: `Both are the same and equally bound. ${BANK}`,
  params: itemParams,
  body: z.strictObject({ into: ItemId, count: PartCount.optional(), version: SeenVersion }),
  errors: [...ownItemErrors, 'inventory.not_stackable', 'inventory.not_enough', 'inventory.bank_out_of_reach'],
  impact: 'Players cannot put stacks together.',
  budget: { readUnits: 8, writeUnits: 32 },
});

export const sortContainer = defineEndpoint({
  ...arranging,
  id: 'inventory.sort-container',
  path: '/api/v1/inventory/sort',
  summary: 'Put stacks together and order a container',
  description:
    'By kind, best quality first. A full bank may need more than one call: `isSorted` tells. A container that changes at ' +
    `the same moment is refused with \`request.conflict\`. ${BANK}`,
  body: z.strictObject({ container: StorageName }),
  response: Arranged.extend({
    isSorted: z.boolean().meta({ description: 'False: there is more to do; call again' }),
  }),
  errors: ['inventory.bank_out_of_reach'],
  impact: 'Players cannot sort what they carry.',
  budget: { readUnits: 30, writeUnits: 260 },
});

const banking = {
  ...arranging,
  params: itemParams,
  body: z.strictObject({ count: PartCount.optional(), version: SeenVersion }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.item_expired',
    'inventory.not_enough',
    'inventory.full',
    'inventory.bank_out_of_reach',
  ],
  budget: { readUnits: 30, writeUnits: 60 },
} as const;

export const deposit = defineEndpoint({
  ...banking,
  id: 'inventory.deposit',
  path: '/api/v1/inventory/items/{itemId}/deposit',
  summary: 'Put an item, or a part of a stack, from the bag into the bank',
  description: `It joins stacks of the same that are there. ${BANK}`,
  impact: 'Players cannot put anything into their bank.',
});

export const withdraw = defineEndpoint({
  ...banking,
  id: 'inventory.withdraw',
  path: '/api/v1/inventory/items/{itemId}/withdraw',
  summary: 'Take an item, or a part of a stack, from the bank into the bag',
  description: `It joins stacks of the same that are there. ${BANK}`,
  impact: 'Players cannot take anything out of their bank.',
});
