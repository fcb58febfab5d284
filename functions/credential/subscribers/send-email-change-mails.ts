import { getAccount } from '#functions/account/public.ts';
import { findAccountId, mailTokenOf, mayMail } from '#functions/auth/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { config } from '#shared/kernel/config.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendEmailChangeMails } from '../contract.ts';
import { confirmEmailMail, emailChangeAskedMail, emailTakenMail } from '../mails.ts';
import { getEmailChange } from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendEmailChangeMails, async (event, { nowMs, commit }) => {
  if (await wasHandled({ subscriberId: sendEmailChangeMails.id, eventId: event.id })) return;
  const { accountId, requestId } = event.data;
  const [change, account] = await Promise.all([getEmailChange(accountId), getAccount(accountId)]);
  if (change?.requestId !== requestId || change.expiresAtMs <= nowMs || !account) return;

  // The warning comes first: it must not depend on what becomes of the link.
  await sendMail(emailChangeAskedMail(change.oldEmail, account.locale, change.newEmail));
  if (await mayMail(change.newEmailHash, nowMs)) {
    const isTaken = (await findAccountId(change.newEmailHash)) !== undefined;
    const token = mailTokenOf(await secret('mail-token-key'), 'change-email', accountId, change.nonce);
    const mail = isTaken
      ? emailTakenMail(change.newEmail, account.locale)
      : confirmEmailMail(change.newEmail, account.locale, config('PUBLIC_HTTP_URL'), token);
    await sendMail(mail);
  }
  await commit({});
});
