import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { adminViewAccount } from '../admin-contract.ts';
import { readAct } from '../staff.ts';
import { putAudit } from '../store-audit.ts';
import { staffViewOf } from '../view.ts';

export const handler = endpointHandler(adminViewAccount, async ({ input, actor, nowMs, operation, commit }) => {
  const { accountId } = input.params;
  const act = await readAct(actor.accountId, accountId, 'moderator', nowMs);
  const seen = { accountId, operationId: operation.id, atMs: nowMs, actorId: actor.accountId, action: 'view' } as const;
  return commit({ writes: [putAudit(seen)] }, staffViewOf(act.target, act.actor, nowMs));
});
