import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { requireBank } from '../bank.ts';
import { moveItem } from '../contract-arrange.ts';
import { planMove } from '../plan-arrange.ts';
import { containerSlots } from '../rules.ts';
import { listHeld } from '../store.ts';

export const handler = endpointHandler(moveItem, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { container, slot, count, version } = input.body;
    const { characterId } = actor;
    const cause = { characterId, reason: 'arrange', cause: operation.id, atMs: nowMs };
    if (slot >= containerSlots[container]) throw fail('inventory.no_such_slot', { slots: containerSlots[container] });
    const [item, plan, held] = await Promise.all([
      ownItem(input.params.itemId, cause, { version, containers: ['bag', 'bank'] }),
      arrangePlan(cause),
      listHeld(characterId, container, containerSlots[container]),
    ]);
    if (container === 'bank' || item.container === 'bank') await requireBank(characterId);
    if (count !== undefined && count > item.count) throw fail('inventory.not_enough', { available: item.count });
    // What the list shows there wrongly is not there: it may be a second old.
    const other = held.find((one) => one.slot === slot && one.itemId !== item.itemId && plan.isTaken(one));
    planMove(plan, item, { container, slot }, other, count);
    const { changes, reply } = arranged(plan, characterId);
    return commit(changes, reply);
  }),
);
