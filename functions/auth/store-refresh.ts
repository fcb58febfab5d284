import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type FamilyId, familyExpiryMs, type RefreshFamily } from './refresh-token.ts';

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
