import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { SessionId } from '#shared/kernel/ids.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { sessionLimits } from './rules.ts';
import type { Session } from './store.ts';

const BeatEntity = new Entity({
  ...entityDefaults,
  name: 'SessionBeat',
  table,
  schema: item({ sessionId: string().key(), seenAtMs: number(), ttl: number() }),
  computeKey: sessionKeys.beat.primary,
});

function beat(sessionId: SessionId, nowMs: number) {
  // Outlives any idle limit, so that a beat never expires under a live session.
  return { sessionId, seenAtMs: nowMs, ttl: ttlSeconds(nowMs + 2 * sessionLimits.restingIdleMs) };
}

/** Notes at once, outside any transaction, that the session was heard of. */
export async function recordBeat(sessionId: SessionId, nowMs: number): Promise<void> {
  await BeatEntity.build(PutItemCommand).item(beat(sessionId, nowMs)).send();
}

export function putBeat(sessionId: SessionId, nowMs: number): Write {
  return BeatEntity.build(PutTransaction).item(beat(sessionId, nowMs));
}

/** When each session was last heard of, in their order; its start where it never sent a heart-beat. */
export async function lastSeenOf(sessions: readonly Session[]): Promise<readonly number[]> {
  if (sessions.length === 0) return [];
  const requests = sessions.map(({ sessionId }) => BeatEntity.build(BatchGetRequest).key({ sessionId }));
  const { Responses } = await execute(table.build(BatchGetCommand).requests(...requests));
  const beats = (Responses?.[0] ?? []) as readonly ({ seenAtMs: number } | undefined)[];
  return sessions.map((session, index) => Math.max(beats[index]?.seenAtMs ?? 0, session.startedAtMs));
}
