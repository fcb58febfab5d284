import type { Quality } from '#content/quality.ts';
import type { AccountId, CharacterId, ItemId, MailId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import type { TemplateId, TemplateParams } from './templates.ts';

/** A character and the account behind it. */
export interface Owner {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
}

/** Who wrote a mail, with the name that they had then. */
export interface Sender extends Owner {
  readonly name: string;
}

/** An item as it was put into the mail. */
export interface MailItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly quality: Quality;
  readonly count: number;
}

/** An item in a mail; its place in the list is its number, for ever. */
export interface Attachment extends MailItem {
  /** Set once it was taken out. */
  readonly takenAtMs?: number | undefined;
}

/** OPEN: in somebody's box. Afterwards the row stays a while for the sender's list. */
export type MailStatus = 'OPEN' | 'DELETED' | 'EXPIRED';

/** A mail as it stands. Amounts are minor units of the mail currency. */
export interface Mail {
  readonly mailId: MailId;
  readonly status: MailStatus;
  /** In whose box it lies: the recipient's, after a return the sender's. */
  readonly owner: Owner;
  /** The player who wrote it; unset: the game, or a player who is gone. */
  readonly from?: Sender | undefined;
  /** To whom it was sent, whoever has it now; unset once that player is gone. */
  readonly toName?: string | undefined;
  /** Of mails by the game: which text, and what fills its gaps. */
  readonly template?: TemplateId | undefined;
  readonly params?: TemplateParams | undefined;
  /** Of mails by players. */
  readonly subject?: string | undefined;
  /** The text beneath it has a row of its own, for it is long and never changes. */
  readonly hasText: boolean;
  readonly attachments: readonly Attachment[];
  /** What was put in, whether or not it was taken since. The escrow account holds it until then. */
  readonly money?: bigint | undefined;
  readonly moneyTakenAtMs?: number | undefined;
  /** What staff took out of it; `money` is unset then. */
  readonly moneyClawedBack?: bigint | undefined;
  /** What the recipient pays for the attachments. A return ends it. */
  readonly cod?: bigint | undefined;
  readonly codPaidAtMs?: number | undefined;
  readonly sentAtMs: number;
  /** From then on it is in the box. */
  readonly deliverAtMs: number;
  readonly expiresAtMs: number;
  readonly readAtMs?: number | undefined;
  /** Its owner has been told that it is there. */
  readonly isAnnounced: boolean;
  /** It has come back to its sender, and will not go anywhere again. */
  readonly isReturned: boolean;
  /** It takes one of its owner's places, of which there are so many. */
  readonly isCounted: boolean;
  /** How often its life was prolonged. */
  readonly extensions: number;
  /** The settlement that moves something out of it now: until it has ended, nothing else changes the mail. */
  readonly settlingId?: TransactionId | undefined;
  /** Rises with every change but reading: the condition of the next one. */
  readonly version: number;
}

/** An attachment with its number. */
export interface NumberedAttachment extends Attachment {
  readonly index: number;
}

/** What is still in it, with its number. */
export function attachmentsLeft({ attachments }: Pick<Mail, 'attachments'>): readonly NumberedAttachment[] {
  return attachments
    .map((attachment, index) => ({ ...attachment, index }))
    .filter(({ takenAtMs }) => takenAtMs === undefined);
}

/** Money that is still in it; 0 where there is none. */
export function moneyLeft({ money, moneyTakenAtMs }: Pick<Mail, 'money' | 'moneyTakenAtMs'>): bigint {
  return money !== undefined && moneyTakenAtMs === undefined ? money : 0n;
}

/** What has to be paid before anything is taken; 0 where nothing has. */
export function codDue(mail: Pick<Mail, 'cod' | 'codPaidAtMs' | 'isReturned'>): bigint {
  return mail.cod !== undefined && mail.codPaidAtMs === undefined && !mail.isReturned ? mail.cod : 0n;
}

/** Whether anything of value is still in it. */
export function holdsValue(mail: Pick<Mail, 'attachments' | 'money' | 'moneyTakenAtMs'>): boolean {
  return moneyLeft(mail) > 0n || attachmentsLeft(mail).length > 0;
}

/** Whether it lies in this character's box now: sent, arrived, and not gone. */
export function isInBox(mail: Mail, characterId: CharacterId, nowMs: number): boolean {
  const { status, owner, deliverAtMs, expiresAtMs } = mail;
  return status === 'OPEN' && owner.characterId === characterId && deliverAtMs <= nowMs && expiresAtMs > nowMs;
}
