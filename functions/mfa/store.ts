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
import type { AccountId } from '#shared/kernel/ids.ts';
import { mfaKeys } from '#shared/table/keys/mfa.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { TransactAction, Write } from '#shared/table/write.ts';
import { noFactor, type SecondFactor } from './rules.ts';

const FactorEntity = new Entity({
  ...entityDefaults,
  name: 'SecondFactor',
  table,
  schema: item({
    accountId: string().key(),
    pending: map({ secret: string(), untilMs: number() }).optional(),
    active: map({
      secret: string(),
      lastCounter: number(),
      enabledAtMs: number(),
      recoveryHashes: list(string()),
    }).optional(),
    version: number(),
  }),
  computeKey: mfaKeys.factor.primary,
});

/** Strongly consistent: a factor that was turned on asks at once. Of version 0 where nothing is stored. */
export async function getFactor(accountId: AccountId): Promise<SecondFactor> {
  const { Item } = await FactorEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return (Item as SecondFactor | undefined) ?? noFactor(accountId);
}

/** Stores what the factor has become, if it still is as it was read. */
export function putFactor(next: SecondFactor, before: SecondFactor): Write {
  const { accountId, version, pending, active } = next;
  return FactorEntity.build(PutTransaction)
    .item({
      accountId,
      version,
      ...(pending ? { pending } : {}),
      ...(active ? { active: { ...active, recoveryHashes: [...active.recoveryHashes] } } : {}),
    })
    .options({
      condition: before.version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: before.version },
    });
}

/** The condition of commits that are good for accounts with a second factor alone. */
export function checkFactorIsOn(accountId: AccountId): TransactAction {
  return FactorEntity.build(ConditionCheck).key({ accountId }).condition({ attr: 'active', exists: true });
}

export function deleteFactor(accountId: AccountId): Write {
  return FactorEntity.build(DeleteTransaction).key({ accountId });
}
