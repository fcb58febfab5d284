import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { listRequests } from '../contract-requests.ts';
import { listRequests as readRequests } from '../store.ts';
import { viewFor } from '../view.ts';

export const handler = endpointHandler(listRequests, async ({ actor, nowMs }) => {
  const requests = await readRequests(actor.characterId, nowMs);
  return { requests: requests.map((trade) => viewFor(trade, 1)) };
});
