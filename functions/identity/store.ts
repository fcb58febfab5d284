import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { identityKeys } from '#shared/table/keys/identity.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { LinkedIdentity } from './rules.ts';

const NonceEntity = new Entity({
  ...entityDefaults,
  name: 'OidcNonce',
  table,
  schema: item({ nonceHash: string().key(), provider: string(), expiresAtMs: number(), ttl: number() }),
  computeKey: identityKeys.nonce.primary,
});

const ClaimEntity = new Entity({
  ...entityDefaults,
  name: 'IdentityClaim',
  table,
  schema: item({ subjectHash: string().key(), accountId: string() }),
  computeKey: identityKeys.claim.primary,
});

const IdentitiesEntity = new Entity({
  ...entityDefaults,
  name: 'Identities',
  table,
  schema: item({
    accountId: string().key(),
    linked: list(map({ provider: string(), subjectHash: string(), linkedAtMs: number() })),
    version: number(),
  }),
  computeKey: identityKeys.identities.primary,
});

/** A sign-in at a provider that has been started. */
export interface StartedSignIn {
  readonly nonceHash: string;
  readonly provider: string;
  readonly expiresAtMs: number;
}

/** An account's external identities, the oldest first. */
export interface Identities {
  readonly accountId: AccountId;
  readonly linked: readonly LinkedIdentity[];
  /** 0: there is no row yet. */
  readonly version: number;
}

export async function getNonce(nonceHash: string): Promise<StartedSignIn | undefined> {
  const { Item } = await NonceEntity.build(GetItemCommand).key({ nonceHash }).options({ consistent: true }).send();
  return Item as StartedSignIn | undefined;
}

export function putNonce(started: StartedSignIn): Write {
  return NonceEntity.build(PutTransaction)
    .item({ ...started, ttl: ttlSeconds(started.expiresAtMs) })
    .options({ condition: { attr: 'nonceHash', exists: false } });
}

/** Uses the nonce up: of several who present it at once one succeeds. */
export function deleteNonce(nonceHash: string): Write {
  return guarded(
    NonceEntity.build(DeleteTransaction)
      .key({ nonceHash })
      .options({ condition: { attr: 'nonceHash', exists: true } }),
    new GameError('identity.nonce_invalid'),
  );
}

/** The account that an external identity signs in to. Strongly consistent. */
export async function findClaim(subjectHash: string): Promise<AccountId | undefined> {
  const { Item } = await ClaimEntity.build(GetItemCommand).key({ subjectHash }).options({ consistent: true }).send();
  return Item?.accountId as AccountId | undefined;
}

/** Claims an identity for an account, unless it is anybody's. */
export function putClaim(subjectHash: string, accountId: AccountId): Write {
  return ClaimEntity.build(PutTransaction)
    .item({ subjectHash, accountId })
    .options({ condition: { attr: 'subjectHash', exists: false } });
}

/** Holds while the identity is this account's. */
export function checkClaim(subjectHash: string, accountId: AccountId): Write {
  return ClaimEntity.build(ConditionCheck).key({ subjectHash }).condition({ attr: 'accountId', eq: accountId });
}

export function deleteClaim(subjectHash: string, accountId: AccountId): Write {
  return ClaimEntity.build(DeleteTransaction)
    .key({ subjectHash })
    .options({ condition: { attr: 'accountId', eq: accountId } });
}

/** Strongly consistent. */
export async function getIdentities(accountId: AccountId): Promise<Identities> {
  const { Item } = await IdentitiesEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return (Item as Identities | undefined) ?? { accountId, linked: [], version: 0 };
}

function unchanged({ version }: Identities) {
  return version === 0 ? ({ attr: 'version', exists: false } as const) : ({ attr: 'version', eq: version } as const);
}

/** Puts these identities in the place of those, if they are as they were read. */
export function putIdentities(before: Identities, linked: readonly LinkedIdentity[]): Write {
  const { accountId, version } = before;
  return IdentitiesEntity.build(PutTransaction)
    .item({ accountId, linked: [...linked], version: version + 1 })
    .options({ condition: unchanged(before) });
}

export function deleteIdentities(before: Identities): Write {
  return IdentitiesEntity.build(DeleteTransaction)
    .key({ accountId: before.accountId })
    .options({ condition: unchanged(before) });
}
