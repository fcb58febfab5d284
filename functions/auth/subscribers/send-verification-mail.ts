import { wasHandled } from '#shared/events/inbox.ts';
import { config } from '#shared/kernel/config.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendVerificationMail } from '../contract.ts';
import { mayMail } from '../mail-quota.ts';
import { mailTokenOf } from '../mail-token.ts';
import { alreadyRegisteredMail, verificationMail } from '../mails.ts';
import {
  findAccountId,
  findNewestRegistration,
  getRegistration,
  getResendRequest,
  type Registration,
} from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendVerificationMail, async (event, { nowMs, commit }) => {
  if (await wasHandled({ subscriberId: sendVerificationMail.id, eventId: event.id })) return;
  const registration = 'nonce' in event.data ? await named(event.data) : await asked(event.data.requestId, nowMs);
  if (!registration || registration.expiresAtMs <= nowMs) return;

  const { accountId, nonce, email, emailHash, locale } = registration;
  const isTaken = (await findAccountId(emailHash)) !== undefined;
  if (!(await mayMail(emailHash, nowMs))) return;
  if (isTaken) {
    await sendMail(alreadyRegisteredMail(email, locale));
  } else {
    const token = mailTokenOf(await secret('mail-token-key'), 'verify-email', accountId, nonce);
    await sendMail(verificationMail(email, locale, config('PUBLIC_HTTP_URL'), token));
  }
  await commit({});
});

/** The registration as the event knew it: a later one of a guest takes its place, and has its own event. */
async function named(of: { readonly accountId: AccountId; readonly nonce: string }): Promise<Registration | undefined> {
  const registration = await getRegistration(of.accountId);
  return registration?.nonce === of.nonce ? registration : undefined;
}

/** The newest registration of the address that a wish was about. */
async function asked(requestId: string, nowMs: number): Promise<Registration | undefined> {
  const request = await getResendRequest(requestId);
  return request && request.expiresAtMs > nowMs ? findNewestRegistration(request.emailHash) : undefined;
}
