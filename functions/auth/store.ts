import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add, $remove } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { HOUR_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { type Locale, locales } from '#shared/kernel/locale.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { documentClient, entityDefaults, table, tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { mailLimits } from './rules.ts';

const EmailClaimEntity = new Entity({
  ...entityDefaults,
  name: 'EmailClaim',
  table,
  schema: item({ emailHash: string().key(), accountId: string() }),
  computeKey: authKeys.emailClaim.primary,
});

const CredentialEntity = new Entity({
  ...entityDefaults,
  name: 'Credential',
  table,
  schema: item({
    accountId: string().key(),
    emailHash: string(),
    passwordHash: string(),
    loginCount: number(),
    version: number(),
  }),
  computeKey: authKeys.credential.primary,
});

const RegistrationEntity = new Entity({
  ...entityDefaults,
  name: 'Registration',
  table,
  schema: item({
    accountId: string().key(),
    email: string(),
    emailHash: string(),
    passwordHash: string().optional(),
    locale: string().enum(...locales),
    nonce: string(),
    createdAtMs: number(),
    expiresAtMs: number(),
    verifiedAtMs: number().optional(),
    gsi1pk: string(),
    gsi1sk: string(),
    ttl: number(),
  }),
  computeKey: authKeys.registration.primary,
});

const ResendRequestEntity = new Entity({
  ...entityDefaults,
  name: 'ResendRequest',
  table,
  schema: item({ requestId: string().key(), emailHash: string(), expiresAtMs: number(), ttl: number() }),
  computeKey: authKeys.resendRequest.primary,
});

const MailQuotaEntity = new Entity({
  ...entityDefaults,
  name: 'MailQuota',
  table,
  schema: item({ emailHash: string().key(), windowStart: number().key(), sent: number(), ttl: number() }),
  computeKey: authKeys.mailQuota.primary,
});

export interface Credential {
  readonly accountId: AccountId;
  readonly emailHash: string;
  readonly passwordHash: string;
  /** Logins that succeeded. */
  readonly loginCount: number;
  readonly version: number;
}

/** Somebody's wish for an account, until a mailed token proves that the address is theirs. */
export interface Registration {
  readonly accountId: AccountId;
  readonly email: string;
  readonly emailHash: string;
  /** Gone once it has become the account's. */
  readonly passwordHash?: string | undefined;
  readonly locale: Locale;
  readonly nonce: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly verifiedAtMs?: number | undefined;
}

/**
 * What stands under a key, strongly consistent. Written out, for the toolbox takes a tenth of a millisecond to unpack a
 * row that is there: what is read by an address must not tell by its time whether it found something.
 */
async function readRow(Key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
  const { Item } = await documentClient().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }));
  return Item;
}

/** The account that an address belongs to. Strongly consistent. */
export async function findAccountId(emailHash: string): Promise<AccountId | undefined> {
  const row = await readRow(authKeys.emailClaim.primary({ emailHash }));
  return row?.accountId as AccountId | undefined;
}

/** Claims an address for an account, unless it is anybody's. */
export function putEmailClaim(emailHash: string, accountId: AccountId): Write {
  return EmailClaimEntity.build(PutTransaction)
    .item({ emailHash, accountId })
    .options({ condition: { attr: 'emailHash', exists: false } });
}

/** What an account proves itself with. Strongly consistent. */
export async function getCredential(accountId: AccountId): Promise<Credential | undefined> {
  const row = await readRow(authKeys.credential.primary({ accountId }));
  return row as unknown as Credential | undefined;
}

export function putCredential(credential: Omit<Credential, 'version'>): Write {
  return CredentialEntity.build(PutTransaction)
    .item({ ...credential, version: 1 })
    .options({ condition: { attr: 'accountId', exists: false } });
}

/**
 * Changes the credential, if it is still of the version that was read. Written out, for the toolbox's update would add
 * to what every login loads.
 */
function updateRow(
  { accountId, version }: Pick<Credential, 'accountId' | 'version'>,
  change: { readonly set?: Readonly<Record<string, string>>; readonly countsLogin?: boolean },
): Write {
  const set = Object.entries(change.set ?? {});
  const assignments = set.map(([name], index) => `${name} = :v${index}`);
  const expression = [
    ...(set.length > 0 ? [`SET version = :next, ${assignments.join(', ')}`] : []),
    ...(change.countsLogin ? ['ADD loginCount :one'] : []),
  ];
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: authKeys.credential.primary({ accountId }),
        UpdateExpression: expression.join(' '),
        // Logins at the same time do not disturb each other; one that races a change of what it proves does.
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: {
          ':version': version,
          ...(set.length > 0 ? { ':next': version + 1 } : {}),
          ...(change.countsLogin ? { ':one': 1 } : {}),
          ...Object.fromEntries(set.map(([, value], index) => [`:v${index}`, value])),
        },
      },
    }),
  };
}

/** Counts a login, and stores a hash of today's cost where the old one is outdated. */
export function updateCredential(credential: Pick<Credential, 'accountId' | 'version'>, passwordHash?: string): Write {
  return updateRow(credential, { countsLogin: true, ...(passwordHash ? { set: { passwordHash } } : {}) });
}

/** Stores another password, if nobody has changed the credential since it was read. */
export function setPassword(credential: Credential, passwordHash: string): Write {
  return updateRow(credential, { set: { passwordHash } });
}

/** Ties the credential to another address, if nobody has changed it since it was read. */
export function setEmailHash(credential: Credential, emailHash: string): Write {
  return updateRow(credential, { set: { emailHash } });
}

/** Both at once, if nobody has changed the credential since it was read. */
export function setEmailHashAndPassword(credential: Credential, emailHash: string, passwordHash: string): Write {
  return updateRow(credential, { set: { emailHash, passwordHash } });
}

/** Frees an address that is the account's. */
export function deleteEmailClaim(emailHash: string, accountId: AccountId): Write {
  return EmailClaimEntity.build(DeleteTransaction)
    .key({ emailHash })
    .options({ condition: { attr: 'accountId', eq: accountId } });
}

/** Forgets what proved who the account's owner is: its address is free afterwards. Repeatable. */
export async function eraseCredential(accountId: AccountId): Promise<void> {
  const credential = await getCredential(accountId);
  if (credential) {
    const { emailHash } = credential;
    if ((await findAccountId(emailHash)) === accountId) {
      await EmailClaimEntity.build(DeleteItemCommand)
        .key({ emailHash })
        .options({ condition: { attr: 'accountId', eq: accountId } })
        .send();
    }
    await CredentialEntity.build(DeleteItemCommand).key({ accountId }).send();
  }
  await RegistrationEntity.build(DeleteItemCommand).key({ accountId }).send();
}

export async function getRegistration(accountId: AccountId): Promise<Registration | undefined> {
  const { Item } = await RegistrationEntity.build(GetItemCommand)
    .key({ accountId })
    .options({ consistent: true })
    .send();
  return Item as Registration | undefined;
}

/** The newest registration of an address; one of this moment may be missing. */
export async function findNewestRegistration(emailHash: string): Promise<Registration | undefined> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(RegistrationEntity)
    .query({ index: 'gsi1', partition: authKeys.registration.indexPartition('gsi1', { emailHash }) })
    .options({ reverse: true, limit: 1 })
    .send();
  return Items[0] as Registration | undefined;
}

/** A wish to be mailed again, whether or not anybody has registered with the address. */
export interface ResendRequest {
  readonly requestId: string;
  readonly emailHash: string;
  readonly expiresAtMs: number;
}

export function putResendRequest(request: ResendRequest): Write {
  return ResendRequestEntity.build(PutTransaction).item({ ...request, ttl: ttlSeconds(request.expiresAtMs) });
}

export async function getResendRequest(requestId: string): Promise<ResendRequest | undefined> {
  const { Item } = await ResendRequestEntity.build(GetItemCommand)
    .key({ requestId })
    .options({ consistent: true })
    .send();
  return Item;
}

export function putRegistration(registration: Registration): Write {
  const { emailHash, accountId, createdAtMs } = registration;
  return RegistrationEntity.build(PutTransaction).item({
    ...registration,
    ...authKeys.registration.index('gsi1', { emailHash, createdAt: toIso(createdAtMs), accountId }),
    ttl: ttlSeconds(registration.expiresAtMs),
  });
}

/** The token is used: the hash moves to the credential and is not kept here. */
export function updateVerified(registration: Registration, nowMs: number): Write {
  return RegistrationEntity.build(UpdateTransaction)
    .item({ accountId: registration.accountId, passwordHash: $remove(), verifiedAtMs: nowMs })
    .options({
      condition: {
        and: [
          { attr: 'nonce', eq: registration.nonce },
          { attr: 'verifiedAtMs', exists: false },
        ],
      },
    });
}

/** Takes one of the mails that an address may get in this window; false when it has had all of them. */
export async function takeMail(emailHash: string, windowStart: number): Promise<boolean> {
  try {
    await MailQuotaEntity.build(UpdateItemCommand)
      .item({
        emailHash,
        windowStart,
        sent: $add(1),
        ttl: ttlSeconds(windowStart + mailLimits.windowMs + HOUR_MS),
      })
      .options({
        condition: {
          or: [
            { attr: 'sent', exists: false },
            { attr: 'sent', lt: mailLimits.perWindow },
          ],
        },
      })
      .send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}
