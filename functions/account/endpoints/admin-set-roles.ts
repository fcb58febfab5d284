import { ACCOUNT_ROLES_CHANGED } from '#events/account.ts';
import { checkFactorIsOn } from '#functions/mfa/public.ts';
import { closeAllSessions } from '#functions/session/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { guarded } from '#shared/table/write.ts';
import { adminSetRoles } from '../admin-contract.ts';
import { gainsPower, losesRole, requireAuthority, rolesWith } from '../authority.ts';
import { auditedState, readAct } from '../staff.ts';
import { checkUnchanged, updateRoles } from '../store.ts';
import { putAudit } from '../store-audit.ts';

/**
 * Conditional on both accounts: of two administrators who take the role from each other at once, the second finds that
 * they no longer hold it.
 */
export const handler = endpointHandler(adminSetRoles, ({ input, actor: caller, nowMs, operation, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId } = input.params;
    const { actor, target } = await readAct(caller.accountId, accountId, 'admin', nowMs);
    requireAuthority(actor, target);
    if (target.status === 'ERASED' || target.status === 'DELETION_PENDING') throw fail('account.closed');

    const held = rolesWith(input.body.roles.filter((role) => role !== 'player'));
    const reply = { accountId, roles: [...held] };
    if (held.join() === rolesWith(target.roles.filter((role) => role !== 'player')).join()) return reply;

    const changed = {
      writes: [
        updateRoles(target, held),
        checkUnchanged(actor),
        ...(gainsPower(target.roles, held)
          ? [guarded(checkFactorIsOn(accountId), fail('account.second_factor_missing'))]
          : []),
        putAudit({
          accountId,
          operationId: operation.id,
          atMs: nowMs,
          actorId: actor.accountId,
          action: 'roles',
          reason: input.body.reason,
          before: auditedState(target),
          after: auditedState({ ...target, roles: held }),
        }),
      ],
      events: [
        event(ACCOUNT_ROLES_CHANGED, {
          aggregateId: accountId,
          aggregateSeq: target.version + 1,
          data: { accountId, roles: [...held], before: [...target.roles] },
        }),
      ],
    };
    const closed = losesRole(target.roles, held) ? await closeAllSessions(accountId, 'revoked', nowMs) : {};
    return commit(mergeChanges(changed, closed), reply);
  }),
);
