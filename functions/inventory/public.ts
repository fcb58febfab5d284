import { items as itemTemplates } from '#content/items.ts';
import type { Quality } from '#content/quality.ts';
import type { Changes } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type CharacterId, deriveId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import { BAG_SLOTS, bindOnPickup, freeSlots, stacksOf } from './rules.ts';
import { type ItemInstance, listItems, mintWrite, readBag, takeSlotsWrite } from './store.ts';

export interface MintRequest {
  readonly holder: CharacterId;
  /** What makes the items; with `source` it is the root of their custody. */
  readonly origin: 'loot' | 'quest' | 'starting';
  /**
   * Names the one occasion that makes these items, such as a drop and its slot, or a character and its quest. The same
   * source derives the same item ids, so that however often a grant is repeated it mints once.
   */
  readonly source: readonly (string | number)[];
  readonly items: readonly { readonly templateId: Slug; readonly count: number }[];
  readonly nowMs: number;
}

/** A new instance as events tell of it. */
export interface MintedItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly quality: Quality;
  readonly count: number;
}

/**
 * Reads the bag and prepares new items for it, as a piece of the caller's transaction. Amounts above a stack's limit
 * become several instances, in the order asked for. Commits under `withConflictRetry`: when the bag changes between
 * read and commit, or the source has minted before, the commit fails with `request.conflict`.
 * @throws GameError `inventory.full` when the bag has too few free slots; nothing overflows to the ground.
 */
export async function mintItems(
  request: MintRequest,
): Promise<{ readonly items: readonly MintedItem[]; readonly changes: Changes }> {
  const wanted = request.items.flatMap(({ templateId, count }) => {
    const template = itemTemplates.get(templateId);
    return stacksOf(count, template.maxStack).map((stack) => ({ template, count: stack }));
  });
  if (wanted.length === 0) return { items: [], changes: {} };

  const bag = await readBag(request.holder);
  const slots = freeSlots(bag.taken, wanted.length);
  const instances = wanted.map(
    ({ template, count }, index): ItemInstance => ({
      itemId: deriveId('itm', request.origin, ...request.source, index),
      templateId: template.id,
      holder: request.holder,
      container: 'bag',
      slot: slots[index]!,
      count,
      ver: 1,
      bind: bindOnPickup(template),
      origin: request.origin,
      originRef: request.source.join('.'),
      acquiredAtMs: request.nowMs,
    }),
  );
  return {
    items: instances.map(({ itemId, count }, index) => {
      const { id: templateId, quality } = wanted[index]!.template;
      return { itemId, templateId, quality, count };
    }),
    changes: { writes: [...instances.map(mintWrite), takeSlotsWrite(bag, slots)] },
  };
}

/** A character's items by slot, at most a bag full; up to a second old. */
export async function itemsOf(characterId: CharacterId): Promise<readonly ItemInstance[]> {
  const { items } = await listItems(characterId, { limit: BAG_SLOTS, after: undefined });
  return items;
}

/** What an account's characters carry, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const bags = characterIds.map(async (characterId) => ({
    characterId,
    items: (await itemsOf(characterId)).map(({ itemId, templateId, count, bind, origin, acquiredAtMs }) => ({
      itemId,
      templateId,
      count,
      bind,
      origin,
      acquiredAt: toIso(acquiredAtMs),
    })),
  }));
  return { characters: await Promise.all(bags) };
}
