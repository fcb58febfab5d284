import { PASSWORD_ADDED } from '#events/auth.ts';
import { type Account, createAccount, getAccount, updateEmail } from '#functions/account/public.ts';
import { retireGuest } from '#functions/identity/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { config } from '#shared/kernel/config.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { verifyEmail } from '../contract.ts';
import { normalizeEmail } from '../email.ts';
import { accountOfMailToken, isSameToken, mailTokenOf } from '../mail-token.ts';
import {
  findAccountId,
  getCredential,
  getRegistration,
  putCredential,
  putEmailClaim,
  updateVerified,
} from '../store.ts';

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

    const existing = await getAccount(accountId);
    const credential = existing && (await getCredential(accountId));
    // The same link at once again: the other one was done between our reads.
    if (credential?.emailHash === emailHash) return { accountId };
    if (existing && (existing.status !== 'ACTIVE' || credential)) throw fail('auth.mail_token_invalid');
    const settled = existing
      ? mergeChanges({ writes: [updateEmail(existing, email)] }, await openedByEmail(existing))
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
        putCredential({ accountId, emailHash, passwordHash, loginCount: existing ? 1 : 0 }),
        updateVerified(registration, nowMs),
      ],
    };
    return commit(mergeChanges(proven, settled), { accountId });
  });
});

/** A guest is none any more; whom an identity provider has vouched for so far keeps that way in, and is told. */
async function openedByEmail({ accountId, version }: Account): Promise<Changes> {
  const aggregateSeq = version + 1;
  const retired = await retireGuest(accountId, aggregateSeq);
  if (retired.writes) return retired;
  return { events: [event(PASSWORD_ADDED, { aggregateId: accountId, aggregateSeq, data: { accountId } })] };
}
