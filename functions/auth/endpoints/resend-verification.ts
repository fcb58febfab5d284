import { EMAIL_VERIFICATION_RESEND_REQUESTED } from '#events/auth.ts';
import { event } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { resendVerification } from '../contract.ts';
import { emailHash } from '../email.ts';
import { registrationLimits } from '../rules.ts';
import { putResendRequest } from '../store.ts';

/** Never looks whether anybody has registered: the same work, writes and answer either way. The mailer finds out. */
export const handler = endpointHandler(resendVerification, ({ input, nowMs, commit }) => {
  const requestId = createId('crq');
  return commit(
    {
      writes: [
        putResendRequest({
          requestId,
          emailHash: emailHash(input.body.email),
          expiresAtMs: nowMs + registrationLimits.resendLifeMs,
        }),
      ],
      events: [
        event(EMAIL_VERIFICATION_RESEND_REQUESTED, { aggregateId: requestId, aggregateSeq: 1, data: { requestId } }),
      ],
    },
    { accepted: true as const },
  );
});
