import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import { attributeIds, skillIds } from '#content/attributes.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { progressionKeys } from '#shared/table/keys/progression.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Progression } from './rules.ts';

const ProgressionEntity = new Entity({
  ...entityDefaults,
  name: 'Progression',
  table,
  schema: item({
    characterId: string().key(),
    accountId: string(),
    classId: string(),
    level: number(),
    xp: number(),
    attributes: any().castAs<Partial<Progression['attributes']>>(),
    skills: any().castAs<Partial<Progression['skills']>>(),
    attributePoints: number(),
    skillPoints: number(),
    respecSteps: number().optional(),
    respecAtMs: number().optional(),
    version: number(),
  }),
  computeKey: progressionKeys.progression.primary,
});

type StoredProgression = Omit<Progression, 'characterId' | 'accountId' | 'attributes' | 'skills'> & {
  characterId: string;
  accountId: string;
  attributes: Partial<Progression['attributes']>;
  skills: Partial<Progression['skills']>;
};

/** Attributes and skills that content gained after the row was written count as 0. */
function toProgression(row: StoredProgression): Progression {
  const filled = <Id extends string>(ids: readonly Id[], values: Partial<Record<Id, number>>) =>
    Object.fromEntries(ids.map((id) => [id, values[id] ?? 0])) as Record<Id, number>;
  return {
    characterId: row.characterId as CharacterId,
    accountId: row.accountId as AccountId,
    classId: row.classId,
    level: row.level,
    xp: row.xp,
    attributes: filled(attributeIds, row.attributes),
    skills: filled(skillIds, row.skills),
    attributePoints: row.attributePoints,
    skillPoints: row.skillPoints,
    respecSteps: row.respecSteps,
    respecAtMs: row.respecAtMs,
    version: row.version,
  };
}

/** A character's progression, strongly consistent. */
export async function readProgression(characterId: CharacterId): Promise<Progression | undefined> {
  const { Item } = await ProgressionEntity.build(GetItemCommand)
    .key({ characterId })
    .options({ consistent: true })
    .send();
  return Item && toProgression(Item);
}

/** To read a character's progression together with rows of others: `level` of what is found is its level. */
export function progressionRequest(characterId: CharacterId) {
  return ProgressionEntity.build(BatchGetRequest).key({ characterId });
}

/** The progression of at most 100 characters, strongly consistent; those who have none are left out. */
export async function readProgressions(characterIds: readonly CharacterId[]): Promise<readonly Progression[]> {
  const requests = characterIds.map((characterId) => ProgressionEntity.build(BatchGetRequest).key({ characterId }));
  if (requests.length === 0) return [];
  const command = table
    .build(BatchGetCommand)
    .requests(...requests)
    .options({ consistent: true });
  const { Responses, UnprocessedKeys } = await execute({ maxAttempts: 3 }, command);
  // A row that the table had no time for is not a row that does not exist.
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new GameError('service.unavailable');
  const rows = (Responses?.[0] ?? []) as readonly (StoredProgression | undefined)[];
  return rows.flatMap((row) => (row ? [toProgression(row)] : []));
}

/** Creates a character's progression unless it has one. */
export function createProgressionWrite(progression: Progression): Write {
  return ProgressionEntity.build(PutTransaction)
    .item(progression)
    .options({ condition: { attr: 'characterId', exists: false } });
}

/** Stores the progression if nobody has changed it since the version before. */
export function saveProgressionWrite(progression: Progression): Write {
  return ProgressionEntity.build(PutTransaction)
    .item(progression)
    .options({ condition: { attr: 'version', eq: progression.version - 1 } });
}

/** Forgets a character's progression; one that has none stays so. */
export function deleteProgressionWrite(characterId: CharacterId): Write {
  return ProgressionEntity.build(DeleteTransaction).key({ characterId });
}
