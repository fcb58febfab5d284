import * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { ITEM_REPAIRED, ITEM_RESTORED } from '#events/inventory.ts';
import { refreshCharacter } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { AccountId, CharacterId, ItemId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { defineSettlement } from '#shared/settlement/define-settlement.ts';

const owner = { accountId: AccountId, characterId: CharacterId };

/** Where the character was when it paid: its zone is told to look at its equipment again. */
const Stay = z.strictObject({ ...owner, sessionId: SessionId, zoneId: Slug, epoch: z.int(), ver: z.int() });
export type Stay = z.infer<typeof Stay>;

/** Worn-out things for money. */
export const repairSettlement = defineSettlement({
  name: 'item-repair',
  context: z.strictObject({
    ...owner,
    currency: Slug,
    price: z.string(),
    items: z.array(
      z.strictObject({ itemId: ItemId, templateId: Slug, ver: z.int(), durability: z.int(), lost: z.int() }),
    ),
    stay: Stay.optional(),
  }),
  delivered: ({ context: { accountId, characterId, currency, price, items, stay }, atMs }) => ({
    changes: mergeChanges(
      {
        events: items.map(({ itemId, templateId, ver, lost }) =>
          event(ITEM_REPAIRED, {
            aggregateId: itemId,
            // Into escrow and out of it.
            aggregateSeq: ver + 2,
            data: {
              ...{ itemId, templateId, quality: itemTemplates.get(templateId).quality, count: 1 },
              ...{ accountId, characterId, restoredDurability: lost },
            },
          }),
        ),
      },
      refreshCharacter(stay, atMs),
    ),
    reply: {
      price: { currency, amount: price },
      repaired: items.map(({ itemId, durability }) => ({ itemId, durability })),
    },
  }),
});

/** Something lost that comes back, for what was paid for it. */
export const restoreSettlement = defineSettlement({
  name: 'item-restore',
  context: z.strictObject({ ...owner, ver: z.int(), lostBy: z.string() }),
  delivered: ({ context: { accountId, characterId, ver, lostBy }, items, balances }) => {
    const { itemId, templateId, quality, count } = items[0]!;
    // A payment takes the item into escrow first.
    const aggregateSeq = ver + (balances.length > 0 ? 2 : 1);
    const data = { itemId, templateId, quality, count, accountId, characterId, lostBy };
    return {
      changes: { events: [event(ITEM_RESTORED, { aggregateId: itemId, aggregateSeq, data })] },
      reply: { itemId, templateId, count },
    };
  },
});
