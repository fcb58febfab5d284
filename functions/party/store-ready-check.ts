import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { boolean } from 'dynamodb-toolbox/schema/boolean';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { record } from 'dynamodb-toolbox/schema/record';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, PartyId } from '#shared/kernel/ids.ts';
import { partyKeys } from '#shared/table/keys/party.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { ReadyCheck } from './rules.ts';

const ReadyCheckEntity = new Entity({
  ...entityDefaults,
  name: 'PartyReadyCheck',
  table,
  schema: item({
    partyId: string().key(),
    startedById: string(),
    startedAtMs: number(),
    endsAtMs: number(),
    answers: record(string(), boolean()),
    ttl: number(),
  }),
  computeKey: partyKeys.readyCheck.primary,
});

/** The party's last ready check, strongly consistent. */
export async function readReadyCheck(partyId: PartyId): Promise<ReadyCheck | undefined> {
  const { Item } = await ReadyCheckEntity.build(GetItemCommand).key({ partyId }).options({ consistent: true }).send();
  return Item && ({ ...Item, answers: new Map(Object.entries(Item.answers)) } as unknown as ReadyCheck);
}

/** Begins a check unless one is under way. */
export function putReadyCheck(check: ReadyCheck): Write {
  const { answers, startedAtMs, endsAtMs } = check;
  const put = ReadyCheckEntity.build(PutTransaction)
    .item({
      ...check,
      answers: Object.fromEntries([...answers].map(([id, ready]) => [id as string, ready])),
      ttl: ttlSeconds(endsAtMs + DAY_MS),
    })
    .options({
      condition: {
        or: [
          { attr: 'endsAtMs', exists: false },
          { attr: 'endsAtMs', lte: startedAtMs },
        ],
      },
    });
  return guarded(put, new GameError('party.ready_check_running'));
}

/** One answer, while the check is under way; each character has one. */
export function answerWrite(check: ReadyCheck, characterId: CharacterId, ready: boolean, nowMs: number): Write {
  return {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: partyKeys.readyCheck.primary({ partyId: check.partyId }),
        UpdateExpression: 'SET answers.#who = :ready',
        ConditionExpression: 'startedAtMs = :started AND endsAtMs > :now AND attribute_not_exists(answers.#who)',
        ExpressionAttributeNames: { '#who': characterId },
        ExpressionAttributeValues: { ':ready': ready, ':started': check.startedAtMs, ':now': nowMs },
      },
    }),
  };
}

/** Condition of a joint transaction: the character is in this party. */
export function requireMember(characterId: CharacterId, partyId: PartyId): Write {
  const check = {
    params: () => ({
      ConditionCheck: {
        TableName: tableName(),
        Key: partyKeys.member.primary({ characterId }),
        ConditionExpression: 'partyId = :party',
        ExpressionAttributeValues: { ':party': partyId },
      },
    }),
  };
  return guarded(check, new GameError('party.not_in_party'));
}
