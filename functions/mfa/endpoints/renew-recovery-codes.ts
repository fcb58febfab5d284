import { MFA_RECOVERY_CODES_RENEWED } from '#events/mfa.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { renewRecoveryCodes } from '../contract.ts';
import { newRecoveryCodes, recoveryHash } from '../recovery-codes.ts';
import { withActive } from '../rules.ts';
import { getFactor, putFactor } from '../store.ts';

export const handler = endpointHandler(renewRecoveryCodes, ({ actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId } = actor;
    const before = await getFactor(accountId);
    if (!before.active) throw fail('mfa.not_enabled');
    const recoveryCodes = newRecoveryCodes();
    const recoveryHashes = recoveryCodes.map((code) => recoveryHash(accountId, code));
    const next = withActive(before, { ...before.active, recoveryHashes });
    const told = event(MFA_RECOVERY_CODES_RENEWED, {
      aggregateId: accountId,
      aggregateSeq: next.version,
      data: { accountId, codesLeft: recoveryHashes.length },
    });
    return commit({ writes: [putFactor(next, before)], events: [told] }, { recoveryCodes });
  }),
);
