import { items as itemTemplates } from '#content/items.ts';
import { ITEM_UNEQUIPPED } from '#events/inventory.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { unequipItem } from '../contract-equipment.ts';
import { gearAfter, wornItems } from '../equipment.ts';
import { planUnequip } from '../plan-equip.ts';
import { containers, wornSlots } from '../rules.ts';

export const handler = endpointHandler(unequipItem, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, characterId } = actor;
    const cause = { characterId, reason: 'unequip', cause: operation.id, atMs: nowMs };
    const [item, plan, presence] = await Promise.all([
      ownItem(input.params.itemId, cause, { version: input.body.version, containers }),
      arrangePlan(cause),
      presenceOf(characterId),
    ]);
    if (item.container !== 'equipment') throw fail('inventory.not_equipped');
    const worn = await wornItems(plan.bag(characterId, 'equipment'));
    planUnequip(plan, item);
    const { changes, reply } = arranged(plan, characterId);
    const { itemId, templateId, count } = item;
    const { quality } = itemTemplates.get(templateId);
    const told = event(ITEM_UNEQUIPPED, {
      aggregateId: itemId,
      aggregateSeq: item.ver + 1,
      data: { itemId, templateId, quality, count, accountId, characterId, wornAs: wornSlots[item.slot]! },
    });
    return commit(mergeChanges(changes, { events: [told] }, refreshCharacter(presence, nowMs)), {
      ...reply,
      gear: gearAfter(plan, characterId, worn, nowMs),
    });
  }),
);
