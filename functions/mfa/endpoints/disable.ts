import { MFA_DISABLED } from '#events/mfa.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { disable } from '../contract.ts';
import { prove, reserveFor, sealingKeys } from '../prove.ts';
import { withoutFactor } from '../rules.ts';
import { getFactor, putFactor } from '../store.ts';

export const handler = endpointHandler(disable, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const proof = input.body;
  const { active } = await getFactor(accountId);
  if (!active) throw fail('mfa.not_enabled');
  await reserveFor(proof, accountId, nowMs);

  await withConflictRetry(async () => {
    const before = await getFactor(accountId);
    if (!before.active) throw fail('mfa.not_enabled');
    const proven = prove(before, proof, await sealingKeys(), nowMs);
    if (!proven) throw fail('mfa.code_invalid');
    const next = withoutFactor(proven.factor);
    const told = event(MFA_DISABLED, { aggregateId: accountId, aggregateSeq: next.version, data: { accountId } });
    await commit(mergeChanges(proven.changes, { writes: [putFactor(next, before)], events: [told] }));
  });
});
