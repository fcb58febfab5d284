import { getAccount } from '#functions/account/public.ts';
import { findAccountId, getCredential, mailTokenOf, mayMail } from '#functions/auth/public.ts';
import { wasHandled } from '#shared/events/inbox.ts';
import { config } from '#shared/kernel/config.ts';
import { sendMail } from '#shared/runtime/mailer.ts';
import { secret } from '#shared/runtime/secrets.ts';
import { subscriberHandler } from '#shared/runtime/subscriber-handler.ts';
import { sendResetMail } from '../contract.ts';
import { resetMail } from '../mails.ts';
import { addressReset, getPasswordReset } from '../store.ts';

/** Mails first, marks the event as handled afterwards: a mail may come twice, but never not at all. */
export const handler = subscriberHandler(sendResetMail, async (event, { nowMs, commit }) => {
  if (await wasHandled({ subscriberId: sendResetMail.id, eventId: event.id })) return;
  const { requestId } = event.data;
  const reset = await getPasswordReset(requestId);
  if (!reset || reset.expiresAtMs <= nowMs || reset.usedAtMs !== undefined) return;

  const accountId = await findAccountId(reset.emailHash);
  if (!accountId) return;
  const [account, credential] = await Promise.all([getAccount(accountId), getCredential(accountId)]);
  if (!account?.email || !credential || !(await mayMail(reset.emailHash, nowMs))) return;
  await addressReset(reset, credential);
  const token = mailTokenOf(await secret('mail-token-key'), 'reset-password', requestId, reset.nonce);
  await sendMail(resetMail(account.email, account.locale, config('PUBLIC_HTTP_URL'), token));
  await commit({});
});
