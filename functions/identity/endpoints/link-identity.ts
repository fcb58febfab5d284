import { IDENTITY_LINKED } from '#events/identity.ts';
import { GameError } from '#shared/contract/errors.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { linkIdentity } from '../external-contract.ts';
import { proveIdentity } from '../prove-identity.ts';
import { obstacleToLink } from '../rules.ts';
import { findClaim, getIdentities, putClaim, putIdentities } from '../store.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(linkIdentity, async ({ input, actor, nowMs, commit, fail }) => {
  const { accountId } = actor;
  const { identity, useNonce } = await proveIdentity(input.params.provider, input.body, nowMs);
  const { provider, subjectHash } = identity;

  return withConflictRetry(async () => {
    const [holder, identities] = await Promise.all([findClaim(subjectHash), getIdentities(accountId)]);
    const mine = identities.linked.find((one) => one.subjectHash === subjectHash);
    if (mine) return commit({ writes: [useNonce] }, viewOf(mine));
    if (holder) throw fail('identity.already_linked');
    const obstacle = obstacleToLink(identities.linked, provider);
    if (obstacle) throw new GameError(obstacle);

    const added = { provider, subjectHash, linkedAtMs: nowMs };
    return commit(
      {
        writes: [useNonce, putClaim(subjectHash, accountId), putIdentities(identities, [...identities.linked, added])],
        events: [
          event(IDENTITY_LINKED, {
            aggregateId: accountId,
            aggregateSeq: identities.version + 1,
            data: { accountId, provider },
          }),
        ],
      },
      viewOf(added),
    );
  });
});
