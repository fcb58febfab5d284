import { settling } from '#functions/settlement/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { approve } from '../carry-out.ts';
import { approveProposal } from '../contract-acts.ts';
import { staffAct } from '../settlement.ts';
import { readAct } from '../store-acts.ts';

export const handler = endpointHandler(
  approveProposal,
  ({ input, actor, operation, fail }) =>
    withConflictRetry(async () => {
      const proposal = await readAct(input.params.actId);
      if (!proposal) throw fail('custody.not_found');
      return approve(operation, proposal, actor.accountId);
    }),
  settling(staffAct),
);
