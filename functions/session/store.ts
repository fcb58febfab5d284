import { createHash } from 'node:crypto';
import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update';
import { $remove } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute, type IBatchGetRequest } from 'dynamodb-toolbox/table/actions/batchGet';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { CloseReason } from './close-reasons.ts';
import { sessionLimits } from './rules.ts';
import type { Play } from './store-plays.ts';

const SessionEntity = new Entity({
  ...entityDefaults,
  name: 'Session',
  table,
  schema: item({
    sessionId: string().key(),
    accountId: string(),
    state: string().enum('ACTIVE', 'CLOSED'),
    device: string(),
    startedAtMs: number(),
    version: number(),
    characterId: string().optional(),
    playEpoch: number().optional(),
    closedAtMs: number().optional(),
    closeReason: string().optional(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    gsi2pk: string().optional(),
    gsi2sk: string().optional(),
    gsi3pk: string().optional(),
    gsi3sk: string().optional(),
    ttl: number().optional(),
  }),
  computeKey: sessionKeys.session.primary,
});

/** One login of one client. Immutable here; changes go through the writes below. */
export interface Session {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly state: 'ACTIVE' | 'CLOSED';
  readonly device: string;
  readonly startedAtMs: number;
  readonly version: number;
  /** The character that it plays, once one is selected. */
  readonly characterId?: CharacterId | undefined;
  /** Of a closed one. */
  readonly closeReason?: CloseReason | undefined;
}

export const DUE_SHARDS = 8;

function dueIndex(sessionId: SessionId, dueAtMs: number) {
  const shard = createHash('sha256').update(sessionId).digest()[0]! % DUE_SHARDS;
  return sessionKeys.session.index('gsi2', { shard, dueAt: toIso(dueAtMs), sessionId });
}

function sessionOf(row: {
  sessionId: string;
  accountId: string;
  state: 'ACTIVE' | 'CLOSED';
  device: string;
  startedAtMs: number;
  version: number;
  characterId?: string | undefined;
  closeReason?: string | undefined;
}): Session {
  return {
    sessionId: row.sessionId as SessionId,
    accountId: row.accountId as AccountId,
    state: row.state,
    device: row.device,
    startedAtMs: row.startedAtMs,
    version: row.version,
    ...(row.characterId ? { characterId: row.characterId as CharacterId } : {}),
    ...(row.closeReason ? { closeReason: row.closeReason as CloseReason } : {}),
  };
}

/** Strongly consistent: what closes a session shows at once. */
export async function getSession(sessionId: SessionId): Promise<Session | undefined> {
  const { Item } = await SessionEntity.build(GetItemCommand).key({ sessionId }).options({ consistent: true }).send();
  return Item && sessionOf(Item);
}

/**
 * A session and one row of another domain, in one call and strongly consistent.
 * @throws GameError `service.unavailable` when the table does not answer for both.
 */
export async function getSessionBeside<R extends IBatchGetRequest>(
  sessionId: SessionId,
  request: R,
): Promise<{ session: Session | undefined; other: FormattedItem<R['entity']> | undefined }> {
  const own = SessionEntity.build(BatchGetRequest).key({ sessionId });
  const read = table.build(BatchGetCommand).requests(own, request).options({ consistent: true });
  const { Responses, UnprocessedKeys = {} } = await execute({ maxAttempts: 3 }, read);
  if (Object.keys(UnprocessedKeys).length > 0) throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1 });
  const [row, other] = (Responses?.[0] ?? []) as [FormattedItem<typeof SessionEntity>?, FormattedItem<R['entity']>?];
  return { session: row && sessionOf(row), other };
}

/** The account's active sessions, oldest first; a session opened a moment ago may be missing. */
export async function listActiveSessions(accountId: AccountId): Promise<readonly Session[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(SessionEntity)
    .query({ index: 'gsi1', partition: sessionKeys.session.indexPartition('gsi1', { accountId }) })
    .options({ limit: 4 * sessionLimits.sessionsPerAccount })
    .send();
  return Items.map(sessionOf);
}

/** A page of one shard's sessions that were due for a look by now, earliest first. */
export async function listDueSessions(
  shard: number,
  page: { readonly nowMs: number; readonly limit: number; readonly after?: DueKey | undefined },
): Promise<{ readonly sessions: readonly Session[]; readonly lastKey: DueKey | undefined }> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(SessionEntity)
    .query({
      index: 'gsi2',
      partition: sessionKeys.session.indexPartition('gsi2', { shard }),
      range: { lte: `${toIso(page.nowMs)}~~` },
    })
    .options({ limit: page.limit, ...(page.after ? { exclusiveStartKey: page.after } : {}) })
    .send();
  return { sessions: Items.map(sessionOf), lastKey: LastEvaluatedKey };
}

/** Where a page of sessions ends. */
type DueKey = Readonly<Record<string, unknown>>;

/** The account's closed sessions that are still kept, oldest first; at most `limit`. */
export async function listPastSessions(accountId: AccountId, limit: number): Promise<readonly Session[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(SessionEntity)
    .query({ index: 'gsi3', partition: sessionKeys.session.indexPartition('gsi3', { accountId }) })
    .options({ limit })
    .send();
  return Items.map(sessionOf);
}

export function putSession(session: Omit<Session, 'state' | 'version'>, dueAtMs: number): Write {
  const { sessionId, accountId, startedAtMs } = session;
  return SessionEntity.build(PutTransaction)
    .item({
      ...session,
      state: 'ACTIVE',
      version: 1,
      ...sessionKeys.session.index('gsi1', { accountId, startedAt: toIso(startedAtMs), sessionId }),
      ...dueIndex(sessionId, dueAtMs),
    })
    .options({ condition: { attr: 'sessionId', exists: false } });
}

/** Still active, and nobody has changed it since it was read. */
function unchanged({ version }: Session): { condition: Condition<typeof SessionEntity> } {
  return {
    condition: {
      and: [
        { attr: 'state', eq: 'ACTIVE' },
        { attr: 'version', eq: version },
      ],
    },
  };
}

export function updateClosed(session: Session, reason: string, nowMs: number): Write {
  return SessionEntity.build(UpdateTransaction)
    .item({
      sessionId: session.sessionId,
      state: 'CLOSED',
      closeReason: reason,
      closedAtMs: nowMs,
      version: session.version + 1,
      gsi1pk: $remove(),
      gsi1sk: $remove(),
      gsi2pk: $remove(),
      gsi2sk: $remove(),
      ...sessionKeys.session.index('gsi3', {
        accountId: session.accountId,
        closedAt: toIso(nowMs),
        sessionId: session.sessionId,
      }),
      ttl: ttlSeconds(nowMs + sessionLimits.keptAfterCloseMs),
    })
    .options(unchanged(session));
}

export function updateCharacter(session: Session, play: Play, dueAtMs: number): Write {
  return SessionEntity.build(UpdateTransaction)
    .item({
      sessionId: session.sessionId,
      characterId: play.characterId,
      playEpoch: play.epoch,
      version: session.version + 1,
      ...dueIndex(session.sessionId, dueAtMs),
    })
    .options(unchanged(session));
}

/** The session plays no character any more. */
export function updateResting(session: Session, dueAtMs: number): Write {
  return SessionEntity.build(UpdateTransaction)
    .item({
      sessionId: session.sessionId,
      characterId: $remove(),
      playEpoch: $remove(),
      version: session.version + 1,
      ...dueIndex(session.sessionId, dueAtMs),
    })
    .options(unchanged(session));
}

/** Not a change of what the session is, so its version stays. */
export function updateDue(session: Session, dueAtMs: number): Write {
  return SessionEntity.build(UpdateTransaction)
    .item({ sessionId: session.sessionId, ...dueIndex(session.sessionId, dueAtMs) })
    .options(unchanged(session));
}

/** Holds while the session is active and, where one is named, plays that character. */
export function checkActive(sessionId: SessionId, characterId?: CharacterId): Write {
  const active = { attr: 'state', eq: 'ACTIVE' } as const;
  return guarded(
    SessionEntity.build(ConditionCheck)
      .key({ sessionId })
      .condition(characterId ? { and: [active, { attr: 'characterId', eq: characterId }] } : active),
    new GameError('auth.session_ended'),
  );
}

/** Holds while the session plays no character, whether it is closed or rests. */
export function checkNotPlaying(sessionId: SessionId): Write {
  return SessionEntity.build(ConditionCheck)
    .key({ sessionId })
    .condition({
      or: [
        { attr: 'state', exists: false },
        { attr: 'state', eq: 'CLOSED' },
        { attr: 'characterId', exists: false },
      ],
    });
}

/** Takes from a closed session what tells of the person: the device, and whose it was. */
export async function anonymize({ sessionId }: Session): Promise<void> {
  await SessionEntity.build(UpdateItemCommand)
    .item({ sessionId, device: 'erased', gsi3pk: $remove(), gsi3sk: $remove() })
    .options({ condition: { attr: 'state', eq: 'CLOSED' } })
    .send();
}
