import { getAccount } from '#functions/account/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendChangeNotices } from '../contract.ts';
import { emailChangedMail, passwordChangedMail } from '../mails.ts';
import { getEmailChange } from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendChangeNotices, async (event, { commit }) => {
  if (await wasHandled({ subscriberId: sendChangeNotices.id, eventId: event.id })) return;
  const { accountId } = event.data;
  const account = await getAccount(accountId);
  if (!account?.email) return;
  if (event.name === 'PASSWORD_CHANGED') {
    await sendMail(passwordChangedMail(account.email, account.locale, Date.parse(event.occurredAt)));
  } else {
    const change = await getEmailChange(accountId);
    if (change?.requestId !== event.data.requestId) return;
    await sendMail(emailChangedMail(change.oldEmail, account.locale, change.newEmail));
  }
  await commit({});
});
