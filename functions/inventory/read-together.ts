import { GameError } from '#shared/contract/errors.ts';
import type { ItemInstance } from './item.ts';
import type { Bag } from './plan.ts';

/** Whether a container, as it was read, knows of an item that lies in it; true of what lies elsewhere. */
export function isKnownTo(bags: readonly Bag[], { holder, container, slot }: ItemInstance): boolean {
  const bag = bags.find((one) => one.characterId === holder && one.container === container);
  return bag === undefined || slot === undefined || bag.taken.has(slot);
}

/**
 * Items and containers are read side by side. One that came into its slot in between is newer than its container: to
 * move it out would free a slot that the plan takes for free, and leave it taken for ever.
 * @throws GameError `request.conflict`: what is there has to be read again.
 */
export function requireTogether(bags: readonly Bag[], items: Iterable<ItemInstance>): void {
  for (const item of items) if (!isKnownTo(bags, item)) throw new GameError('request.conflict');
}
