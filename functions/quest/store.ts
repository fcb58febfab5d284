import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { questKeys } from '#shared/table/keys/quest.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { TransactAction, Write } from '#shared/table/write.ts';
import type { QuestDone, QuestLog, QuestRun } from './rules.ts';

const LogEntity = new Entity({
  ...entityDefaults,
  name: 'QuestLog',
  table,
  schema: item({ characterId: string().key(), active: number(), version: number() }),
  computeKey: questKeys.log.primary,
});

const RunEntity = new Entity({
  ...entityDefaults,
  name: 'QuestRun',
  table,
  schema: item({
    characterId: string().key(),
    questId: string().key(),
    accountId: string(),
    period: string(),
    state: string().enum('ACTIVE', 'COMPLETE'),
    counters: any().castAs<Readonly<Record<string, number>>>(),
    node: string().optional(),
    seed: string(),
    acceptedAtMs: number(),
    version: number(),
  }),
  computeKey: questKeys.run.primary,
});

const DoneEntity = new Entity({
  ...entityDefaults,
  name: 'QuestDone',
  table,
  schema: item({
    characterId: string().key(),
    questId: string().key(),
    period: string(),
    times: number(),
    rewardedAtMs: number(),
  }),
  computeKey: questKeys.done.primary,
});

interface StoredRun {
  characterId: string;
  questId: string;
  accountId: string;
  period: string;
  state: QuestRun['state'];
  counters: Record<string, number>;
  node?: string | undefined;
  seed: string;
  acceptedAtMs: number;
  version: number;
}

function toRun(row: StoredRun): QuestRun {
  return {
    characterId: row.characterId as CharacterId,
    accountId: row.accountId as AccountId,
    questId: row.questId,
    period: row.period,
    state: row.state,
    counters: row.counters,
    node: row.node,
    seed: row.seed,
    acceptedAtMs: row.acceptedAtMs,
    version: row.version,
  };
}

/** A character's log, strongly consistent; one that never took a quest is empty. */
export async function readLog(characterId: CharacterId): Promise<QuestLog> {
  const { Item } = await LogEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return { characterId, active: Item?.active ?? 0, version: Item?.version ?? 0 };
}

/** One quest under way, strongly consistent. */
export async function readRun(characterId: CharacterId, questId: string): Promise<QuestRun | undefined> {
  const key = { characterId, questId };
  const { Item } = await RunEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item && toRun(Item);
}

/** All quests that a character has under way, strongly consistent: at most a log full. */
export async function listRuns(characterId: CharacterId): Promise<readonly QuestRun[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(RunEntity)
    .query({ partition: questKeys.run.partition({ characterId }), range: { beginsWith: questKeys.run.sortPrefix } })
    .options({ consistent: true, maxPages: Number.POSITIVE_INFINITY })
    .send();
  return (Items ?? []).map(toRun);
}

/** All quests that a character was ever rewarded for, strongly consistent: at most as many as content has. */
export async function listDone(characterId: CharacterId): Promise<readonly QuestDone[]> {
  const { Items } = await table
    .build(QueryCommand)
    .entities(DoneEntity)
    .query({ partition: questKeys.done.partition({ characterId }), range: { beginsWith: questKeys.done.sortPrefix } })
    .options({ consistent: true, maxPages: Number.POSITIVE_INFINITY })
    .send();
  return (Items ?? []).map(({ questId, period, times }) => ({ questId, period, times }));
}

/** When a quest was last rewarded, strongly consistent. */
export async function readDone(characterId: CharacterId, questId: string): Promise<QuestDone | undefined> {
  const key = { characterId, questId };
  const { Item } = await DoneEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item && { questId: Item.questId, period: Item.period, times: Item.times };
}

/** Stores the log if nobody has changed it since it was read. */
export function saveLogWrite(before: QuestLog, active: number): Write {
  return LogEntity.build(PutTransaction)
    .item({ characterId: before.characterId, active, version: before.version + 1 })
    .options({
      condition: before.version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: before.version },
    });
}

/** Puts a quest under way unless it is already. */
export function createRunWrite(run: QuestRun): Write {
  return RunEntity.build(PutTransaction)
    .item(run)
    .options({ condition: { attr: 'questId', exists: false } });
}

/** Stores a changed run if nobody has changed it since the version before. */
export function saveRunWrite(run: QuestRun): Write {
  return RunEntity.build(PutTransaction)
    .item(run)
    .options({ condition: { attr: 'version', eq: run.version - 1 } });
}

/** Ends a run if nobody has changed it since it was read. */
export function deleteRunWrite({ characterId, questId, version }: QuestRun): Write {
  return RunEntity.build(DeleteTransaction)
    .key({ characterId, questId })
    .options({ condition: { attr: 'version', eq: version } });
}

/** Notes the reward unless the quest was rewarded in the same period before. */
export function rewardWrite(characterId: CharacterId, done: QuestDone, nowMs: number): TransactAction {
  return DoneEntity.build(PutTransaction)
    .item({ characterId, ...done, rewardedAtMs: nowMs })
    .options({
      condition: {
        or: [
          { attr: 'questId', exists: false },
          { attr: 'period', ne: done.period },
        ],
      },
    });
}

/** Deletes of one transaction: far below its limit, with room for what the commit adds. */
const DELETES = 50;

/** Everything that a character has here, deleted: in pieces of a size for one transaction each. */
export async function eraseWrites(characterId: CharacterId): Promise<readonly (readonly Write[])[]> {
  const [runs, done] = await Promise.all([listRuns(characterId), listDone(characterId)]);
  const deletes: readonly Write[] = [
    LogEntity.build(DeleteTransaction).key({ characterId }),
    ...runs.map(({ questId }) => RunEntity.build(DeleteTransaction).key({ characterId, questId })),
    ...done.map(({ questId }) => DoneEntity.build(DeleteTransaction).key({ characterId, questId })),
  ];
  const pieces = Math.ceil(deletes.length / DELETES);
  return Array.from({ length: pieces }, (_none, piece) => deletes.slice(piece * DELETES, (piece + 1) * DELETES));
}
