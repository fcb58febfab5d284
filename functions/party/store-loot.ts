import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, LootRollId, PartyId } from '#shared/kernel/ids.ts';
import { tableDefinition } from '#shared/table/definition.ts';
import { partyKeys } from '#shared/table/keys/party.ts';
import { documentClient, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';

// Written out: a set that grows and shrinks by single ids, beside a value that changes under a condition of its own.

const ENTITY = 'PartyLoot';
/** The row outlives its last change by this much, and so the party. */
const RETENTION_MS = 2 * DAY_MS;

/** Whose turn it was last to loot, strongly consistent; undefined before the first turn. */
export async function readLastServed(partyId: PartyId): Promise<CharacterId | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: tableName(), Key: partyKeys.loot.primary({ partyId }), ConsistentRead: true }),
  );
  return Item?.lastServedId as CharacterId | undefined;
}

export interface LootNote {
  readonly partyId: PartyId;
  /** A turn was given: to whom, and who had the one before, which must still hold. */
  readonly turn?: { readonly servedId: CharacterId; readonly lastServedId: CharacterId | undefined } | undefined;
  /** Rolls that begin, and when the last of them closes. */
  readonly rolls?: { readonly ids: readonly LootRollId[]; readonly closeAtMs: number } | undefined;
  readonly nowMs: number;
}

/** Notes what a drop has begun for a party. A turn that somebody else was given meanwhile fails the commit. */
export function noteLootWrite({ partyId, turn, rolls, nowMs }: LootNote): Write {
  const sets = ['#entity = :entity', '#ttl = :ttl'];
  const values: Record<string, unknown> = { ':entity': ENTITY, ':ttl': ttlSeconds(nowMs + RETENTION_MS) };
  let condition: string | undefined;
  if (turn) {
    sets.push('lastServedId = :served');
    values[':served'] = turn.servedId;
    condition = turn.lastServedId === undefined ? 'attribute_not_exists(lastServedId)' : 'lastServedId = :last';
    if (turn.lastServedId !== undefined) values[':last'] = turn.lastServedId;
  }
  if (rolls) {
    sets.push('rollsUntilMs = :until');
    values[':until'] = rolls.closeAtMs;
    values[':rolls'] = new Set(rolls.ids);
  }
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: partyKeys.loot.primary({ partyId }),
        UpdateExpression: `SET ${sets.join(', ')}${rolls ? ' ADD openRolls :rolls' : ''}`,
        ...(condition ? { ConditionExpression: condition } : {}),
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute, '#ttl': tableDefinition.ttlAttribute },
        ExpressionAttributeValues: values,
      },
    }),
  };
}

/** Notes that a roll is decided. Noting it twice changes nothing. */
export function endRollWrite(partyId: PartyId, rollId: LootRollId, nowMs: number): Write {
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: partyKeys.loot.primary({ partyId }),
        UpdateExpression: 'SET #entity = :entity, #ttl = :ttl DELETE openRolls :roll',
        ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute, '#ttl': tableDefinition.ttlAttribute },
        ExpressionAttributeValues: {
          ':entity': ENTITY,
          ':ttl': ttlSeconds(nowMs + RETENTION_MS),
          ':roll': new Set([rollId]),
        },
      },
    }),
  };
}

/** Condition: the party rolls for nothing at the moment. Once the time of the rolls is over, their outcome is fixed. */
export function requireNoOpenRolls(partyId: PartyId, nowMs: number): Write {
  const check = {
    params: () => ({
      ConditionCheck: {
        TableName: tableName(),
        Key: partyKeys.loot.primary({ partyId }),
        ConditionExpression: 'attribute_not_exists(openRolls) OR rollsUntilMs <= :now',
        ExpressionAttributeValues: { ':now': nowMs },
      },
    }),
  };
  return guarded(check, new GameError('party.rolls_open'));
}
