import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { HOUR_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { credentialKeys } from '#shared/table/keys/credential.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { credentialLimits, type EmailChange, type PasswordReset } from './rules.ts';

const PasswordResetEntity = new Entity({
  ...entityDefaults,
  name: 'PasswordReset',
  table,
  schema: item({
    requestId: string().key(),
    emailHash: string(),
    nonce: string(),
    expiresAtMs: number(),
    accountId: string().optional(),
    credentialVersion: number().optional(),
    usedAtMs: number().optional(),
    ttl: number(),
  }),
  computeKey: credentialKeys.passwordReset.primary,
});

const EmailChangeEntity = new Entity({
  ...entityDefaults,
  name: 'EmailChange',
  table,
  schema: item({
    accountId: string().key(),
    requestId: string(),
    oldEmail: string(),
    newEmail: string(),
    newEmailHash: string(),
    nonce: string(),
    credentialVersion: number(),
    expiresAtMs: number(),
    confirmedAtMs: number().optional(),
    ttl: number(),
  }),
  computeKey: credentialKeys.emailChange.primary,
});

export async function getPasswordReset(requestId: string): Promise<PasswordReset | undefined> {
  const { Item } = await PasswordResetEntity.build(GetItemCommand)
    .key({ requestId })
    .options({ consistent: true })
    .send();
  return Item;
}

export function putPasswordReset(reset: PasswordReset): Write {
  return PasswordResetEntity.build(PutTransaction).item({
    ...reset,
    ttl: ttlSeconds(reset.expiresAtMs + HOUR_MS),
  });
}

/** Says whom the mailed link is good for, and for which state of their credential. Repeatable. */
export async function addressReset(
  { requestId }: PasswordReset,
  { accountId, version }: { readonly accountId: string; readonly version: number },
): Promise<void> {
  await PasswordResetEntity.build(UpdateItemCommand)
    .item({ requestId, accountId, credentialVersion: version })
    .options({ condition: { attr: 'usedAtMs', exists: false } })
    .send();
}

/** Uses a reset up: once. */
export function useReset({ requestId }: PasswordReset, nowMs: number): Write {
  return guarded(
    PasswordResetEntity.build(UpdateTransaction)
      .item({ requestId, usedAtMs: nowMs })
      .options({
        condition: {
          and: [
            { attr: 'nonce', exists: true },
            { attr: 'usedAtMs', exists: false },
          ],
        },
      }),
    new GameError('auth.mail_token_invalid'),
  );
}

export async function getEmailChange(accountId: string): Promise<EmailChange | undefined> {
  const { Item } = await EmailChangeEntity.build(GetItemCommand)
    .key({ accountId })
    .options({ consistent: true })
    .send();
  return Item;
}

/** Takes the place of an earlier wish, unless that one has changed the address a moment ago. */
export function putEmailChange(change: EmailChange, nowMs: number): Write {
  return guarded(
    EmailChangeEntity.build(PutTransaction)
      .item({ ...change, ttl: ttlSeconds(change.expiresAtMs + credentialLimits.betweenEmailChangesMs) })
      .options({
        condition: {
          or: [
            { attr: 'confirmedAtMs', exists: false },
            { attr: 'confirmedAtMs', lte: nowMs - credentialLimits.betweenEmailChangesMs },
          ],
        },
      }),
    new GameError('credential.email_changed_recently'),
  );
}

/** Marks the change as done, if it is still the account's last wish. */
export function confirmEmailChange({ accountId, requestId }: EmailChange, nowMs: number): Write {
  return EmailChangeEntity.build(UpdateTransaction)
    .item({ accountId, confirmedAtMs: nowMs })
    .options({
      condition: {
        and: [
          { attr: 'requestId', eq: requestId },
          { attr: 'confirmedAtMs', exists: false },
        ],
      },
    });
}

export async function eraseEmailChange(accountId: string): Promise<void> {
  await EmailChangeEntity.build(DeleteItemCommand).key({ accountId }).send();
}
