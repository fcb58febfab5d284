import { items as itemTemplates } from '#content/items.ts';
import { ITEM_DESTROYED } from '#events/inventory.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged } from '../arrange.ts';
import { destroyItem } from '../contract-loss.ts';
import { planned } from '../load-plan.ts';
import { isPrecious } from '../rules.ts';
import { readItem } from '../store.ts';

/** Bound things may be destroyed, and expired ones; worn ones come off first. */
export const handler = endpointHandler(destroyItem, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId, characterId } = actor;
    const { itemId } = input.params;
    const { container, count, version, confirm } = input.body;
    const item = await readItem(itemId);
    if (item?.holder !== characterId) throw fail('inventory.item_not_found');
    const template = itemTemplates.get(item.templateId);
    if (isPrecious(template) && confirm !== template.id) {
      throw fail('inventory.confirmation_required', { templateId: template.id });
    }
    const destination = { to: 'sink', reason: 'destroyed', lostBy: { characterId } } as const;
    const { plan, items } = await planned(
      [{ kind: 'move', itemId, ver: version, count, from: characterId, container, bound: 'any', destination }],
      { reason: 'destroyed', cause: operation.id, atMs: nowMs },
    );
    const { changes, reply } = arranged(plan, characterId);
    const gone = items[0]!;
    const { after } = plan.itemChanges.find((change) => change.after.itemId === gone.itemId)!;
    const isRestorable = after.loss !== undefined;
    const { templateId, quality } = gone;
    const told = event(ITEM_DESTROYED, {
      aggregateId: gone.itemId,
      aggregateSeq: after.ver,
      data: { itemId: gone.itemId, templateId, quality, count: gone.count, accountId, characterId, isRestorable },
    });
    return commit(mergeChanges(changes, { events: [told] }), { ...reply, isRestorable });
  }),
);
