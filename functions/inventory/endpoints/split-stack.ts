import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { arranged, arrangePlan, ownItem } from '../arrange.ts';
import { splitStack } from '../contract-arrange.ts';
import { planSplit } from '../plan-arrange.ts';

export const handler = endpointHandler(splitStack, ({ input, actor, operation, nowMs, commit }) =>
  withConflictRetry(async () => {
    const { characterId } = actor;
    const { count, version } = input.body;
    const cause = { characterId, reason: 'split', cause: operation.id, atMs: nowMs };
    const [item, plan] = await Promise.all([
      ownItem(input.params.itemId, cause, { version, containers: ['bag', 'bank'] }),
      arrangePlan(cause),
    ]);
    planSplit(plan, item, count);
    const { changes, reply } = arranged(plan, characterId);
    return commit(changes, reply);
  }),
);
