import { items as itemTemplates } from '#content/items.ts';
import { ITEM_EXPIRED } from '#events/inventory.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { ItemId } from '#shared/kernel/ids.ts';
import { isExpired } from './give.ts';
import { characterOf, endsByItself, isEscrow, isSink, sinkHolder } from './holders.ts';
import { isHeld } from './item.ts';
import type { MoveCause } from './legs.ts';
import { changesOf } from './load-plan.ts';
import { MovePlan, nowhere } from './plan.ts';
import { readItem } from './store.ts';
import { readBag } from './store-bags.ts';

/**
 * Takes an expired item out of the game; undefined for one that is not to be touched now: it is in escrow, in a mail, or
 * lies in the world. Mails and drops end by themselves, and know their items by name.
 */
export async function expiryChanges(itemId: ItemId, cause: MoveCause): Promise<Changes | undefined> {
  const item = await readItem(itemId);
  if (!item || !isExpired(item, cause.atMs)) return undefined;
  if (isSink(item.holder) || isEscrow(item.holder) || endsByItself(item.holder)) return undefined;
  const characterId = characterOf(item.holder);
  const isWorn = item.container === 'equipment';
  const plan = new MovePlan(cause, characterId && isHeld(item) ? [await readBag(characterId, item.container)] : []);
  plan.free(item);
  if (characterId && isWorn) plan.wear(characterId, item.slot!, undefined);
  plan.change(item, { ...nowhere, holder: sinkHolder('expired'), acquiredAtMs: cause.atMs });
  const { templateId, count, ver } = item;
  const told = event(ITEM_EXPIRED, {
    aggregateId: itemId,
    aggregateSeq: ver + 1,
    data: {
      ...{ itemId, templateId, quality: itemTemplates.get(templateId).quality, count },
      ...(characterId ? { characterId } : {}),
    },
  });
  const presence = characterId && isWorn ? await presenceOf(characterId) : undefined;
  return mergeChanges(changesOf(plan), { events: [told] }, refreshCharacter(presence, cause.atMs));
}
