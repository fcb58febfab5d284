import { Entity } from 'dynamodb-toolbox/entity';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { AccountId, CharacterId, MailId, TransactionId } from '#shared/kernel/ids.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { MailItem } from './mail.ts';

/** What went to the sinks when a mail ended. */
export interface MailAudit {
  readonly mailId: MailId;
  readonly ownerId: CharacterId;
  readonly ownerAccountId: AccountId;
  readonly fromId: CharacterId | undefined;
  readonly reason: string;
  readonly items: readonly MailItem[];
  readonly money: bigint;
  readonly transactionId: TransactionId | undefined;
  readonly atMs: number;
}

/** Kept for ever, as the items are: they can be given back as long as they stand here. */
const AuditEntity = new Entity({
  ...entityDefaults,
  name: 'MailAudit',
  table,
  schema: item({
    mailId: string().key(),
    ownerId: string(),
    ownerAccountId: string(),
    fromId: string().optional(),
    reason: string(),
    items: list(any().castAs<object>()),
    money: string(),
    transactionId: string().optional(),
    atMs: number(),
  }),
  computeKey: mailKeys.audit.primary,
});

/** Notes it once. */
export function putAudit(audit: MailAudit): Write {
  return AuditEntity.build(PutTransaction)
    .item({ ...audit, items: audit.items.map((one) => ({ ...one })), money: audit.money.toString() })
    .options({ condition: { attr: 'mailId', exists: false } });
}
