import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { banked } from '../bank.ts';
import { deposit } from '../contract-arrange.ts';

export const handler = endpointHandler(deposit, ({ input, actor, operation, nowMs, commit }) =>
  withConflictRetry(async () => {
    const request = { ...input.body, itemId: input.params.itemId, from: 'bag', to: 'bank' } as const;
    const { changes, reply } = await banked(actor.characterId, request, { cause: operation.id, atMs: nowMs });
    return commit(changes, reply);
  }),
);
