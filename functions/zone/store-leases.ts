import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $add } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { GameError } from '#shared/contract/errors.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import { isConditionFailed } from '#shared/table/condition-failed.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { deleteMemoryWrite } from './store-places.ts';

/** Names one life of a zone in one process. Epochs rise by one with every claim and never repeat. */
export interface ZoneFence {
  readonly zoneId: Slug;
  readonly shardId: string;
  readonly epoch: number;
}

export interface Lease extends ZoneFence {
  /** Where clients reach the zone's socket. */
  readonly url: string;
  readonly leaseUntilMs: number;
  /** Last claimed or renewed. */
  readonly renewedAtMs?: number | undefined;
  readonly players: number;
}

const LeaseEntity = new Entity({
  ...entityDefaults,
  name: 'ZoneLease',
  table,
  schema: item({
    zoneId: string().key(),
    shardId: string(),
    url: string(),
    epoch: number(),
    leaseUntilMs: number(),
    renewedAtMs: number().optional(),
    players: number(),
  }),
  computeKey: zoneKeys.lease.primary,
});

const fenced = () => new GameError('zone.fenced');

function heldBy({ shardId, epoch }: ZoneFence): Condition<typeof LeaseEntity> {
  return {
    and: [
      { attr: 'shardId', eq: shardId },
      { attr: 'epoch', eq: epoch },
    ],
  };
}

/** Undefined in place of a failed condition. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** Takes a zone that is free, or the caller's own, with the next epoch; undefined while another process holds it. */
export async function claimLease(claim: {
  readonly zoneId: Slug;
  readonly shardId: string;
  readonly url: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
}): Promise<{ readonly epoch: number } | undefined> {
  const { zoneId, shardId, url, nowMs, leaseUntilMs } = claim;
  const result = await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId, shardId, url, leaseUntilMs, renewedAtMs: nowMs, players: 0, epoch: $add(1) })
      .options({
        returnValues: 'ALL_NEW',
        condition: {
          or: [
            { attr: 'epoch', exists: false },
            { attr: 'leaseUntilMs', lte: nowMs },
            { attr: 'shardId', eq: shardId },
          ],
        },
      })
      .send(),
  );
  return result?.Attributes && { epoch: result.Attributes.epoch! };
}

/**
 * Moves the end of a lease that is the caller's.
 * @throws GameError `zone.fenced` when it is not.
 */
export async function extendLease(
  fence: ZoneFence,
  state: { readonly leaseUntilMs: number; readonly renewedAtMs: number; readonly players: number },
): Promise<void> {
  const result = await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId: fence.zoneId, ...state })
      .options({ condition: heldBy(fence) })
      .send(),
  );
  if (!result) throw fenced();
}

/** Ends a lease that is the caller's; another's stays. The row stays too: it carries the epoch on. */
export async function endLease(fence: ZoneFence, nowMs: number): Promise<void> {
  await unlessRefused(
    LeaseEntity.build(UpdateItemCommand)
      .item({ zoneId: fence.zoneId, leaseUntilMs: nowMs, players: 0 })
      .options({ condition: heldBy(fence) })
      .send(),
  );
}

/**
 * Ends a unit for good that is the caller's: the lease of an instance, which is never wanted again, goes with its notes;
 * a layer's stays and carries the epoch on, since it may open again.
 */
export function retireWrites(fence: ZoneFence): Write[] {
  const { zoneId } = fence;
  if (unitParts(zoneId).instanceId === undefined) {
    const lease = LeaseEntity.build(UpdateTransaction)
      .item({ zoneId, leaseUntilMs: 0, players: 0 })
      .options({ condition: heldBy(fence) });
    return [guarded(lease, fenced())];
  }
  const lease = LeaseEntity.build(DeleteTransaction)
    .key({ zoneId })
    .options({ condition: heldBy(fence) });
  return [guarded(lease, fenced()), deleteMemoryWrite(zoneId)];
}

export async function readLease(zoneId: Slug): Promise<Lease | undefined> {
  const { Item } = await LeaseEntity.build(GetItemCommand).key({ zoneId }).send();
  return Item;
}

/** As part of a larger request. */
export const leaseRequest = (zoneId: Slug) => LeaseEntity.build(BatchGetRequest).key({ zoneId });

/** Leases of the zones that have one, in no order. */
export async function readLeases(zoneIds: readonly Slug[]): Promise<readonly Lease[]> {
  if (zoneIds.length === 0) return [];
  const command = table.build(BatchGetCommand).requests(...zoneIds.map(leaseRequest));
  const { Responses } = await execute({ maxAttempts: 3 }, command);
  return (Responses?.[0] ?? []).flatMap((lease) => (lease ? [lease as Lease] : []));
}

/** Condition: the caller still owns this life of the zone. */
export function ownerCheck(fence: ZoneFence): Write {
  const check = LeaseEntity.build(ConditionCheck).key({ zoneId: fence.zoneId }).condition(heldBy(fence));
  return guarded(check, fenced());
}
