import { GameError } from '#shared/contract/errors.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { CharacterId, ItemId } from '#shared/kernel/ids.ts';
import { isExpired } from './give.ts';
import { type HeldItem, isHeld } from './item.ts';
import type { MoveCause } from './legs.ts';
import { changesOf } from './load-plan.ts';
import { MovePlan } from './plan.ts';
import type { Container } from './rules.ts';
import { readItem } from './store.ts';
import { readBags } from './store-bags.ts';
import { viewOf } from './view.ts';

/** What a call does to a character's own items. */
export interface ArrangeCause extends MoveCause {
  readonly characterId: CharacterId;
}

/**
 * A character's own item, as its owner may act on it.
 * @throws GameError `inventory.item_not_found`, for somebody else's alike; `inventory.item_changed` when the caller has
 *   seen another version; `inventory.item_expired`; `inventory.item_equipped` when it lies in none of the containers.
 */
export async function ownItem(
  itemId: ItemId,
  { characterId, atMs }: Pick<ArrangeCause, 'characterId' | 'atMs'>,
  { version, containers }: { readonly version?: number | undefined; readonly containers: readonly Container[] },
): Promise<HeldItem> {
  const item = await readItem(itemId);
  if (item?.holder !== characterId || !isHeld(item)) throw new GameError('inventory.item_not_found');
  if (version !== undefined && version !== item.ver) throw new GameError('inventory.item_changed', { itemId });
  if (isExpired(item, atMs)) throw new GameError('inventory.item_expired', { itemId });
  if (!containers.includes(item.container)) {
    throw new GameError(item.container === 'equipment' ? 'inventory.item_equipped' : 'inventory.item_not_found');
  }
  return item;
}

/** Begins a plan for one character's containers, all of which are read. */
export async function arrangePlan({ characterId, reason, cause, atMs }: ArrangeCause): Promise<MovePlan> {
  const bags = await readBags(characterId);
  return new MovePlan({ reason, cause, atMs }, Object.values(bags));
}

/** The writes of a plan, and what its caller sees of it: own items that changed, and those that are gone. */
export function arranged(plan: MovePlan, characterId: CharacterId) {
  const after = plan.itemChanges.map((change) => change.after);
  const mine = after.filter((item): item is HeldItem => item.holder === characterId && isHeld(item));
  const changes: Changes = changesOf(plan);
  return {
    changes,
    reply: {
      items: mine.map(viewOf),
      gone: after.filter(({ holder }) => holder !== characterId).map(({ itemId }) => itemId),
    },
  };
}
