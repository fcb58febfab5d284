import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { viewCase } from '../contract.ts';
import { readCase, readEvidence } from '../store.ts';
import { logWrite } from '../store-log.ts';
import { caseViewOf } from '../view.ts';

export const handler = endpointHandler(viewCase, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const { accountId } = input.params;
  const [one, evidence] = await Promise.all([readCase(accountId), readEvidence(accountId)]);
  if (!one) throw fail('anticheat.not_found');
  const seen = { accountId, operationId: operation.id, atMs: nowMs, staffId: actor.accountId, action: 'look' } as const;
  return commit({ writes: [logWrite(seen)] }, caseViewOf(one, evidence, nowMs));
});
