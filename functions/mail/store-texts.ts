import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { MailId } from '#shared/kernel/ids.ts';
import { mailKeys } from '#shared/table/keys/mail.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Mail } from './mail.ts';
import { mailRules } from './rules.ts';

const TextEntity = new Entity({
  ...entityDefaults,
  name: 'MailText',
  table,
  schema: item({ mailId: string().key(), body: string(), ttl: number() }),
  computeKey: mailKeys.text.primary,
});

/** The text of a mail; it goes with the mail, and by itself when that has been forgotten long ago. */
export function putText({ mailId, expiresAtMs }: Mail, body: string): Write {
  const ttl = ttlSeconds(expiresAtMs + mailRules.lifeMs + mailRules.keptMs);
  return TextEntity.build(PutTransaction).item({ mailId, body, ttl });
}

export function deleteText(mailId: MailId): Write {
  return TextEntity.build(DeleteTransaction).key({ mailId });
}

/** The text of a mail; empty where it has none. */
export async function readText({ mailId, hasText }: Mail): Promise<string> {
  if (!hasText) return '';
  const { Item } = await TextEntity.build(GetItemCommand).key({ mailId }).send();
  return Item?.body ?? '';
}

/** The texts of at most 100 mails, by mail; those that have one. */
export async function readTexts(mails: readonly Mail[]): Promise<ReadonlyMap<MailId, string>> {
  const requests = mails
    .filter(({ hasText }) => hasText)
    .map(({ mailId }) => TextEntity.build(BatchGetRequest).key({ mailId }));
  if (requests.length === 0) return new Map();
  const { Responses } = await execute({ maxAttempts: 3 }, table.build(BatchGetCommand).requests(...requests));
  const found = (Responses?.[0] ?? []) as readonly ({ mailId: string; body: string } | undefined)[];
  return new Map(found.flatMap((one) => (one ? [[one.mailId as MailId, one.body] as const] : [])));
}
