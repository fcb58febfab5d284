import { getAccount } from '#functions/account/public.ts';
import { mailTokenOf } from '#functions/auth/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { config } from '#shared/kernel/config.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendChangeNotices } from '../contract.ts';
import { emailChangedMail, passwordAddedMail, passwordChangedMail } from '../mails.ts';
import { getEmailUndo } from '../store-undo.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendChangeNotices, async (event, { commit }) => {
  if (await wasHandled({ subscriberId: sendChangeNotices.id, eventId: event.id })) return;
  const { accountId } = event.data;
  const account = await getAccount(accountId);
  if (!account?.email) return;
  const { email, locale } = account;
  switch (event.name) {
    case 'PASSWORD_CHANGED':
      await sendMail(passwordChangedMail(email, locale, Date.parse(event.occurredAt)));
      break;
    case 'PASSWORD_ADDED':
      await sendMail(passwordAddedMail(email, locale));
      break;
    case 'EMAIL_CHANGED': {
      const { changes } = await getEmailUndo(accountId);
      const left = changes.find(({ requestId }) => requestId === event.data.requestId);
      // Taken back meanwhile.
      if (!left) return;
      const token = mailTokenOf(await secret('mail-token-key'), 'undo-email', accountId, left.nonce);
      await sendMail(emailChangedMail(left.oldEmail, locale, email, config('PUBLIC_HTTP_URL'), token));
    }
  }
  await commit({});
});
