import * as z from 'zod';
import { qualities } from '#content/quality.ts';
import { PLAYER_DIED } from '#events/combat.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import '#shared/settlement/errors.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { ItemId, Slug } from '#shared/kernel/ids.ts';
import { Amount } from '#shared/kernel/money.ts';
import { nextCursor, pageQuery } from '#shared/runtime/page.ts';
import './errors.ts';
import { Arranged, itemParams, PartCount, SeenVersion, StorageName } from './shapes.ts';

export const destroyItem = defineEndpoint({
  id: 'inventory.destroy-item',
  method: 'POST',
  path: '/api/v1/inventory/items/{itemId}/destroy',
  summary: 'Destroy an item, or a part of a stack',
  description:
    'Of bag or bank. Things of rare quality and better need their `templateId` in `confirm`, and may be restored for 30 days.',
  auth: 'character',
  params: itemParams,
  body: z.strictObject({
    container: StorageName.default('bag'),
    count: PartCount.optional(),
    version: SeenVersion,
    confirm: Slug.optional().meta({ description: 'The item’s `templateId`, to say that it is meant' }),
  }),
  success: 200,
  response: Arranged.extend({ isRestorable: z.boolean() }),
  errors: [
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.not_enough',
    'inventory.confirmation_required',
  ],
  idempotency: 'key',
  rate: 'value',
  needs: { table: 'write' },
  impact: 'Players cannot destroy anything.',
  budget: { readUnits: 6, writeUnits: 32 },
});

export const listRestorable = defineEndpoint({
  id: 'inventory.list-restorable',
  method: 'GET',
  path: '/api/v1/inventory/restorable',
  summary: 'List what the selected character has destroyed or sold and may have back',
  description: 'What is gone soonest comes first.',
  auth: 'character',
  query: pageQuery,
  success: 200,
  response: z.strictObject({
    items: z
      .array(
        z.strictObject({
          itemId: ItemId,
          templateId: Slug,
          quality: z.enum(qualities),
          count: z.int().min(1),
          lostBy: z.string().max(64).meta({ description: 'How it was lost, such as `destroyed`' }),
          until: z.iso.datetime(),
          price: z
            .strictObject({ currency: Slug, amount: Amount })
            .optional()
            .meta({ description: 'What having it back costs; unset: nothing' }),
        }),
      )
      .max(100),
    nextCursor,
  }),
  errors: [],
  idempotency: 'none',
  rate: 'read',
  needs: { table: 'read' },
  impact: 'Players do not see what they may have back.',
  budget: { readUnits: 12, writeUnits: 0 },
});

export const restoreItem = defineEndpoint({
  id: 'inventory.restore-item',
  method: 'POST',
  path: '/api/v1/inventory/restorable/{itemId}/restore',
  summary: 'Have something back that was destroyed or sold',
  description: 'Once, into the bag. What was sold costs what was paid for it.',
  auth: 'character',
  params: itemParams,
  success: 200,
  response: z.strictObject({ itemId: ItemId, templateId: Slug, count: z.int().min(1) }),
  errors: [
    'inventory.not_restorable',
    'inventory.item_not_found',
    'inventory.item_changed',
    'inventory.full',
    'ledger.insufficient_funds',
    'ledger.balance_limit',
    'settlement.aborted',
  ],
  idempotency: 'key',
  settles: true,
  rate: 'value',
  needs: { table: 'write', ledger: true },
  impact: 'Players cannot have back what they have destroyed or sold.',
  budget: { readUnits: 12, writeUnits: 44 },
});

export const expireItems = defineJob({
  id: 'inventory.expire-items',
  schedule: 'rate(5 minutes)',
  needs: { table: 'write' },
  impact: 'Things whose time is over still take slots, although nobody can use them.',
  timeoutSeconds: 120,
});

export const wearOnDeath = defineSubscriber({
  id: 'inventory.wear-on-death',
  on: [PLAYER_DIED],
  needs: { table: 'write' },
  impact: 'Equipment does not wear when its character dies.',
});
