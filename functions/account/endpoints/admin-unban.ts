import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { adminUnban } from '../admin-contract.ts';
import { requireAuthority } from '../authority.ts';
import { changeBan } from '../ban.ts';
import { readAct } from '../staff.ts';
import { staffViewOf } from '../view.ts';

export const handler = endpointHandler(adminUnban, ({ input, actor: caller, nowMs, operation, commit, fail }) =>
  withConflictRetry(async () => {
    const act = await readAct(caller.accountId, input.params.accountId, 'moderator', nowMs);
    requireAuthority(act.actor, act.target);
    if (!act.target.ban) throw fail('account.not_banned');
    const { reason } = input.body;
    const { after, changes } = changeBan(act, undefined, { operationId: operation.id, reason, nowMs });
    return commit(changes, staffViewOf(after, act.actor, nowMs));
  }),
);
