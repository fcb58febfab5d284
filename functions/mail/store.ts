import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { boolean } from 'dynamodb-toolbox/schema/boolean';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, MailId } from '#shared/kernel/ids.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Mail } from './mail.ts';
import { differences, type MailRow, mailOf, rowOf } from './row.ts';

const MailEntity = new Entity({
  ...entityDefaults,
  name: 'Mail',
  table,
  schema: item({
    mailId: string().key(),
    status: string().enum('OPEN', 'DELETED', 'EXPIRED'),
    ownerId: string(),
    ownerAccountId: string(),
    fromId: string().optional(),
    fromAccountId: string().optional(),
    fromName: string().optional(),
    toName: string().optional(),
    template: string().optional(),
    params: string().optional(),
    subject: string().optional(),
    hasText: boolean(),
    attachments: string(),
    money: string().optional(),
    moneyTakenAtMs: number().optional(),
    moneyClawedBack: string().optional(),
    cod: string().optional(),
    codPaidAtMs: number().optional(),
    sentAtMs: number(),
    deliverAtMs: number(),
    expiresAtMs: number(),
    readAtMs: number().optional(),
    isAnnounced: boolean(),
    isReturned: boolean(),
    isCounted: boolean(),
    extensions: number(),
    settlingId: string().optional(),
    version: number(),
    holdsValue: boolean(),
    ttl: number().optional(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    gsi2pk: string().optional(),
    gsi2sk: string().optional(),
    gsi3pk: string().optional(),
    gsi3sk: string().optional(),
  }),
  computeKey: mailKeys.mail.primary,
});

/** The mail, strongly consistent. */
export async function readMail(mailId: MailId): Promise<Mail | undefined> {
  const { Item } = await MailEntity.build(GetItemCommand).key({ mailId }).options({ consistent: true }).send();
  return Item && mailOf(Item as MailRow);
}

/** Puts the mail, once. */
export function putMail(mail: Mail): Write {
  return MailEntity.build(PutTransaction)
    .item(rowOf(mail) as Parameters<PutTransaction<typeof MailEntity>['item']>[0])
    .options({ condition: { attr: 'mailId', exists: false } });
}

/**
 * Takes a mail from one state to the next, if it is still in the first. While a settlement moves something out of it,
 * only what that settlement does next goes on from there, so that its end never fails.
 */
export function changeMail(seen: Mail, next: Mail): Write {
  const { set, removed } = differences(rowOf(seen), rowOf(next));
  const names = [...Object.keys(set), ...removed];
  const update = [
    `SET ${Object.keys(set)
      .map((name) => `#${name} = :${name}`)
      .join(', ')}`,
    ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(', ')}`] : []),
  ];
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: mailKeys.mail.primary(seen),
        UpdateExpression: update.join(' '),
        ConditionExpression: '#version = :seen',
        ExpressionAttributeNames: {
          '#version': 'version',
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':seen': seen.version,
          ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        },
      },
    }),
  };
}

/** Notes the first reading. It is no change of the mail's version, for nothing is decided by it. */
export function markRead(mailId: MailId, ownerId: CharacterId, nowMs: number): Write {
  const update = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: mailKeys.mail.primary({ mailId }),
        UpdateExpression: 'SET readAtMs = if_not_exists(readAtMs, :now)',
        ConditionExpression: '#status = :open AND ownerId = :owner',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':open': 'OPEN', ':owner': ownerId, ':now': nowMs },
      },
    }),
  };
  return guarded(update, new GameError('mail.not_found'));
}

/** A page of mails and the sort key where it ended. */
export interface MailPage {
  readonly mails: readonly Mail[];
  readonly lastSortKey: string | undefined;
}

/** What a list is asked for. */
export interface MailPageQuery {
  /** Most rows to look at. */
  readonly limit: number;
  /** Sort key where the page before ended. */
  readonly after?: string | undefined;
}

/** Where the sort keys of boxes and of sent mail begin: what a cursor must begin with. */
export const LIST_PREFIX = mailKeys.mail.spec.gsi1.sk.split('{')[0]!;

/** The mail's place in its owner's box. */
export function boxKeyOf({ owner: { characterId }, deliverAtMs, mailId }: Mail): string {
  return mailKeys.mail.index('gsi1', { characterId, deliverAt: toIso(deliverAtMs), mailId }).gsi1sk;
}

/** Mails that have arrived in a character's box, newest first, those that are over among them; up to a second old. */
export function listBox(characterId: CharacterId, nowMs: number, page: MailPageQuery): Promise<MailPage> {
  const arrived = `${LIST_PREFIX}${toIso(nowMs)}~~`;
  const upTo = page.after === undefined || page.after > arrived ? arrived : page.after;
  return pageOf('gsi1', mailKeys.mail.indexPartition('gsi1', { characterId }), { lt: upTo }, page.limit);
}

/** Mails that are in a character's box or on their way there, newest first; up to a second old. */
export function listIncoming(characterId: CharacterId, page: MailPageQuery): Promise<MailPage> {
  const range = page.after === undefined ? undefined : { lt: page.after };
  return pageOf('gsi1', mailKeys.mail.indexPartition('gsi1', { characterId }), range, page.limit);
}

/** What a character has sent, newest first; up to a second old. */
export function listSent(characterId: CharacterId, page: MailPageQuery): Promise<MailPage> {
  const range = page.after === undefined ? undefined : { lt: page.after };
  return pageOf('gsi2', mailKeys.mail.indexPartition('gsi2', { characterId }), range, page.limit);
}

async function pageOf(
  index: 'gsi1' | 'gsi2',
  partition: string,
  range: { lt: string } | undefined,
  limit: number,
): Promise<MailPage> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(MailEntity)
    .query({ index, partition, ...(range ? { range } : {}) })
    .options({ limit, reverse: true })
    .send();
  return {
    mails: Items.map((row) => mailOf(row as MailRow)),
    lastSortKey: LastEvaluatedKey?.[`${index}sk`] as string | undefined,
  };
}

/** Mails of one shard whose arrival or end was due by now, earliest first. */
export async function listDue(
  shard: number,
  page: { readonly nowMs: number; readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly mailIds: readonly MailId[]; readonly lastSortKey: string | undefined }> {
  const upTo = `${toIso(page.nowMs)}~~`;
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(MailEntity)
    .query({
      index: 'gsi3',
      partition: mailKeys.mail.indexPartition('gsi3', { shard }),
      range: page.after === undefined ? { lte: upTo } : { between: [`${page.after}~`, upTo] },
    })
    .options({ limit: page.limit })
    .send();
  return {
    mailIds: Items.map(({ mailId }) => mailId as MailId),
    lastSortKey: LastEvaluatedKey?.gsi3sk as string | undefined,
  };
}
