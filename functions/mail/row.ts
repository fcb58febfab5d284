import { createHash } from 'node:crypto';
import type { Quality } from '#content/quality.ts';
import { toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, ItemId, MailId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { type Attachment, holdsValue, type Mail, type MailStatus, type Owner } from './mail.ts';
import { mailRules, nextStepOf } from './rules.ts';
import type { TemplateId, TemplateParams } from './templates.ts';

/** How many partitions the index of what is due has. */
export const DUE_SHARDS = 8;

/** A mail as it is stored. Amounts are decimal text; what is unset is not there. */
export interface MailRow {
  readonly mailId: string;
  readonly status: string;
  readonly ownerId: string;
  readonly ownerAccountId: string;
  readonly fromId?: string | undefined;
  readonly fromAccountId?: string | undefined;
  readonly fromName?: string | undefined;
  readonly toName?: string | undefined;
  readonly template?: string | undefined;
  /** JSON: values of many shapes that nobody queries by. */
  readonly params?: string | undefined;
  readonly subject?: string | undefined;
  readonly hasText: boolean;
  /** JSON, and short: every change of a row is written to its indexes too. */
  readonly attachments: string;
  readonly money?: string | undefined;
  readonly moneyTakenAtMs?: number | undefined;
  readonly moneyClawedBack?: string | undefined;
  readonly cod?: string | undefined;
  readonly codPaidAtMs?: number | undefined;
  readonly sentAtMs: number;
  readonly deliverAtMs: number;
  readonly expiresAtMs: number;
  readonly readAtMs?: number | undefined;
  readonly isAnnounced: boolean;
  readonly isReturned: boolean;
  readonly isCounted: boolean;
  readonly extensions: number;
  readonly settlingId?: string | undefined;
  readonly version: number;
  /** For the list's filter. */
  readonly holdsValue: boolean;
  readonly ttl?: number | undefined;
}

/** Index attributes, which are unset where the mail is not in the index. */
type IndexAttributes = Partial<Record<`gsi${1 | 2 | 3}${'pk' | 'sk'}`, string>>;

/** The stored form of a mail, with its places in the indexes. */
export function rowOf(mail: Mail): MailRow & IndexAttributes {
  const { owner, from, params, money, moneyClawedBack, cod, attachments, ...rest } = mail;
  const isOpen = mail.status === 'OPEN';
  return {
    ...rest,
    ownerId: owner.characterId,
    ownerAccountId: owner.accountId,
    fromId: from?.characterId,
    fromAccountId: from?.accountId,
    fromName: from?.name,
    params: params && JSON.stringify(params),
    attachments: JSON.stringify(attachments.map(toTuple)),
    money: money?.toString(),
    moneyClawedBack: moneyClawedBack?.toString(),
    cod: cod?.toString(),
    holdsValue: holdsValue(mail),
    ttl: isOpen ? undefined : ttlSeconds(Math.max(mail.sentAtMs, mail.expiresAtMs) + mailRules.keptMs),
    ...(isOpen ? inBox(mail) : {}),
    ...(from ? sentBy(from.characterId, mail) : {}),
    ...dueOf(mail),
  };
}

function inBox({ owner, deliverAtMs, mailId }: Mail): IndexAttributes {
  const { characterId } = owner;
  return mailKeys.mail.index('gsi1', { characterId, deliverAt: toIso(deliverAtMs), mailId });
}

function sentBy(characterId: CharacterId, { sentAtMs, mailId }: Mail): IndexAttributes {
  return mailKeys.mail.index('gsi2', { characterId, sentAt: toIso(sentAtMs), mailId });
}

function dueOf(mail: Mail): IndexAttributes {
  const next = nextStepOf(mail);
  if (!next) return {};
  const { mailId } = mail;
  const shard = createHash('sha256').update(mailId).digest()[0]! % DUE_SHARDS;
  return mailKeys.mail.index('gsi3', { shard, dueAt: toIso(next.atMs), mailId });
}

/** The mail of a stored row. */
export function mailOf(row: MailRow): Mail {
  return {
    mailId: row.mailId as MailId,
    status: row.status as MailStatus,
    owner: ownerOf(row.ownerId, row.ownerAccountId),
    from:
      row.fromId === undefined ? undefined : { ...ownerOf(row.fromId, row.fromAccountId!), name: row.fromName ?? '' },
    toName: row.toName,
    template: row.template as TemplateId | undefined,
    params: row.params === undefined ? undefined : (JSON.parse(row.params) as TemplateParams),
    subject: row.subject,
    hasText: row.hasText,
    attachments: (JSON.parse(row.attachments) as AttachmentTuple[]).map(fromTuple),
    money: row.money === undefined ? undefined : BigInt(row.money),
    moneyTakenAtMs: row.moneyTakenAtMs,
    moneyClawedBack: row.moneyClawedBack === undefined ? undefined : BigInt(row.moneyClawedBack),
    cod: row.cod === undefined ? undefined : BigInt(row.cod),
    codPaidAtMs: row.codPaidAtMs,
    sentAtMs: row.sentAtMs,
    deliverAtMs: row.deliverAtMs,
    expiresAtMs: row.expiresAtMs,
    readAtMs: row.readAtMs,
    isAnnounced: row.isAnnounced,
    isReturned: row.isReturned,
    isCounted: row.isCounted,
    extensions: row.extensions,
    settlingId: row.settlingId as TransactionId | undefined,
    version: row.version,
  };
}

type AttachmentTuple = readonly [itemId: ItemId, templateId: Slug, quality: Quality, count: number, takenAtMs?: number];

function toTuple({ itemId, templateId, quality, count, takenAtMs }: Attachment): AttachmentTuple {
  return takenAtMs === undefined
    ? [itemId, templateId, quality, count]
    : [itemId, templateId, quality, count, takenAtMs];
}

function fromTuple([itemId, templateId, quality, count, takenAtMs]: AttachmentTuple): Attachment {
  return { itemId, templateId, quality, count, ...(takenAtMs === undefined ? {} : { takenAtMs }) };
}

function ownerOf(characterId: string, accountId: string): Owner {
  return { characterId: characterId as CharacterId, accountId: accountId as AccountId };
}

/** What changes from one state of a row to the next, attribute by attribute. */
export function differences(seen: object, next: object): { set: Record<string, unknown>; removed: readonly string[] } {
  const [before, after] = [seen, next] as readonly Readonly<Record<string, unknown>>[];
  const set: Record<string, unknown> = {};
  const removed: string[] = [];
  for (const name of new Set([...Object.keys(before!), ...Object.keys(after!)])) {
    if (after![name] === undefined) {
      if (before![name] !== undefined) removed.push(name);
    } else if (JSON.stringify(before![name]) !== JSON.stringify(after![name])) set[name] = after![name];
  }
  return { set, removed };
}
