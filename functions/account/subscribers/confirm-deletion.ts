import { wasHandled } from '#shared/events/inbox.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { confirmDeletion } from '../contract.ts';
import { mailTexts } from '../data/mail-texts.ts';
import { getAccount } from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(confirmDeletion, async (event, { commit }) => {
  if (await wasHandled({ subscriberId: confirmDeletion.id, eventId: event.id })) return;
  const { accountId, eraseAt } = event.data;
  const account = await getAccount(accountId);
  if (!account?.email) return;
  const { subject, text } = mailTexts.deletionRequested[account.locale];
  const filled = text.replace('{name}', account.displayName).replace('{date}', eraseAt.slice(0, 10));
  await sendMail({ to: account.email, subject, text: filled });
  await commit({});
});
