import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, InstanceId, PartyId, Slug } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type InstanceLock, type InstanceVisit, instanceLimits } from './unit-rules.ts';

/** Rows of instances are of use to whoever asks what became of one. */
const KEPT_MS = 30 * DAY_MS;

/** A zone of its own for a group, or for one player. */
export interface Instance {
  readonly instanceId: InstanceId;
  readonly zoneId: Slug;
  readonly unitId: Slug;
  readonly difficulty: Slug;
  /** The party, or the character that is alone. */
  readonly holderId: PartyId | CharacterId;
  readonly partyId?: PartyId | undefined;
  readonly state: 'OPEN' | 'CLOSED';
  /** Content ids of the bosses that are dead in it. */
  readonly deadBosses: readonly Slug[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

const InstanceEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneInstance',
  table,
  schema: item({
    instanceId: string().key(),
    zoneId: string(),
    unitId: string(),
    difficulty: string(),
    holderId: string(),
    partyId: string().optional(),
    state: string().enum('OPEN', 'CLOSED'),
    deadBosses: list(string()),
    createdAtMs: number(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: zoneKeys.instance.primary,
});

const GroupEntity = new Entity({
  ...entityDefaults,
  name: 'GroupInstance',
  table,
  schema: item({
    holderId: string().key(),
    zoneId: string().key(),
    difficulty: string().key(),
    instanceId: string(),
    ttl: number(),
  }),
  computeKey: zoneKeys.groupInstance.primary,
});

const QuotaEntity = new Entity({
  ...entityDefaults,
  name: 'InstanceQuota',
  table,
  schema: item({
    accountId: string().key(),
    visits: any().castAs<readonly InstanceVisit[]>(),
    version: number(),
    ttl: number(),
  }),
  computeKey: zoneKeys.instanceQuota.primary,
});

const LockEntity = new Entity({
  ...entityDefaults,
  name: 'InstanceLock',
  table,
  schema: item({
    characterId: string().key(),
    zoneId: string().key(),
    difficulty: string().key(),
    period: string(),
    instanceId: string(),
    bosses: list(string()),
    version: number(),
    ttl: number(),
  }),
  computeKey: zoneKeys.lock.primary,
});

export async function readInstance(instanceId: InstanceId): Promise<Instance | undefined> {
  const { Item } = await InstanceEntity.build(GetItemCommand).key({ instanceId }).options({ consistent: true }).send();
  return Item as Instance | undefined;
}

export function createInstanceWrite(instance: Instance): Write {
  return InstanceEntity.build(PutTransaction)
    .item({ ...instance, deadBosses: [...instance.deadBosses], ttl: ttlSeconds(instance.expiresAtMs + KEPT_MS) })
    .options({ condition: { attr: 'instanceId', exists: false } });
}

export function closeInstanceWrite(instanceId: InstanceId): Write {
  return InstanceEntity.build(UpdateTransaction).item({ instanceId, state: 'CLOSED' });
}

interface GroupKey {
  readonly holderId: string;
  readonly zoneId: Slug;
  readonly difficulty: Slug;
}

/** The instance that a group shares, or has shared last. */
export async function readGroupInstance(key: GroupKey): Promise<InstanceId | undefined> {
  const { Item } = await GroupEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item?.instanceId as InstanceId | undefined;
}

/** Another instance in place of the one that was seen: of two members that ask at once one makes it. */
export function replaceGroupInstance(instance: Instance, seen: InstanceId | undefined): Write {
  const { holderId, zoneId, difficulty, instanceId, expiresAtMs } = instance;
  return GroupEntity.build(PutTransaction)
    .item({ holderId, zoneId, difficulty, instanceId, ttl: ttlSeconds(expiresAtMs) })
    .options({ condition: seen ? { attr: 'instanceId', eq: seen } : { attr: 'instanceId', exists: false } });
}

export interface InstanceQuota {
  readonly accountId: AccountId;
  readonly visits: readonly InstanceVisit[];
  /** 0: there is no row. */
  readonly version: number;
}

export async function readQuota(accountId: AccountId): Promise<InstanceQuota> {
  const { Item } = await QuotaEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return { accountId, visits: Item?.visits ?? [], version: Item?.version ?? 0 };
}

export function putQuota(seen: InstanceQuota, visits: readonly InstanceVisit[], nowMs: number): Write {
  const { accountId, version } = seen;
  const ttl = ttlSeconds(nowMs + instanceLimits.quotaWindowMs);
  return QuotaEntity.build(PutTransaction)
    .item({ accountId, visits: [...visits], version: version + 1, ttl })
    .options({ condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version } });
}

export async function readLock(
  characterId: CharacterId,
  { zoneId, difficulty }: Pick<GroupKey, 'zoneId' | 'difficulty'>,
): Promise<(InstanceLock & { readonly version: number }) | undefined> {
  const { Item } = await LockEntity.build(GetItemCommand)
    .key({ characterId, zoneId, difficulty })
    .options({ consistent: true })
    .send();
  if (!Item) return undefined;
  const { period, instanceId, bosses, version } = Item;
  return { period, instanceId: instanceId as InstanceId, bosses, version };
}

/** A character's lock in place of the one that was seen, until the period ends. */
export function putLock(
  characterId: CharacterId,
  { zoneId, difficulty }: Pick<GroupKey, 'zoneId' | 'difficulty'>,
  lock: InstanceLock,
  { version, endsAtMs }: { readonly version: number; readonly endsAtMs: number },
): Write {
  return LockEntity.build(PutTransaction)
    .item({
      ...{ characterId, zoneId, difficulty, ...lock, bosses: [...lock.bosses] },
      version: version + 1,
      ttl: ttlSeconds(endsAtMs + DAY_MS),
    })
    .options({ condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version } });
}

/** These bosses are dead in it. Its owner alone writes them. */
export function deadBossesWrite(instanceId: InstanceId, deadBosses: readonly Slug[]): Write {
  return InstanceEntity.build(UpdateTransaction).item({ instanceId, deadBosses: $set([...deadBosses]) });
}
