import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { getItem } from '../contract.ts';
import { isHeld } from '../item.ts';
import { readItem } from '../store.ts';
import { viewOf } from '../view.ts';

/** Somebody else's item and one that never was look alike. */
export const handler = endpointHandler(getItem, async ({ input, actor, fail }) => {
  const instance = await readItem(input.params.itemId);
  if (!instance || instance.holder !== actor.characterId || !isHeld(instance)) throw fail('inventory.item_not_found');
  return viewOf(instance);
});
