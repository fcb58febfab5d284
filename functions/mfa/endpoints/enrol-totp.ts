import { getAccount } from '#functions/account/public.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { enrolTotp } from '../contract.ts';
import { sealingKeys } from '../prove.ts';
import { withPending } from '../rules.ts';
import { seal } from '../seal.ts';
import { getFactor, putFactor } from '../store.ts';
import { newTotpSecret, otpauthUri } from '../totp.ts';

export const handler = endpointHandler(enrolTotp, ({ actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { accountId } = actor;
    const before = await getFactor(accountId);
    if (before.active) throw fail('mfa.already_enabled');
    const account = await getAccount(accountId);
    const secret = newTotpSecret();
    const next = withPending(before, seal(await sealingKeys(), accountId, secret), nowMs);
    return commit(
      { writes: [putFactor(next, before)] },
      {
        secret,
        uri: otpauthUri(secret, account?.email ?? account?.displayName ?? accountId),
        expiresAt: toIso(next.pending.untilMs),
      },
    );
  }),
);
