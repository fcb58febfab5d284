import { EMAIL_VERIFICATION_REQUESTED } from '#events/auth.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { emailHash } from './email.ts';
import { hashPassword } from './password-hash.ts';
import { weaknessOf } from './password-rules.ts';
import { registrationLimits } from './rules.ts';
import { putRegistration } from './store.ts';

/**
 * Asks that an address and a password become those of an account: a new one, or a guest's, whose wish takes the place
 * of an earlier one. Nothing comes of it until the mailed link is followed. Never looks whether the address has an
 * account: the same work, writes and answer either way; the mailer finds out. The password belongs to this one wish,
 * so nobody can slip theirs under another's link. Needs the secret `password-pepper`.
 * @throws GameError `auth.password_weak`.
 */
export async function requestRegistration(wish: {
  readonly accountId: AccountId;
  readonly email: string;
  readonly password: string;
  readonly locale: Locale;
  readonly nowMs: number;
}): Promise<Changes> {
  const { accountId, email, password, locale, nowMs } = wish;
  const weakness = weaknessOf(password, [email.split('@')[0]!]);
  if (weakness) throw new GameError('auth.password_weak', { reason: weakness });

  const passwordHash = await hashPassword(password, await secret('password-pepper'));
  const nonce = randomToken(16);
  return {
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
  };
}
