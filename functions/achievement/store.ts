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
import { achievementKeys } from '#shared/table/keys/achievement.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { AchievementProgress, CriterionKind } from './rules.ts';

const ProgressEntity = new Entity({
  ...entityDefaults,
  name: 'AchievementProgress',
  table,
  schema: item({
    characterId: string().key(),
    kind: string().enum('kill', 'pick-up', 'quest', 'level').key(),
    accountId: string(),
    counters: any().castAs<Readonly<Record<string, number>>>(),
    unlocked: any().castAs<Readonly<Record<string, number>>>(),
    version: number(),
  }),
  computeKey: achievementKeys.progress.primary,
});

type StoredProgress = Omit<AchievementProgress, 'characterId' | 'accountId'> & {
  characterId: string;
  accountId: string;
};

function toProgress({
  characterId,
  accountId,
  kind,
  counters,
  unlocked,
  version,
}: StoredProgress): AchievementProgress {
  return {
    characterId: characterId as CharacterId,
    accountId: accountId as AccountId,
    kind,
    counters,
    unlocked,
    version,
  };
}

/** A character's progress of one kind, strongly consistent; undefined when it has counted nothing yet. */
export async function readProgress(
  characterId: CharacterId,
  kind: CriterionKind,
): Promise<AchievementProgress | undefined> {
  const key = { characterId, kind };
  const { Item } = await ProgressEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item && toProgress(Item);
}

/** A character's progress of all kinds, strongly consistent; kinds of which it has counted nothing are left out. */
export async function listProgress(characterId: CharacterId): Promise<readonly AchievementProgress[]> {
  const { partition, sortPrefix } = achievementKeys.progress;
  const { Items } = await table
    .build(QueryCommand)
    .entities(ProgressEntity)
    .query({ partition: partition({ characterId }), range: { beginsWith: sortPrefix } })
    .options({ consistent: true })
    .send();
  return (Items ?? []).map(toProgress);
}

/** Stores the progress if nobody has changed it since the version before. */
export function saveProgressWrite(progress: AchievementProgress): Write {
  return ProgressEntity.build(PutTransaction)
    .item(progress)
    .options({
      condition:
        progress.version === 1 ? { attr: 'version', exists: false } : { attr: 'version', eq: progress.version - 1 },
    });
}

/** Deletes everything that a character has here. */
export async function eraseWrites(characterId: CharacterId): Promise<readonly Write[]> {
  const rows = await listProgress(characterId);
  return rows.map(({ kind }) => ProgressEntity.build(DeleteTransaction).key({ characterId, kind }));
}
