import { createAccount } from '#functions/account/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { config } from '#shared/kernel/config.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { verifyEmail } from '../contract.ts';
import { normalizeEmail } from '../email.ts';
import { accountOfMailToken, isSameToken, mailTokenOf } from '../mail-token.ts';
import { findAccountId, getRegistration, putCredential, putEmailClaim, updateVerified } from '../store.ts';

export const handler = endpointHandler(verifyEmail, async ({ input, nowMs, commit, fail }) => {
  const { token } = input.body;
  const accountId = accountOfMailToken(token);
  const key = await secret('mail-token-key');

  return withConflictRetry(async () => {
    const registration = await getRegistration(accountId);
    const genuine = mailTokenOf(key, 'verify-email', accountId, registration?.nonce ?? '');
    if (!registration || !isSameToken(token, genuine) || registration.expiresAtMs <= nowMs) {
      throw fail('auth.mail_token_invalid');
    }
    const { emailHash, passwordHash, email, locale } = registration;
    if (passwordHash === undefined) return { accountId };
    const holder = await findAccountId(emailHash);
    // The same link, followed twice at once.
    if (holder === accountId) return { accountId };
    // Another registration of the same address was confirmed first.
    if (holder) throw fail('auth.mail_token_invalid');

    const created = createAccount({
      accountId,
      email,
      locale,
      normalizedEmail: normalizeEmail(email),
      bootstrapAdminEmail: normalizeEmail(config('BOOTSTRAP_ADMIN_EMAIL')),
      nowMs,
    });
    const proven = {
      writes: [
        putEmailClaim(emailHash, accountId),
        putCredential({ accountId, emailHash, passwordHash }),
        updateVerified(registration, nowMs),
      ],
    };
    return commit(mergeChanges(proven, created), { accountId });
  });
});
