import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { authKeys } from '#shared/table/keys/auth.ts';
import { documentClient, entityDefaults, table, tableName } from '#shared/table/table.ts';
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

/**
 * All of an account's devices: a handful more than its bound at most, when several came at once. Written out, for the
 * toolbox's query would add to what every sign-in loads.
 */
export async function listDevices(accountId: string): Promise<readonly KnownDevice[]> {
  const { Items = [] } = await documentClient().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: '#pk = :partition AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: { '#pk': tableDefinition.partitionKey, '#sk': tableDefinition.sortKey },
      ExpressionAttributeValues: {
        ':partition': authKeys.knownDevice.partition({ accountId }),
        ':prefix': authKeys.knownDevice.sortPrefix,
      },
      ConsistentRead: true,
      Limit: 4 * deviceLimits.perAccount,
    }),
  );
  return Items.map(({ deviceHash, label, firstSeenMs, lastSeenMs }) => ({
    accountId,
    deviceHash: String(deviceHash),
    label: String(label),
    firstSeenMs: Number(firstSeenMs),
    lastSeenMs: Number(lastSeenMs),
  }));
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
