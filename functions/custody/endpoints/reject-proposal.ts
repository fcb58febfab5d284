import { VALUE_ACT_REJECTED } from '#events/custody.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Act } from '../act.ts';
import { viewOf } from '../act-view.ts';
import { isOpen, logged } from '../carry-out.ts';
import { rejectProposal } from '../contract-acts.ts';
import { decideWrite, readAct } from '../store-acts.ts';

export const handler = endpointHandler(rejectProposal, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const proposal = await readAct(input.params.actId);
  if (!proposal) throw fail('custody.not_found');
  if (!isOpen(proposal, nowMs)) throw fail('custody.not_open');
  const { accountId: by } = actor;
  const { reason: rejection } = input.body;
  const act: Act = { ...proposal, state: 'REJECTED', decidedBy: by, decidedAtMs: nowMs, rejection };
  const { actId, accountId, characterId } = act;
  return commit(
    {
      writes: [
        decideWrite(act, nowMs, fail('custody.not_open')),
        logged(operation, { ...act, reason: rejection }, by, 'reject'),
      ],
      events: [
        event(VALUE_ACT_REJECTED, {
          aggregateId: actId,
          aggregateSeq: 2,
          data: { actId, accountId, characterId, by },
        }),
      ],
    },
    viewOf(act),
  );
});
