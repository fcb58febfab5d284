import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { credentialKeys } from '#shared/table/keys/credential.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { credentialLimits, type EmailUndo } from './rules.ts';

const EmailUndoEntity = new Entity({
  ...entityDefaults,
  name: 'EmailUndo',
  table,
  schema: item({
    accountId: string().key(),
    changes: list(
      map({
        requestId: string(),
        oldEmail: string(),
        oldEmailHash: string(),
        nonce: string(),
        changedAtMs: number(),
      }),
    ),
    version: number(),
    ttl: number(),
  }),
  computeKey: credentialKeys.emailUndo.primary,
});

/** Strongly consistent. Empty, and of version 0, where nothing is stored. */
export async function getEmailUndo(accountId: string): Promise<EmailUndo> {
  const { Item } = await EmailUndoEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return (Item as EmailUndo | undefined) ?? { accountId, changes: [], version: 0 };
}

/** Stores what can be taken back from now on, if it is still as it was read. */
export function putEmailUndo({ changes, ...undo }: EmailUndo, before: EmailUndo, nowMs: number): Write {
  return EmailUndoEntity.build(PutTransaction)
    .item({ ...undo, changes: [...changes], ttl: ttlSeconds(nowMs + credentialLimits.undoLifeMs) })
    .options({
      condition: before.version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: before.version },
    });
}

export async function eraseEmailUndo(accountId: string): Promise<void> {
  await EmailUndoEntity.build(DeleteItemCommand).key({ accountId }).send();
}
