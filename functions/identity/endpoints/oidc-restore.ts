import { mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { oidcRestore } from '../external-contract.ts';
import { proveIdentity } from '../prove-identity.ts';
import { restore } from '../restore.ts';
import { checkClaim, findClaim } from '../store.ts';

export const handler = endpointHandler(oidcRestore, async ({ input, nowMs, commit, fail }) => {
  const { identity, useNonce } = await proveIdentity(input.params.provider, input.body, nowMs);
  const { subjectHash } = identity;
  return withConflictRetry(async () => {
    const holder = await findClaim(subjectHash);
    if (!holder) throw fail('identity.token_invalid');
    const { changes, reply } = await restore(holder, nowMs, 'identity.token_invalid');
    return commit(mergeChanges({ writes: [useNonce, checkClaim(subjectHash, holder)] }, changes), reply);
  });
});
