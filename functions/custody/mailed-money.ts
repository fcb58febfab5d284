import {
  type MailRow,
  mailCurrency,
  mailEscrow,
  mailOfRow,
  mailWithMoney,
  pinMail,
  rowOfMail,
  seizeMoney,
  unpinMail,
} from '#functions/mail/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, MailId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';

/** The money of a mail of a character, as it lies there now. */
export type MailedMoney = NonNullable<Awaited<ReturnType<typeof mailWithMoney>>>;

/** The account that holds it. */
export { mailEscrow };

/**
 * The money in mails of a character: in its box, or on their way there.
 * @throws GameError `custody.no_money_in_mail`; `custody.in_settlement` while something is being taken out of one.
 */
export async function mailedMoney(
  { characterId }: { readonly characterId: CharacterId },
  mailIds: readonly MailId[],
): Promise<readonly MailedMoney[]> {
  const found = await Promise.all(
    [...new Set(mailIds)].map(async (mailId) => [mailId, await mailWithMoney(mailId)] as const),
  );
  return found.map(([mailId, money]) => {
    if (money?.mail.owner.characterId !== characterId) throw new GameError('custody.no_money_in_mail', { mailId });
    const { settlingId: transactionId } = money.mail;
    if (transactionId === undefined) return money;
    const retryAfterSeconds = (2 * TAKE_OVER_AFTER_MS) / SECOND_MS;
    throw new GameError('custody.in_settlement', { mailId, transactionId }, { retryAfterSeconds });
  });
}

/** Keeps the mails as they are until the ledger has decided; what the end of the act needs to know of them. */
export function keepMails(
  mailed: readonly MailedMoney[],
  transactionId: TransactionId,
): { readonly rows: readonly MailRow[]; readonly changes: Changes } {
  const pins = mailed.map(({ mail }) => pinMail(mail, transactionId));
  return {
    rows: pins.map(({ pinned }) => rowOfMail(pinned)),
    changes: mergeChanges(...pins.map(({ changes }) => changes)),
  };
}

/** The mails without their money. */
export function emptied(rows: readonly MailRow[]): Changes {
  return mergeChanges(...rows.map((row) => seizeMoney(mailOfRow(row))));
}

/** The mails as they were: the money was not moved. */
export function letGo(rows: readonly MailRow[]): Changes {
  return mergeChanges(...rows.map((row) => unpinMail(mailOfRow(row))));
}

/** What was taken altogether, by currency. */
export function withMailed(
  money: readonly { readonly currency: Slug; readonly amount: string }[],
  rows: readonly MailRow[],
): { readonly currency: Slug; readonly amount: string }[] {
  const sums = new Map<Slug, bigint>();
  const add = (id: Slug, amount: bigint) => sums.set(id, (sums.get(id) ?? 0n) + amount);
  for (const one of money) add(one.currency, BigInt(one.amount));
  for (const row of rows) add(mailCurrency, BigInt(row.money ?? '0'));
  return [...sums].map(([id, amount]) => ({ currency: id, amount: amount.toString() }));
}
