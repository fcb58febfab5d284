import { ACCOUNT_BANNED, ACCOUNT_UNBANNED } from '#events/account.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { Id } from '#shared/kernel/ids.ts';
import { type Act, auditedState } from './staff.ts';
import { type Account, type Ban, checkUnchanged, updateBan } from './store.ts';
import { putAudit } from './store-audit.ts';

/** Sets or lifts a ban: the account after it, and what to commit, with its audit and conditional on both accounts. */
export function changeBan(
  { actor, target }: Act,
  ban: Ban | undefined,
  facts: { readonly operationId: Id<'opr'>; readonly reason: string; readonly nowMs: number },
): { readonly after: Account; readonly changes: Changes } {
  const { accountId } = target;
  const status = target.status === 'DELETION_PENDING' ? target.status : ban ? 'BANNED' : 'ACTIVE';
  const after: Account = { ...target, status, ban, version: target.version + 1 };
  const fact = { aggregateId: accountId, aggregateSeq: after.version };
  const audit = putAudit({
    accountId,
    operationId: facts.operationId,
    atMs: facts.nowMs,
    actorId: actor.accountId,
    action: ban ? 'ban' : 'unban',
    reason: facts.reason,
    before: auditedState(target),
    after: auditedState(after),
  });
  const until = ban?.untilMs === undefined ? {} : { until: toIso(ban.untilMs) };
  return {
    after,
    changes: {
      writes: [updateBan(target, ban), checkUnchanged(actor), audit],
      events: [
        ban
          ? event(ACCOUNT_BANNED, { ...fact, data: { accountId, ...until } })
          : event(ACCOUNT_UNBANNED, { ...fact, data: { accountId } }),
      ],
    },
  };
}
