import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import type { Topic } from '#shared/contract/topic.ts';
import { SECOND_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import { randomToken } from '#shared/kernel/random.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pushKeys } from '#shared/table/keys/push.ts';
import { sortableNumber } from '#shared/table/sortable-number.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { ConditionFailedError, transactWrite } from '#shared/table/transact.ts';
import { socketLimits, type TopicMessage } from './rules.ts';

const TopicHeadEntity = new Entity({
  ...entityDefaults,
  name: 'TopicHead',
  table,
  schema: item({ destination: string().key(), seq: number() }),
  computeKey: pushKeys.topicHead.primary,
});

const TopicMessageEntity = new Entity({
  ...entityDefaults,
  name: 'TopicMessage',
  table,
  schema: item({
    destination: string().key(),
    seq: number().key(),
    pushId: string(),
    body: string(),
    expiresAtMs: number(),
    ttl: number(),
  }),
  computeKey: ({ destination, seq }) => pushKeys.topicMessage.primary({ destination, seq: sortableNumber(seq) }),
});

const DeliveryEntity = new Entity({
  ...entityDefaults,
  name: 'PushDelivery',
  table,
  schema: item({ pushId: string().key(), seq: number(), postedAtMs: number().optional(), ttl: number() }),
  computeKey: pushKeys.delivery.primary,
});

/** The sequence number of a topic's newest message, strongly consistent; 0 before the first. */
export async function getHead(destination: string): Promise<number> {
  const { Item } = await TopicHeadEntity.build(GetItemCommand)
    .key({ destination })
    .options({ consistent: true })
    .send();
  return Item?.seq ?? 0;
}

/** What the tail still holds of the messages after a sequence number, ascending; the newest, where there are more. */
export async function listTail(
  topic: Topic,
  destination: string,
  range: { after: number; nowMs: number },
): Promise<readonly TopicMessage[]> {
  const key = (seq: number) => pushKeys.topicMessage.primary({ destination, seq: sortableNumber(seq) }).sk;
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(TopicMessageEntity)
    .query({
      partition: pushKeys.topicMessage.partition({ destination }),
      range: { between: [key(Math.min(range.after + 1, Number.MAX_SAFE_INTEGER)), key(Number.MAX_SAFE_INTEGER)] },
    })
    .options({ consistent: true, reverse: true, limit: topic.replay.messages })
    .send();
  return Items.filter(({ expiresAtMs }) => expiresAtMs > range.nowMs)
    .map(({ seq, pushId, body }) => ({ destination, seq, pushId, body }))
    .reverse();
}

/** Positions of the writes in an append. */
const MARK = 0;

/**
 * Gives a push the next sequence number of its topic and stores it in the tail. The second time it answers the number
 * that the first has given, and whether the message was posted to everybody by then.
 * @throws GameError `request.conflict` when others appended at the same moment 4 times in a row.
 */
export async function appendMessage(
  topic: Topic,
  push: { id: string; destination: string; body: string },
  nowMs: number,
): Promise<{ message: TopicMessage; posted: boolean }> {
  const { id: pushId, destination, body } = push;
  return withConflictRetry(async () => {
    const head = await getHead(destination);
    const seq = head + 1;
    const expiresAtMs = nowMs + topic.replay.seconds * SECOND_MS;
    try {
      await transactWrite(
        [
          DeliveryEntity.build(PutTransaction)
            .item({ pushId, seq, ttl: ttlSeconds(nowMs + socketLimits.deliveryMemoryMs) })
            .options({ condition: { attr: 'pushId', exists: false } }),
          TopicHeadEntity.build(UpdateTransaction)
            .item({ destination, seq })
            .options({ condition: head === 0 ? { attr: 'seq', exists: false } : { attr: 'seq', eq: head } }),
          TopicMessageEntity.build(PutTransaction).item({
            destination,
            seq,
            pushId,
            body,
            expiresAtMs,
            ttl: ttlSeconds(expiresAtMs),
          }),
        ],
        randomToken(24),
      );
      return { message: { destination, seq, pushId, body }, posted: false };
    } catch (error) {
      if (!(error instanceof ConditionFailedError)) throw error;
      if (!error.failedIndexes.includes(MARK)) throw new GameError('request.conflict', {}, { cause: error });
      const earlier = await getDelivery(pushId);
      return { message: { destination, seq: earlier.seq, pushId, body }, posted: earlier.posted };
    }
  });
}

async function getDelivery(pushId: string): Promise<{ seq: number; posted: boolean }> {
  const { Item } = await DeliveryEntity.build(GetItemCommand).key({ pushId }).options({ consistent: true }).send();
  if (!Item) throw new Error(`the mark of push ${pushId} is gone`);
  return { seq: Item.seq, posted: Item.postedAtMs !== undefined };
}

/** Notes that a push was posted to all who listened: a redelivery of its queue message then does nothing. */
export async function markPosted(pushId: string, nowMs: number): Promise<void> {
  await DeliveryEntity.build(UpdateItemCommand).item({ pushId, postedAtMs: nowMs }).send();
}
