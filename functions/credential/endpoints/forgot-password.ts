import { PASSWORD_RESET_REQUESTED } from '#events/auth.ts';
import { emailHash } from '#functions/auth/public.ts';
import { event } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { forgotPassword } from '../contract.ts';
import { credentialLimits } from '../rules.ts';
import { putPasswordReset } from '../store.ts';

/** Never looks whether the address has an account: the same work, writes and answer either way. The mailer finds out. */
export const handler = endpointHandler(forgotPassword, ({ input, nowMs, commit }) => {
  const requestId = createId('crq');
  return commit(
    {
      writes: [
        putPasswordReset({
          requestId,
          emailHash: emailHash(input.body.email),
          nonce: randomToken(16),
          expiresAtMs: nowMs + credentialLimits.resetLifeMs,
        }),
      ],
      events: [event(PASSWORD_RESET_REQUESTED, { aggregateId: requestId, aggregateSeq: 1, data: { requestId } })],
    },
    { accepted: true as const },
  );
});
