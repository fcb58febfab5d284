import { emailHash, findAccountId } from '#functions/auth/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { adminFindAccount } from '../admin-contract.ts';
import { readAct } from '../staff.ts';
import { putAudit } from '../store-audit.ts';
import { staffViewOf } from '../view.ts';

export const handler = endpointHandler(adminFindAccount, async ({ input, actor, nowMs, operation, commit, fail }) => {
  const { email, reason } = input.body;
  const accountId = await findAccountId(emailHash(email));
  if (!accountId) throw fail('request.not_found');
  const act = await readAct(actor.accountId, accountId, 'gm', nowMs);
  const audit = putAudit({
    accountId,
    operationId: operation.id,
    atMs: nowMs,
    actorId: actor.accountId,
    action: 'find',
    reason,
  });
  return commit({ writes: [audit] }, staffViewOf(act.target, act.actor, nowMs));
});
