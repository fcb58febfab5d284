import { MFA_ENABLED } from '#events/mfa.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { confirmTotp } from '../contract.ts';
import { reserve, sealingKeys } from '../prove.ts';
import { newRecoveryCodes, recoveryHash } from '../recovery-codes.ts';
import { NO_COUNTER, pendingSecret, stepUpLimits, withActive } from '../rules.ts';
import { open } from '../seal.ts';
import { getFactor, putFactor } from '../store.ts';
import { deleteLock, putStepUp } from '../store-attempts.ts';
import { matchingCounter } from '../totp.ts';

export const handler = endpointHandler(confirmTotp, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId, sessionId } = actor;
  const waiting = await getFactor(accountId);
  if (waiting.active) throw fail('mfa.already_enabled');
  if (!pendingSecret(waiting, nowMs)) throw fail('mfa.enrolment_expired');
  await reserve(accountId, nowMs);

  return withConflictRetry(async () => {
    const before = await getFactor(accountId);
    if (before.active) throw fail('mfa.already_enabled');
    const secret = pendingSecret(before, nowMs);
    if (!secret) throw fail('mfa.enrolment_expired');
    const plain = open(await sealingKeys(), accountId, secret);
    const lastCounter = matchingCounter(plain, input.body.code, nowMs, NO_COUNTER);
    if (lastCounter === undefined) throw fail('mfa.code_invalid');

    const recoveryCodes = newRecoveryCodes();
    const recoveryHashes = recoveryCodes.map((code) => recoveryHash(accountId, code));
    const next = withActive(before, { secret, lastCounter, enabledAtMs: nowMs, recoveryHashes });
    const told = event(MFA_ENABLED, {
      aggregateId: accountId,
      aggregateSeq: next.version,
      data: { accountId, factor: 'totp' },
    });
    // Good once, so it counts for all that it shows: staff need not wait for the next one.
    const steppedUp = putStepUp({ sessionId, accountId, proof: 'factor', untilMs: nowMs + stepUpLimits.lifeMs });
    const writes = [putFactor(next, before), deleteLock(accountId), steppedUp];
    return commit({ writes, events: [told] }, { recoveryCodes });
  });
});
