import { MAX_MAIL_ITEMS } from '#events/fields.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { MailId, TransactionId } from '#shared/kernel/ids.ts';
import type { Mail, MailItem, Owner } from './mail.ts';
import { send } from './mail-changes.ts';
import { mailTemplates, overflowTemplates, type TemplateId, type TemplateParams } from './templates.ts';

/** A mail that the game writes. */
export interface SystemMail {
  /** Derived from the occasion, so that the same occasion writes one mail. */
  readonly mailId: MailId;
  readonly to: Owner;
  readonly template: TemplateId;
  /** For the gaps of the template's text; texts of at most 80 characters. */
  readonly params?: TemplateParams;
  /** At most 24. The caller's transaction brings each of them to the mail: its holder is then this mail. */
  readonly items?: readonly MailItem[];
  /** In the mail currency. The caller's settlement brings it to `mailEscrow`. */
  readonly money?: bigint;
  /** Epoch milliseconds: it arrives at once. */
  readonly sentAtMs: number;
  readonly transactionId?: TransactionId | undefined;
}

/**
 * A mail by the game, as a piece of the caller's transaction. It is total: no full box, block or limit refuses it, and
 * it touches no row but its own, so that any number of them goes into one transaction.
 * @throws RangeError with too many items: a fault of the caller, found before anything is committed.
 */
export function systemMail(wanted: SystemMail): Changes {
  const { mailId, to, template, params, items = [], money, sentAtMs, transactionId } = wanted;
  if (items.length > MAX_MAIL_ITEMS) throw new RangeError(`a mail holds at most ${MAX_MAIL_ITEMS} items`);
  const mail: Mail = {
    mailId,
    status: 'OPEN',
    owner: { accountId: to.accountId, characterId: to.characterId },
    template,
    params,
    hasText: false,
    attachments: items.map(({ itemId, templateId, quality, count }) => ({ itemId, templateId, quality, count })),
    money: money !== undefined && money > 0n ? money : undefined,
    sentAtMs,
    deliverAtMs: sentAtMs,
    expiresAtMs: sentAtMs + mailTemplates[template].lifeMs,
    isAnnounced: true,
    isReturned: false,
    isCounted: false,
    extensions: 0,
    version: 1,
  };
  return send(mail, { transactionId });
}

/** The mail that brings items for which there was no room where they were to go. It is total too. */
export function overflowMail(
  letter: Pick<SystemMail, 'mailId' | 'to' | 'sentAtMs'> & {
    readonly items: readonly MailItem[];
    /** Why they came: the reason of their move. */
    readonly reason: string;
  },
): Changes {
  const { reason, ...mail } = letter;
  return systemMail({ ...mail, template: overflowTemplates[reason] ?? 'inventory.overflow' });
}
