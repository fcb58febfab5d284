import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { remove } from '../contract.ts';
import { deleteNotification } from '../store.ts';

export const handler = endpointHandler(remove, async ({ input, actor, commit }) => {
  await commit({ writes: [deleteNotification(actor.accountId, Number(input.params.position))] });
});
