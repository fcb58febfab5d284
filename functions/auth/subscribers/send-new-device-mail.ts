import { getAccount } from '#functions/account/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendNewDeviceMail } from '../contract.ts';
import { mayMail } from '../mail-quota.ts';
import { newDeviceMail } from '../mails.ts';

/** Mails first, marks the event as handled afterwards. Guests have no address, and nobody to tell. */
export const handler = subscriberHandler(sendNewDeviceMail, async (event, { nowMs, commit }) => {
  if (await wasHandled({ subscriberId: sendNewDeviceMail.id, eventId: event.id })) return;
  const { accountId, device, network } = event.data;
  const account = await getAccount(accountId);
  // A quota of their own: these mails must not use up those that a player asks for.
  if (!account?.email || !(await mayMail(`device~${accountId}`, nowMs))) return;
  await sendMail(newDeviceMail(account.email, account.locale, { device, network, atMs: Date.parse(event.occurredAt) }));
  await commit({});
});
