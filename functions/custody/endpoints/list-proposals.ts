import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewOf } from '../act-view.ts';
import { listProposals } from '../contract-acts.ts';
import { listOpen } from '../store-acts.ts';

export const handler = endpointHandler(listProposals, async ({ nowMs }) => ({
  proposals: (await listOpen(nowMs)).map(viewOf),
}));
