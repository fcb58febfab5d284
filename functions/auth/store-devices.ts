import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { deviceLimits, type KnownDevice } from './devices.ts';

const KnownDeviceEntity = new Entity({
  ...entityDefaults,
  name: 'KnownDevice',
  table,
  schema: item({
    accountId: string().key(),
    deviceHash: string().key(),
    label: string(),
    firstSeenMs: number(),
    lastSeenMs: number(),
    ttl: number(),
  }),
  computeKey: authKeys.knownDevice.primary,
});

export async function getDevice(accountId: string, deviceHash: string): Promise<KnownDevice | undefined> {
  const { Item } = await KnownDeviceEntity.build(GetItemCommand)
    .key({ accountId, deviceHash })
    .options({ consistent: true })
    .send();
  return Item;
}

/** All of an account's devices: a handful more than its bound at most, when several came at once. */
export async function listDevices(accountId: string): Promise<readonly KnownDevice[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(KnownDeviceEntity)
    .query({
      partition: authKeys.knownDevice.partition({ accountId }),
      range: { beginsWith: authKeys.knownDevice.sortPrefix },
    })
    .options({ consistent: true, limit: 4 * deviceLimits.perAccount })
    .send();
  return Items;
}

export function putDevice(device: KnownDevice): Write {
  return KnownDeviceEntity.build(PutTransaction).item({
    ...device,
    ttl: ttlSeconds(device.lastSeenMs + deviceLimits.lifeMs),
  });
}

export function deleteDevice({ accountId, deviceHash }: KnownDevice): Write {
  return KnownDeviceEntity.build(DeleteTransaction).key({ accountId, deviceHash });
}

export async function eraseDevices(accountId: string): Promise<void> {
  const devices = await listDevices(accountId);
  await Promise.all(
    devices.map(({ deviceHash }) => KnownDeviceEntity.build(DeleteItemCommand).key({ accountId, deviceHash }).send()),
  );
}
