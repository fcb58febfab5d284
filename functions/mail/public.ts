import { clock, DAY_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, ItemId, MailId, Slug } from '#shared/kernel/ids.ts';
import { attachmentsLeft, codDue, holdsValue, type Mail, moneyLeft } from './mail.ts';
import { mailRules } from './rules.ts';
import { listIncoming, listSent, readMail } from './store.ts';

export { countsOf } from './counts.ts';
export { exportOf } from './export.ts';
/** A mail as others may look at it. */
export type { Mail, MailItem, Owner } from './mail.ts';
export { pin as pinMail, seize, seizeMoney, unpin as unpinMail } from './mail-changes.ts';
export { mailEscrow } from './money.ts';
/** A mail as a settlement keeps it until it has ended. */
export { type MailRow, mailOf as mailOfRow, rowOf as rowOfMail } from './row.ts';
export { overflowMail, type SystemMail, systemMail } from './system-mail.ts';

/** The mail, if it is open and the item lies in it, strongly consistent. */
export async function mailWith(mailId: MailId, itemId: ItemId): Promise<Mail | undefined> {
  const mail = await readMail(mailId);
  const lies = mail?.status === 'OPEN' && attachmentsLeft(mail).some((one) => one.itemId === itemId);
  return lies ? mail : undefined;
}

/** In which money in mails is counted. */
export const mailCurrency: Slug = mailRules.currency;

/** The mail with the money that is in it, if it is open and has some, strongly consistent. */
export async function mailWithMoney(
  mailId: MailId,
): Promise<{ readonly mail: Mail; readonly currency: Slug; readonly amount: bigint } | undefined> {
  const mail = await readMail(mailId);
  const amount = mail?.status === 'OPEN' ? moneyLeft(mail) : 0n;
  return mail && amount > 0n ? { mail, currency: mailRules.currency, amount } : undefined;
}

/** More than players and the game put into a box within its mails' lives. */
const LOOKED_AT = 500;

/**
 * What keeps a character from being deleted: something of value in its box or on its way there, and mail that others
 * still have to pay for. What comes later goes back when the character is gone for good.
 */
export async function obligationsOf({
  characterId,
}: {
  readonly characterId: CharacterId;
}): Promise<readonly ('mail.attachments_waiting' | 'mail.cod_open')[]> {
  const [box, sent] = await Promise.all([
    listIncoming(characterId, { limit: LOOKED_AT }),
    listSent(characterId, { limit: LOOKED_AT }),
  ]);
  const sinceMs = clock.nowMs() - mailRules.codLifeMs - mailRules.valueDelayMs - DAY_MS;
  const isOwed = sent.mails.some((mail) => mail.status === 'OPEN' && mail.sentAtMs > sinceMs && codDue(mail) > 0n);
  return [
    ...(box.mails.some(holdsValue) ? (['mail.attachments_waiting'] as const) : []),
    ...(isOwed ? (['mail.cod_open'] as const) : []),
  ];
}
