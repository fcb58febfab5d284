import { presenceOf, requirePresence } from '#functions/zone/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pickUp } from '../contract.ts';
import { giveSlots } from '../deliver.ts';
import { readDrop } from '../store.ts';
import { openSlotFor } from '../taking.ts';

/**
 * One transaction: the slot becomes AWARDED, the item is in the bag, ITEM_PICKED_UP is told. The item's id derives from
 * drop and slot, so that not even a defect in the award could make a second one.
 */
export const handler = endpointHandler(pickUp, async ({ input, actor, nowMs, commit, fail }) => {
  const { dropId } = input.params;
  const slotIndex = Number(input.params.slotIndex);
  const { characterId } = actor;

  return withConflictRetry(async () => {
    const [drop, presence] = await Promise.all([readDrop(dropId), presenceOf(characterId)]);
    if (!drop || drop.slots.length === 0) throw fail('loot.drop_not_found');
    openSlotFor(drop, slotIndex, { characterId, presentIn: presence?.zoneId, nowMs });
    const given = await giveSlots(drop, [slotIndex], actor, { overflow: 'refuse', nowMs });
    const here = requirePresence(characterId, drop.zoneId, fail('loot.wrong_zone', { zoneId: drop.zoneId }));
    const { slotIndex: _same, ...item } = given.items[0]!;
    return commit(mergeChanges(given.changes, { writes: [here] }), { item });
  });
});
