import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { qualities } from '#content/quality.ts';
import { lootMethods } from '#functions/party/shapes.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, DropId } from '#shared/kernel/ids.ts';
import { lootKeys } from '#shared/table/keys/loot.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { type Drop, type DropSlot, type SlotClaim, slotClaims, slotStates } from './drop.ts';

/** Rows outlive their drops, so that a late repetition of a kill still finds that it was recorded. */
const RETENTION_MS = DAY_MS;
/** Longer where an item lies in the drop: it must be found when it is taken out of the game. */
const PUT_DOWN_RETENTION_MS = 30 * DAY_MS;

export const DropEntity = new Entity({
  ...entityDefaults,
  name: 'Drop',
  table,
  schema: item({
    dropId: string().key(),
    killId: string(),
    zoneId: string(),
    epoch: number(),
    npcKind: string().optional(),
    objectId: string().optional(),
    x: number(),
    y: number(),
    method: string()
      .enum(...lootMethods, 'solo')
      .optional(),
    threshold: string()
      .enum(...qualities)
      .optional(),
    partyId: string().optional(),
    masterLooterId: string().optional(),
    eligible: list(string()),
    /** Of the eligible, in the same order. */
    accountIds: list(string()).optional(),
    startedAtMs: number().optional(),
    freeForAllAtMs: number(),
    expiresAtMs: number(),
    masterUntilMs: number().optional(),
    releasedAtMs: number().optional(),
    lockout: map({ period: string().enum('daily', 'weekly'), npcKind: string() }).optional(),
    partIds: list(string()).optional(),
    slots: list(
      map({
        templateId: string(),
        count: number(),
        state: string().enum(...slotStates),
        claim: string()
          .enum(...slotClaims)
          .optional(),
        reservedFor: string().optional(),
        awardedTo: string().optional(),
        itemId: string().optional(),
      }),
    ),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    ttl: number(),
  }),
  computeKey: lootKeys.drop.primary,
});

/** Partitions of the index of what is due. */
export const DUE_SHARDS = 8;

/** Where a drop or a roll stands in the index of what is due. */
export function dueIndex(id: string, dueAtMs: number): { gsi1pk: string; gsi1sk: string } {
  const shard = createHash('sha256').update(id).digest()[0]! % DUE_SHARDS;
  return lootKeys.drop.index('gsi1', { shard, dueAt: toIso(dueAtMs), id });
}

// biome-ignore lint/suspicious/noExplicitAny: the row as the library formats it; ids in it have lost their brands
function toDrop({ accountIds = [], eligible, slots, gsi1pk: _pk, gsi1sk: _sk, ttl: _ttl, ...row }: any): Drop {
  return {
    ...row,
    // Of a drop from before there were methods nothing else is known, or asked.
    method: row.method ?? 'solo',
    startedAtMs: row.startedAtMs ?? row.freeForAllAtMs,
    eligible: eligible.map((characterId: CharacterId, index: number) => ({
      characterId,
      accountId: accountIds[index],
    })),
    slots: slots.map((slot: DropSlot) => ({ ...slot, claim: slot.claim ?? 'free' })),
  };
}

/** The drop, strongly consistent. */
export async function readDrop(dropId: DropId): Promise<Drop | undefined> {
  const { Item } = await DropEntity.build(GetItemCommand).key({ dropId }).options({ consistent: true }).send();
  return Item && toDrop(Item);
}

/** Some drops, at most 100, in their order, strongly consistent; those that there are not are left out. */
export async function readDrops(dropIds: readonly DropId[]): Promise<readonly Drop[]> {
  if (dropIds.length === 0) return [];
  const requests = dropIds.map((dropId) => DropEntity.build(BatchGetRequest).key({ dropId }));
  const command = table
    .build(BatchGetCommand)
    .requests(...requests)
    .options({ consistent: true });
  const { Responses, UnprocessedKeys } = await execute({ maxAttempts: 4 }, command);
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new GameError('service.unavailable');
  return ((Responses?.[0] ?? []) as readonly unknown[]).flatMap((row) => (row ? [toDrop(row)] : []));
}

function dueAtOf(drop: Drop): number | undefined {
  const isPutDown = drop.slots.some(({ itemId }) => itemId !== undefined);
  return isPutDown ? drop.expiresAtMs : drop.masterUntilMs;
}

/** Puts the drop unless it is there already. */
export function createWrite(drop: Drop, otherwise: GameError): Write {
  const { eligible, lockout, partIds, ...rest } = drop;
  const dueAtMs = dueAtOf(drop);
  const keptMs = drop.slots.some(({ itemId }) => itemId !== undefined) ? PUT_DOWN_RETENTION_MS : RETENTION_MS;
  const put = DropEntity.build(PutTransaction)
    .item({
      ...rest,
      eligible: eligible.map(({ characterId }) => characterId),
      accountIds: eligible.map(({ accountId }) => accountId),
      slots: drop.slots.map((slot) => ({ ...slot })),
      ...(lockout ? { lockout: { ...lockout } } : {}),
      ...(partIds ? { partIds: [...partIds] } : {}),
      ...(dueAtMs === undefined ? {} : dueIndex(drop.dropId, dueAtMs)),
      ttl: ttlSeconds(drop.expiresAtMs + keptMs),
    })
    .options({ condition: { attr: 'dropId', exists: false } });
  return guarded(put, otherwise);
}

/** What happens to one slot, and the claim that must still stand then. */
export interface SlotChange {
  readonly slotIndex: number;
  readonly seen: SlotClaim;
  readonly to:
    | { readonly state: 'AWARDED'; readonly characterId: CharacterId }
    | { readonly state: 'DECAYED' }
    | { readonly claim: 'free' | 'roll' };
}

/** What else of a drop changes with its slots. */
export interface DropChange {
  readonly slots?: readonly SlotChange[];
  /** Whose turn it was gives the rest up. */
  readonly releasedAtMs?: number;
  /** The master's time is over, when it is still the one that was read. */
  readonly masterUntilMs?: number;
  /** Nothing is due of it any more. */
  readonly settles?: true;
}

/**
 * Changes slots that are open and whose claims are as they were seen: of all who race for one, one transaction passes.
 * One action, however many slots it concerns.
 */
export function changeWrite(
  dropId: DropId,
  change: DropChange,
  otherwise: GameError = new GameError('loot.already_taken'),
): Write {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  const removes: string[] = [];
  const conditions: string[] = [];
  const value = (one: unknown) => {
    const name = `:v${Object.keys(values).length}`;
    values[name] = one;
    return name;
  };
  for (const { slotIndex, seen, to } of change.slots ?? []) {
    const slot = `slots[${slotIndex}]`;
    names['#state'] = 'state';
    names['#claim'] = 'claim';
    conditions.push(`${slot}.#state = ${value('OPEN')}`);
    // A drop from before there were claims has none.
    const stands = `${slot}.#claim = ${value(seen)}`;
    conditions.push(seen === 'free' ? `(attribute_not_exists(${slot}.#claim) OR ${stands})` : stands);
    if ('state' in to) sets.push(`${slot}.#state = ${value(to.state)}`);
    else sets.push(`${slot}.#claim = ${value(to.claim)}`);
    if ('characterId' in to) {
      sets.push(`${slot}.${'state' in to ? 'awardedTo' : 'reservedFor'} = ${value(to.characterId)}`);
    }
  }
  if (change.releasedAtMs !== undefined) {
    sets.push(`releasedAtMs = ${value(change.releasedAtMs)}`);
    conditions.push('attribute_not_exists(releasedAtMs)');
  }
  if (change.masterUntilMs !== undefined) {
    removes.push('masterUntilMs');
    conditions.push(`masterUntilMs = ${value(change.masterUntilMs)}`);
  }
  if (change.settles) removes.push('gsi1pk', 'gsi1sk');
  const update = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: lootKeys.drop.primary({ dropId }),
        UpdateExpression: [
          ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
          ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: conditions.join(' AND '),
        ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
        ExpressionAttributeValues: values,
      },
    }),
  };
  return guarded(update, otherwise);
}
