import { EMAIL_VERIFICATION_REQUESTED } from '#events/auth.ts';
import { event } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { resendVerification } from '../contract.ts';
import { emailHash } from '../email.ts';
import { findNewestRegistration } from '../store.ts';

/** Asks for a mail in any case: where nobody has registered, for a registration that there is not. */
export const handler = endpointHandler(resendVerification, async ({ input, commit }) => {
  const registration = await findNewestRegistration(emailHash(input.body.email));
  const accountId = registration?.accountId ?? createId('acc');
  const nonce = registration?.nonce ?? randomToken(16);
  return commit(
    {
      events: [
        event(EMAIL_VERIFICATION_REQUESTED, {
          aggregateId: accountId,
          aggregateSeq: 1,
          data: { accountId, nonce, template: 'verify-email' },
        }),
      ],
    },
    { accepted: true as const },
  );
});
