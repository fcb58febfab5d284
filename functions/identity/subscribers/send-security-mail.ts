import { getAccount } from '#functions/account/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { mailTexts } from '../data/mail-texts.ts';
import { sendSecurityMail } from '../external-contract.ts';
import { identityProviders } from '../providers.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendSecurityMail, async (event, { commit }) => {
  if (await wasHandled({ subscriberId: sendSecurityMail.id, eventId: event.id })) return;
  const { accountId, provider } = event.data;
  const account = await getAccount(accountId);
  if (!account?.email) return;
  const { subject, text } = mailTexts[event.name][account.locale];
  const name = identityProviders().find(({ id }) => id === provider)?.displayName ?? provider;
  await sendMail({ to: account.email, subject, text: text.replace('{provider}', name) });
  await commit({});
});
