import { items as itemTemplates } from '#content/items.ts';
import { ITEM_EQUIPPED } from '#events/inventory.ts';
import { progressionOf } from '#functions/progression/public.ts';
import { presenceOf, refreshCharacter } from '#functions/zone/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { equipItem } from '../contract-equipment.ts';
import { gearAfter, wornItems } from '../equipment.ts';
import { planEquip, slotToWear } from '../plan-equip.ts';
import { wornSlots } from '../rules.ts';

export const handler = endpointHandler(equipItem, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, characterId } = actor;
    const cause = { characterId, reason: 'equip', cause: operation.id, atMs: nowMs };
    const [item, plan, wearer, presence] = await Promise.all([
      ownItem(input.params.itemId, cause, { version: input.body.version, containers: ['bag'] }),
      arrangePlan(cause),
      progressionOf(characterId),
      presenceOf(characterId),
    ]);
    if (!wearer) throw fail('request.not_found');
    const equipment = plan.bag(characterId, 'equipment');
    const template = itemTemplates.get(item.templateId);
    const slot = slotToWear(template, wearer, equipment.worn ?? {}, input.body.slot);
    const worn = await wornItems(equipment);
    const replaced = worn.find((one) => one.slot === slot);
    // What is worn there is away for repair: its slot is kept for it.
    if (!replaced && equipment.taken.has(slot)) throw fail('request.conflict');
    planEquip(plan, item, slot, replaced);
    const { changes, reply } = arranged(plan, characterId);
    const { itemId, templateId, count } = item;
    const { quality } = template;
    const told = event(ITEM_EQUIPPED, {
      aggregateId: itemId,
      aggregateSeq: item.ver + 1,
      data: {
        ...{ itemId, templateId, quality, count, accountId, characterId, wornAs: wornSlots[slot]! },
        ...(replaced ? { replacedItemId: replaced.itemId } : {}),
      },
    });
    return commit(mergeChanges(changes, { events: [told] }, refreshCharacter(presence, nowMs)), {
      ...reply,
      gear: gearAfter(plan, characterId, worn, nowMs),
    });
  }),
);
