import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { unblock } from '../contract.ts';
import { endBlock } from '../store-blocks.ts';

export const handler = endpointHandler(unblock, async ({ input, actor, commit }) => {
  await commit({ writes: endBlock(actor.accountId, input.params.accountId) });
});
