import { closeAllSessions } from '#functions/session/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { InvalidRequestError } from '#shared/runtime/problem.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { adminBan } from '../admin-contract.ts';
import { requireAuthority } from '../authority.ts';
import { changeBan } from '../ban.ts';
import { accountLimits } from '../rules.ts';
import { readAct } from '../staff.ts';
import { staffViewOf } from '../view.ts';

export const handler = endpointHandler(adminBan, async ({ input, actor: caller, nowMs, operation, commit, fail }) => {
  const { until, reason } = input.body;
  const untilMs = until === undefined ? undefined : Date.parse(until);
  if (untilMs !== undefined && (untilMs <= nowMs || untilMs > nowMs + accountLimits.longestBanMs)) {
    throw new InvalidRequestError([
      { path: 'body.until', message: 'is not in the time for which accounts are banned' },
    ]);
  }
  return withConflictRetry(async () => {
    const act = await readAct(caller.accountId, input.params.accountId, 'moderator', nowMs);
    const { target, actor } = act;
    requireAuthority(actor, target);
    if (target.status === 'ERASED') throw fail('account.closed');

    const ban = { bannedAtMs: nowMs, ...(untilMs === undefined ? {} : { untilMs }) };
    const { after, changes } = changeBan(act, ban, { operationId: operation.id, reason, nowMs });
    const closed = await closeAllSessions(target.accountId, 'banned', nowMs);
    return commit(mergeChanges(changes, closed), staffViewOf(after, actor, nowMs));
  });
});
