import { wasHandled } from '#shared/events/inbox.ts';
import { config } from '#shared/kernel/config.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendVerificationMail } from '../contract.ts';
import { mayMail } from '../mail-quota.ts';
import { mailTokenOf } from '../mail-token.ts';
import { alreadyRegisteredMail, verificationMail } from '../mails.ts';
import { findAccountId, getRegistration } from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendVerificationMail, async (event, { nowMs, commit }) => {
  if (await wasHandled({ subscriberId: sendVerificationMail.id, eventId: event.id })) return;
  const { accountId, nonce } = event.data;
  const registration = await getRegistration(accountId);
  if (registration?.nonce !== nonce || registration.expiresAtMs <= nowMs) return;

  const { email, emailHash, locale } = registration;
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
