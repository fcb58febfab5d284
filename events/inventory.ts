import * as z from 'zod';
import { EquipmentSlot } from '#content/schema/item.ts';
import { defineEvent } from '#shared/contract/event.ts';
import { AccountId, CharacterId, ItemId, Slug } from '#shared/kernel/ids.ts';
import { ItemSummary, ReasonCode } from './fields.ts';

const owner = { accountId: AccountId, characterId: CharacterId };

export const ITEM_EQUIPPED = defineEvent({
  name: 'ITEM_EQUIPPED',
  version: 1,
  owner: 'inventory',
  summary: 'A character put an item on.',
  detail: ItemSummary.extend({
    ...owner,
    wornAs: EquipmentSlot,
    replacedItemId: ItemId.optional().meta({ description: 'What was worn there before' }),
  }),
});

export const ITEM_UNEQUIPPED = defineEvent({
  name: 'ITEM_UNEQUIPPED',
  version: 1,
  owner: 'inventory',
  summary: 'A character took an item off.',
  detail: ItemSummary.extend({ ...owner, wornAs: EquipmentSlot }),
});

export const ITEM_USED = defineEvent({
  name: 'ITEM_USED',
  version: 1,
  owner: 'inventory',
  summary: 'A character used one of a stack, or a charge of an item.',
  detail: ItemSummary.extend({
    ...owner,
    zoneId: Slug.optional().meta({ description: 'Where; unset out of the world' }),
  }),
});

export const ITEM_DESTROYED = defineEvent({
  name: 'ITEM_DESTROYED',
  version: 1,
  owner: 'inventory',
  summary: 'A character destroyed an item, or a part of a stack.',
  detail: ItemSummary.extend({
    ...owner,
    isRestorable: z.boolean().meta({ description: 'The player may have it back for a while' }),
  }),
});

export const ITEM_RESTORED = defineEvent({
  name: 'ITEM_RESTORED',
  version: 1,
  owner: 'inventory',
  summary: 'A player took back an item that was destroyed or sold.',
  detail: ItemSummary.extend({ ...owner, lostBy: ReasonCode }),
});

export const ITEM_EXPIRED = defineEvent({
  name: 'ITEM_EXPIRED',
  version: 1,
  owner: 'inventory',
  summary: 'An item whose time was over is gone.',
  detail: ItemSummary.extend({ characterId: CharacterId.optional().meta({ description: 'Who had it' }) }),
});

export const ITEM_REPAIRED = defineEvent({
  name: 'ITEM_REPAIRED',
  version: 1,
  owner: 'inventory',
  summary: 'An item is as good as new.',
  detail: ItemSummary.extend({ ...owner, restoredDurability: z.int().min(1).max(1_000) }),
});
