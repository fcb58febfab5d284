import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { REALM_TIME_ZONE } from '#content/realm-clock.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { type Period, periodEndMs, periodKey } from '#shared/kernel/period-key.ts';
import { lootKeys } from '#shared/table/keys/loot.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { Drop } from './drop.ts';

/** That a character has taken of a kind's loot in a period, and of which kill: of that one it may take more. */
export interface Lockout {
  readonly characterId: CharacterId;
  readonly npcKind: Slug;
  readonly periodKey: string;
  readonly period: Period;
  readonly killId: string;
  readonly takenAtMs: number;
}

const LockoutEntity = new Entity({
  ...entityDefaults,
  name: 'LootLockout',
  table,
  schema: item({
    characterId: string().key(),
    periodKey: string().key(),
    npcKind: string().key(),
    period: string().enum('daily', 'weekly'),
    killId: string(),
    takenAtMs: number(),
    ttl: number(),
  }),
  computeKey: lootKeys.lockout.primary,
});

const keyOf = (period: Period, nowMs: number) => periodKey(period, REALM_TIME_ZONE, nowMs);

/** When a lockout of this period is over. */
export function resetsAtMs(period: Period, nowMs: number): number {
  return periodEndMs(period, REALM_TIME_ZONE, nowMs);
}

function locked(period: Period, nowMs: number): GameError {
  const endsAtMs = resetsAtMs(period, nowMs);
  return new GameError(
    'loot.locked_out',
    { resetsAt: toIso(endsAtMs) },
    { retryAfterSeconds: Math.ceil((endsAtMs - nowMs) / 1_000) },
  );
}

/** Whether a character has taken of another kill of the drop's kind in this period; strongly consistent. */
export async function isLockedOut(drop: Drop, characterId: CharacterId, nowMs: number): Promise<boolean> {
  if (!drop.lockout) return false;
  const { period, npcKind } = drop.lockout;
  const { Item } = await LockoutEntity.build(GetItemCommand)
    .key({ characterId, periodKey: keyOf(period, nowMs), npcKind })
    .options({ consistent: true })
    .send();
  return Item !== undefined && Item.killId !== drop.killId;
}

const ofNoOtherKill = 'attribute_not_exists(killId) OR killId = :kill';

/**
 * Notes that a character takes of a drop's kind, where that is limited: once in a period, but all that it may have of
 * that kill. Nothing for drops without a limit.
 */
export function lockoutWrites(drop: Drop, characterId: CharacterId, nowMs: number): readonly Write[] {
  if (!drop.lockout) return [];
  const { period, npcKind } = drop.lockout;
  const put = LockoutEntity.build(PutTransaction)
    .item({
      characterId,
      periodKey: keyOf(period, nowMs),
      npcKind,
      period,
      killId: drop.killId,
      takenAtMs: nowMs,
      ttl: ttlSeconds(resetsAtMs(period, nowMs) + DAY_MS),
    })
    .options({
      condition: {
        or: [
          { attr: 'killId', exists: false },
          { attr: 'killId', eq: drop.killId },
        ],
      },
    });
  return [guarded(put, locked(period, nowMs))];
}

/** Condition: the character could take of this drop. Nothing for drops without a limit. */
export function lockoutChecks(drop: Drop, characterId: CharacterId, nowMs: number): readonly Write[] {
  if (!drop.lockout) return [];
  const { period, npcKind } = drop.lockout;
  const check = {
    params: () => ({
      ConditionCheck: {
        TableName: tableName(),
        Key: lootKeys.lockout.primary({ characterId, periodKey: keyOf(period, nowMs), npcKind }),
        ConditionExpression: ofNoOtherKill,
        ExpressionAttributeValues: { ':kill': drop.killId },
      },
    }),
  };
  return [guarded(check, locked(period, nowMs))];
}

/** Most lockouts of one answer: far more kinds than have one. */
export const LOCKOUTS_LISTED = 100;

/** What a character has taken in the periods of this moment. */
export async function listLockouts(characterId: CharacterId, nowMs: number): Promise<readonly Lockout[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(LockoutEntity)
    .query({ partition: lootKeys.lockout.partition({ characterId }) })
    .options({ limit: LOCKOUTS_LISTED })
    .send();
  return (Items as unknown as readonly Lockout[]).filter((one) => one.periodKey === keyOf(one.period, nowMs));
}
