import { ITEM_PICKED_UP } from '#events/loot.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { presenceOf, requirePresence } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pickUp } from '../contract.ts';
import { openSlotFor } from '../rules.ts';
import { awardWrite, readDrop } from '../store.ts';

/**
 * One transaction: the slot becomes AWARDED, the item comes into being in the bag, ITEM_PICKED_UP is told. The item's
 * id derives from drop and slot, so that not even a defect in the award could make a second one.
 */
export const handler = endpointHandler(pickUp, async ({ input, actor, nowMs, commit, fail }) => {
  const { dropId } = input.params;
  const slotIndex = Number(input.params.slotIndex);
  const { accountId, characterId } = actor;

  return withConflictRetry(async () => {
    const [drop, presence] = await Promise.all([readDrop(dropId), presenceOf(characterId)]);
    if (!drop || drop.slots.length === 0) throw fail('loot.drop_not_found');
    const slot = openSlotFor(drop, { characterId, slotIndex, presentIn: presence?.zoneId, nowMs });
    const minted = await mintItems({
      holder: characterId,
      origin: 'loot',
      source: [dropId, slotIndex],
      items: [slot],
      nowMs,
    });
    const item = minted.items[0]!;
    const here = requirePresence(characterId, drop.zoneId, fail('loot.wrong_zone', { zoneId: drop.zoneId }));
    const pickedUp = event(ITEM_PICKED_UP, {
      aggregateId: item.itemId,
      aggregateSeq: 1,
      data: { ...item, accountId, characterId, zoneId: drop.zoneId, dropId, slotIndex },
    });
    return commit(
      mergeChanges({ writes: [awardWrite(dropId, slotIndex, characterId), here] }, minted.changes, {
        events: [pickedUp],
      }),
      { item },
    );
  });
});
