import { SOFT_CURRENCY } from '#content/currencies.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, ItemId } from '#shared/kernel/ids.ts';
import {
  attachmentsLeft,
  codDue,
  holdsValue,
  isInBox,
  type Mail,
  moneyLeft,
  type NumberedAttachment,
  type Sender,
} from './mail.ts';
import { mailTemplates } from './templates.ts';

export const mailRules = {
  /** In which postage, money and payment on delivery are counted. */
  currency: SOFT_CURRENCY,
  subjectLength: 40,
  bodyLength: 500,
  /** Items in one mail by a player. */
  attachments: 12,
  /** Recipients of one letter without value. */
  recipients: 10,
  /** Mails of one account in one day of the realm; each recipient counts. */
  sendsPerDay: 100,
  /** Mails by players in one box. Mails by the game, and those that come back, take no place. */
  box: 100,
  /** For a letter, and for each attachment of a mail that has some; in minor units of the mail currency. */
  postage: 30n,
  /** Value reaches another account after this, so that a stolen one cannot be emptied at once; letters are instant. */
  valueDelayMs: HOUR_MS,
  /** Who sends more than this to others, by money and what vendors pay, has proven themselves anew not long ago. */
  stepUpAboveMinor: 50_000n,
  lifeMs: 30 * DAY_MS,
  /** So long a recipient may think about what costs something. */
  codLifeMs: 3 * DAY_MS,
  /** Rows of mails that are gone stay for the sender's list, and say what became of them. */
  keptMs: 30 * DAY_MS,
} as const;

/** What sending costs: for each recipient a letter, or as much for each attachment. */
export function postageOf(mail: { readonly recipients: number; readonly attachments: number }): bigint {
  return mailRules.postage * BigInt(mail.recipients * Math.max(1, mail.attachments));
}

/** What a mail is about to carry. */
export interface Cargo {
  readonly itemIds: readonly ItemId[];
  /** 0 where there is none. */
  readonly money: bigint;
  readonly cod: bigint;
}

/**
 * What can be refused before anything is read.
 * @throws GameError `mail.value_to_many`, `mail.duplicate_item`, `mail.cod_with_money`, `mail.cod_without_items`
 */
export function requireSendable({ itemIds, money, cod }: Cargo, recipients: number): void {
  const hasValue = itemIds.length > 0 || money > 0n || cod > 0n;
  if (hasValue && recipients > 1) throw new GameError('mail.value_to_many');
  if (new Set(itemIds).size < itemIds.length) throw new GameError('mail.duplicate_item');
  if (cod > 0n && money > 0n) throw new GameError('mail.cod_with_money');
  if (cod > 0n && itemIds.length === 0) throw new GameError('mail.cod_without_items');
}

/**
 * The recipients as they may be written to.
 * @throws GameError `mail.self`, `mail.duplicate_recipient`
 */
export function requireRecipients(senderId: CharacterId, recipientIds: readonly CharacterId[]): void {
  if (recipientIds.includes(senderId)) throw new GameError('mail.self');
  if (new Set(recipientIds).size < recipientIds.length) throw new GameError('mail.duplicate_recipient');
}

/** When a mail by a player arrives, and when it is over. */
export function timesOf(
  mail: { readonly from: AccountId; readonly to: AccountId; readonly hasValue: boolean; readonly hasCod: boolean },
  nowMs: number,
): { readonly deliverAtMs: number; readonly expiresAtMs: number } {
  const deliverAtMs = nowMs + (mail.hasValue && mail.from !== mail.to ? mailRules.valueDelayMs : 0);
  return { deliverAtMs, expiresAtMs: deliverAtMs + (mail.hasCod ? mailRules.codLifeMs : mailRules.lifeMs) };
}

/** What a player wants out of a mail. */
export type Wanted =
  | { readonly kind: 'attachment'; readonly index: number }
  | { readonly kind: 'money' }
  /** Money, and so many attachments, the first ones: as many as there is room for. */
  | { readonly kind: 'all'; readonly limit: number };

/** What comes out of a mail at once. */
export interface Taking {
  readonly attachments: readonly NumberedAttachment[];
  /** To the player; 0 where none is. */
  readonly money: bigint;
  /** From the player to the sender, before anything is given; 0 where nothing is due. */
  readonly cod: bigint;
  /** Numbers of the attachments that stay for want of room. */
  readonly stayed: readonly number[];
}

/**
 * What comes out of a mail in the caller's box; undefined when just that was taken before.
 * @param agreed what the player agrees to pay.
 * @throws GameError `mail.busy`, `mail.attachment_not_found`, `mail.nothing_to_take`, `inventory.full`, `mail.cod_unpaid`
 */
export function decideTaking(mail: Mail, wanted: Wanted, agreed: bigint | undefined): Taking | undefined {
  if (mail.settlingId) throw new GameError('mail.busy');
  const taking = pick(mail, wanted);
  if (!taking) return undefined;
  const cod = taking.attachments.length > 0 ? codDue(mail) : 0n;
  if (cod > 0n && agreed !== cod) throw new GameError('mail.cod_unpaid', { amount: cod.toString() });
  return { ...taking, cod };
}

function pick(mail: Mail, wanted: Wanted): Omit<Taking, 'cod'> | undefined {
  const left = attachmentsLeft(mail);
  switch (wanted.kind) {
    case 'attachment': {
      if (wanted.index >= mail.attachments.length) throw new GameError('mail.attachment_not_found');
      const one = left.find(({ index }) => index === wanted.index);
      return one && { attachments: [one], money: 0n, stayed: [] };
    }
    case 'money': {
      if (mail.money === undefined) throw new GameError('mail.nothing_to_take');
      const money = moneyLeft(mail);
      return money > 0n ? { attachments: [], money, stayed: [] } : undefined;
    }
    case 'all': {
      if (mail.money === undefined && mail.attachments.length === 0) throw new GameError('mail.nothing_to_take');
      if (!holdsValue(mail)) return undefined;
      const money = moneyLeft(mail);
      const attachments = left.slice(0, wanted.limit);
      if (attachments.length === 0 && money === 0n) throw new GameError('inventory.full');
      return { attachments, money, stayed: left.slice(wanted.limit).map(({ index }) => index) };
    }
  }
}

/** @throws GameError `mail.busy`, `mail.not_empty` while something is in it, or something is to be paid. */
export function requireDeletable(mail: Mail): void {
  if (mail.settlingId) throw new GameError('mail.busy');
  if (holdsValue(mail) || codDue(mail) > 0n) throw new GameError('mail.not_empty');
}

/**
 * To whom a mail may be returned.
 * @throws GameError `mail.busy`; `mail.not_returnable` when no player wrote it, or it has come back already.
 */
export function requireReturnable(mail: Mail): Sender {
  if (mail.settlingId) throw new GameError('mail.busy');
  if (!mail.from || mail.isReturned) throw new GameError('mail.not_returnable');
  return mail.from;
}

/** The mail in its sender's box: instant, for as long as the first time at the longest, and nothing to pay. */
export function returned(mail: Mail, nowMs: number): Mail {
  return {
    ...mail,
    owner: { accountId: mail.from!.accountId, characterId: mail.from!.characterId },
    deliverAtMs: nowMs,
    expiresAtMs: nowMs + mailRules.lifeMs,
    readAtMs: undefined,
    isAnnounced: true,
    isReturned: true,
    isCounted: false,
    version: mail.version + 1,
  };
}

/** The mail without what is taken out of it now; what was pinned is free again. */
export function taken(mail: Mail, { attachments, money, cod }: Taking, nowMs: number): Mail {
  const numbers = new Set(attachments.map(({ index }) => index));
  return {
    ...mail,
    attachments: mail.attachments.map((one, index) => (numbers.has(index) ? { ...one, takenAtMs: nowMs } : one)),
    ...(money > 0n ? { moneyTakenAtMs: nowMs } : {}),
    ...(cod > 0n ? { codPaidAtMs: nowMs } : {}),
    readAtMs: mail.readAtMs ?? nowMs,
    isAnnounced: true,
    settlingId: undefined,
    version: mail.version + 1,
  };
}

/** The mail out of every box. */
export function ended(mail: Mail, status: 'DELETED' | 'EXPIRED'): Mail {
  return { ...mail, status, hasText: false, settlingId: undefined, version: mail.version + 1 };
}

/** The mail with another life of the same length before it. */
export function extended(mail: Mail): Mail {
  const { lifeMs } = mailTemplates[mail.template!];
  return {
    ...mail,
    expiresAtMs: mail.expiresAtMs + lifeMs,
    extensions: mail.extensions + 1,
    version: mail.version + 1,
  };
}

/** What the clock will do to a mail by itself, and when. */
export function nextStepOf(
  mail: Pick<Mail, 'status' | 'isAnnounced' | 'deliverAtMs' | 'expiresAtMs'>,
): { readonly step: 'announce' | 'expire'; readonly atMs: number } | undefined {
  if (mail.status !== 'OPEN') return undefined;
  return mail.isAnnounced ? { step: 'expire', atMs: mail.expiresAtMs } : { step: 'announce', atMs: mail.deliverAtMs };
}

/** What the clock does to a mail now. One that is over needs no announcement any more. */
export function dueStepOf(mail: Mail, nowMs: number): 'announce' | 'expire' | undefined {
  const next = nextStepOf(mail);
  if (!next || next.atMs > nowMs) return undefined;
  return mail.expiresAtMs <= nowMs ? 'expire' : next.step;
}

/**
 * What becomes of a mail whose time is over. `close`: nothing is in it; `extend`: what the game owes stays longer;
 * `return`: once, to a sender who is still there; `destroy`: to the sinks.
 */
export function decideExpiry(mail: Mail, senderIsThere: boolean): 'close' | 'extend' | 'return' | 'destroy' {
  if (!holdsValue(mail)) return 'close';
  const extensions = mail.template ? mailTemplates[mail.template].extensions : 0;
  if (mail.extensions < extensions) return 'extend';
  return mail.from && !mail.isReturned && senderIsThere ? 'return' : 'destroy';
}

/** @throws GameError `mail.not_found` unless the mail lies in this character's box. A foreign one looks like none. */
export function requireInBox(mail: Mail | undefined, characterId: CharacterId, nowMs: number): Mail {
  if (!mail || !isInBox(mail, characterId, nowMs)) throw new GameError('mail.not_found');
  return mail;
}
