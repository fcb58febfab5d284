import { EMAIL_VERIFICATION_REQUESTED } from '#events/auth.ts';
import { event } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { register } from '../contract.ts';
import { emailHash } from '../email.ts';
import { hashPassword } from '../password-hash.ts';
import { weaknessOf } from '../password-rules.ts';
import { registrationLimits } from '../rules.ts';
import { putRegistration } from '../store.ts';

/**
 * Never looks whether the address has an account: the same work, writes and answer either way. The mailer finds out.
 * Password and token belong to this one registration, so nobody can slip their password under another's link.
 */
export const handler = endpointHandler(register, async ({ input, nowMs, commit, fail }) => {
  const { email, password, locale } = input.body;
  const weakness = weaknessOf(password, [email.split('@')[0]!]);
  if (weakness) throw fail('auth.password_weak', { reason: weakness });

  const passwordHash = await hashPassword(password, await secret('password-pepper'));
  const accountId = createId('acc');
  const nonce = randomToken(16);
  return commit(
    {
      writes: [
        putRegistration({
          accountId,
          email,
          emailHash: emailHash(email),
          passwordHash,
          locale,
          nonce,
          createdAtMs: nowMs,
          expiresAtMs: nowMs + registrationLimits.lifeMs,
        }),
      ],
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
