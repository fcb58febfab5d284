import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add, $remove } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { HOUR_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type LoginLock, lockoutLimits } from './lockout.ts';
import { type FamilyId, familyExpiryMs, type RefreshFamily } from './refresh-token.ts';
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
    displayName: string(),
    locale: string(),
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

const MailQuotaEntity = new Entity({
  ...entityDefaults,
  name: 'MailQuota',
  table,
  schema: item({ emailHash: string().key(), windowStart: number().key(), sent: number(), ttl: number() }),
  computeKey: authKeys.mailQuota.primary,
});

const LoginLockEntity = new Entity({
  ...entityDefaults,
  name: 'LoginLock',
  table,
  schema: item({
    emailHash: string().key(),
    failures: number(),
    lockedUntilMs: number(),
    lastAttemptMs: number(),
    revision: number(),
    ttl: number(),
  }),
  computeKey: authKeys.loginLock.primary,
});

const NetworkFailuresEntity = new Entity({
  ...entityDefaults,
  name: 'NetworkFailures',
  table,
  schema: item({ network: string().key(), windowStart: number().key(), failures: number(), ttl: number() }),
  computeKey: authKeys.networkFailures.primary,
});

const RefreshFamilyEntity = new Entity({
  ...entityDefaults,
  name: 'RefreshFamily',
  table,
  schema: item({
    familyId: string().key(),
    accountId: string(),
    sessionId: string(),
    currentHash: string(),
    startedAtMs: number(),
    rotatedAtMs: number(),
    previousHash: string().optional(),
    rotationSalt: string().optional(),
    ttl: number(),
  }),
  computeKey: authKeys.refreshFamily.primary,
});

const TicketEntity = new Entity({
  ...entityDefaults,
  name: 'Ticket',
  table,
  schema: item({
    ticketHash: string().key(),
    purpose: string().enum('socket', 'zone'),
    accountId: string(),
    sessionId: string(),
    roles: list(string()),
    characterId: string().optional(),
    zoneId: string().optional(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: authKeys.ticket.primary,
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
  readonly displayName: string;
  readonly locale: string;
  readonly nonce: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly verifiedAtMs?: number | undefined;
}

export interface Ticket {
  readonly ticketHash: string;
  readonly purpose: 'socket' | 'zone';
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  readonly characterId?: CharacterId | undefined;
  readonly zoneId?: string | undefined;
  readonly expiresAtMs: number;
}

function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** The account that an address belongs to. Strongly consistent. */
export async function findAccountId(emailHash: string): Promise<AccountId | undefined> {
  const { Item } = await EmailClaimEntity.build(GetItemCommand).key({ emailHash }).options({ consistent: true }).send();
  return Item?.accountId as AccountId | undefined;
}

/** Claims an address for an account; refused with `otherwise` when it is anybody's. */
export function putEmailClaim(emailHash: string, accountId: AccountId, otherwise: GameError): Write {
  return guarded(
    EmailClaimEntity.build(PutTransaction)
      .item({ emailHash, accountId })
      .options({ condition: { attr: 'emailHash', exists: false } }),
    otherwise,
  );
}

export async function getCredential(accountId: AccountId): Promise<Credential | undefined> {
  const { Item } = await CredentialEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as Credential | undefined;
}

export function putCredential(credential: Pick<Credential, 'accountId' | 'emailHash' | 'passwordHash'>): Write {
  return CredentialEntity.build(PutTransaction)
    .item({ ...credential, loginCount: 0, version: 1 })
    .options({ condition: { attr: 'accountId', exists: false } });
}

/** Counts a login, and stores a hash of today's cost where the old one is outdated. */
export function updateCredential(credential: Credential, passwordHash?: string): Write {
  return (
    CredentialEntity.build(UpdateTransaction)
      .item({
        accountId: credential.accountId,
        loginCount: $add(1),
        ...(passwordHash ? { passwordHash, version: credential.version + 1 } : {}),
      })
      // Logins at the same time do not disturb each other; one that races a change of the password does.
      .options({ condition: { attr: 'version', eq: credential.version } })
  );
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

export function putRegistration(registration: Registration): Write {
  const { emailHash, accountId, createdAtMs } = registration;
  return RegistrationEntity.build(PutTransaction).item({
    ...registration,
    ...authKeys.registration.index('gsi1', { emailHash, createdAt: toIso(createdAtMs), accountId }),
    ttl: ttlSeconds(registration.expiresAtMs),
  });
}

/** The token is used: the hash moves to the credential and is not kept here. */
export function updateVerified(registration: Registration, nowMs: number, otherwise: GameError): Write {
  return guarded(
    RegistrationEntity.build(UpdateTransaction)
      .item({ accountId: registration.accountId, passwordHash: $remove(), verifiedAtMs: nowMs })
      .options({
        condition: {
          and: [
            { attr: 'nonce', eq: registration.nonce },
            { attr: 'verifiedAtMs', exists: false },
          ],
        },
      }),
    otherwise,
  );
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

type StoredLock = LoginLock & { readonly revision: number };

export async function getLoginLock(emailHash: string): Promise<StoredLock | undefined> {
  const { Item } = await LoginLockEntity.build(GetItemCommand).key({ emailHash }).options({ consistent: true }).send();
  return Item as StoredLock | undefined;
}

/**
 * Stores the lock if it is still as it was read, so that attempts at the same time are counted one by one.
 * @throws GameError `request.conflict` when another attempt came first.
 */
export async function putLoginLock(emailHash: string, lock: LoginLock, before: StoredLock | undefined): Promise<void> {
  try {
    await LoginLockEntity.build(PutItemCommand)
      .item({
        emailHash,
        ...lock,
        revision: (before?.revision ?? 0) + 1,
        ttl: ttlSeconds(lock.lastAttemptMs + lockoutLimits.forgetAfterMs),
      })
      .options({
        condition: before ? { attr: 'revision', eq: before.revision } : { attr: 'revision', exists: false },
      })
      .send();
  } catch (error) {
    if (isConditionFailed(error)) throw new GameError('request.conflict', {}, { cause: error });
    throw error;
  }
}

export function deleteLoginLock(emailHash: string): Write {
  return LoginLockEntity.build(DeleteTransaction).key({ emailHash });
}

/** Failed logins of a network in a window. */
export async function getNetworkFailures(network: string, windowStart: number): Promise<number> {
  const { Item } = await NetworkFailuresEntity.build(GetItemCommand).key({ network, windowStart }).send();
  return Item?.failures ?? 0;
}

export async function addNetworkFailure(network: string, windowStart: number): Promise<void> {
  await NetworkFailuresEntity.build(UpdateItemCommand)
    .item({
      network,
      windowStart,
      failures: $add(1),
      ttl: ttlSeconds(windowStart + 2 * lockoutLimits.networkWindowMs),
    })
    .send();
}

export async function getRefreshFamily(familyId: FamilyId): Promise<RefreshFamily | undefined> {
  const { Item } = await RefreshFamilyEntity.build(GetItemCommand)
    .key({ familyId })
    .options({ consistent: true })
    .send();
  return Item as RefreshFamily | undefined;
}

export function putRefreshFamily(family: RefreshFamily): Write {
  return RefreshFamilyEntity.build(PutTransaction)
    .item({ ...family, ttl: ttlSeconds(familyExpiryMs(family)) })
    .options({ condition: { attr: 'familyId', exists: false } });
}

/** Replaces the family's state if nobody has rotated it since it was read. */
export function replaceRefreshFamily(before: RefreshFamily, next: RefreshFamily): Write {
  return RefreshFamilyEntity.build(PutTransaction)
    .item({ ...next, ttl: ttlSeconds(familyExpiryMs(next)) })
    .options({ condition: { attr: 'currentHash', eq: before.currentHash } });
}

export function putTicket(ticket: Ticket): Write {
  return TicketEntity.build(PutTransaction).item({
    ...ticket,
    roles: [...ticket.roles],
    ttl: ttlSeconds(ticket.expiresAtMs + HOUR_MS),
  });
}

/** Takes the ticket out of the table; undefined unless it is there, current and for this. Works once. */
export async function takeTicket(
  ticketHash: string,
  use: { readonly purpose: Ticket['purpose']; readonly zoneIds?: readonly string[]; readonly nowMs: number },
): Promise<Ticket | undefined> {
  try {
    const { Attributes } = await TicketEntity.build(DeleteItemCommand)
      .key({ ticketHash })
      .options({
        returnValues: 'ALL_OLD',
        condition: {
          and: [
            { attr: 'purpose', eq: use.purpose },
            { attr: 'expiresAtMs', gt: use.nowMs },
            ...(use.zoneIds ? [{ attr: 'zoneId' as const, in: [...use.zoneIds] }] : []),
          ],
        },
      })
      .send();
    return Attributes as Ticket | undefined;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}
