import { getAccount } from '#functions/account/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendSecurityMails } from '../contract.ts';
import { securityMail } from '../mails.ts';

const templates = {
  MFA_ENABLED: 'enabled',
  MFA_DISABLED: 'disabled',
  MFA_RECOVERY_CODE_USED: 'recoveryCodeUsed',
  MFA_RECOVERY_CODES_RENEWED: 'recoveryCodesRenewed',
} as const;

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendSecurityMails, async (event, { commit }) => {
  if (await wasHandled({ subscriberId: sendSecurityMails.id, eventId: event.id })) return;
  const account = await getAccount(event.data.accountId);
  // No quota: that of an address could be used up by a stranger, and each of these took a proof.
  if (account?.email) {
    const codesLeft = 'codesLeft' in event.data ? event.data.codesLeft : undefined;
    await sendMail(securityMail(account.email, account.locale, templates[event.name], event.occurredAt, codesLeft));
  }
  await commit({});
});
