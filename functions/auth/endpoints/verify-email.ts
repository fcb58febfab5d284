import { createAccount, getAccount, updateEmail } from '#functions/account/public.ts';
import { retireGuest } from '#functions/identity/public.ts';
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

    const guest = await getAccount(accountId);
    if (guest && guest.status !== 'ACTIVE') throw fail('auth.mail_token_invalid');
    const settled = guest
      ? mergeChanges({ writes: [updateEmail(guest, email)] }, await retireGuest(accountId, guest.version + 1))
      : createAccount({
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
        putCredential({ accountId, emailHash, passwordHash, loginCount: guest ? 1 : 0 }),
        updateVerified(registration, nowMs),
      ],
    };
    return commit(mergeChanges(proven, settled), { accountId });
  });
});
