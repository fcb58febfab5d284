import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { requireBank } from '../bank.ts';
import { mergeStacks } from '../contract-arrange.ts';
import { joinStacks } from '../plan-arrange.ts';

export const handler = endpointHandler(mergeStacks, ({ input, actor, operation, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { into, count, version } = input.body;
    const cause = { characterId, reason: 'merge', cause: operation.id, atMs: nowMs };
    const containers = ['bag', 'bank'] as const;
    const [item, target, plan] = await Promise.all([
      ownItem(input.params.itemId, cause, { version, containers }),
      ownItem(into, cause, { containers }),
      arrangePlan(cause),
    ]);
    if (item.container !== target.container) await requireBank(characterId);
    if (count !== undefined && count > item.count) throw fail('inventory.not_enough', { available: item.count });
    joinStacks(plan, item, target, count ?? item.count);
    const { changes, reply } = arranged(plan, characterId);
    return commit(changes, reply);
  }),
);
