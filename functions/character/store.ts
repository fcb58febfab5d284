import { createHash } from 'node:crypto';
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
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { ClassId } from '#content/schema/class.ts';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { characterKeys } from '#shared/table/keys/character.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { appearanceChoices } from './data/appearance.ts';
import type { origins } from './data/origins.ts';
import { type Lifecycle, nextStepOf, type RealmId, type RenameReason, renameReasons } from './rules.ts';

const CharacterEntity = new Entity({
  ...entityDefaults,
  name: 'Character',
  table,
  schema: item({
    characterId: string().key(),
    accountId: string(),
    realmId: string(),
    name: string(),
    classId: string(),
    originId: string(),
    appearance: any().castAs<Character['appearance']>(),
    createdAtMs: number(),
    lastPlayedAtMs: number().optional(),
    renameReason: string()
      .enum(...renameReasons)
      .optional(),
    deletesAtMs: number().optional(),
    deletedAtMs: number().optional(),
    version: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
  }),
  computeKey: characterKeys.character.primary,
});

const StateEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterState',
  table,
  schema: item({
    characterId: string().key(),
    zoneId: string(),
    epoch: number(),
    sequence: number(),
    x: number(),
    y: number(),
    yaw: number(),
    health: number(),
    savedAtMs: number(),
    stay: number().optional(),
    carried: any().castAs<Carried>().optional(),
  }),
  computeKey: characterKeys.state.primary,
});

const TombstoneEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterTombstone',
  table,
  schema: item({
    characterId: string().key(),
    accountId: string(),
    realmId: string(),
    classId: string(),
    createdAtMs: number(),
    purgedAtMs: number(),
  }),
  computeKey: characterKeys.tombstone.primary,
});

const AuditEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterAudit',
  table,
  schema: item({
    characterId: string().key(),
    at: string().key(),
    operationId: string().key(),
    act: string().enum('force-rename'),
    byAccountId: string(),
    name: string(),
    reason: string(),
    ttl: number(),
  }),
  computeKey: characterKeys.audit.primary,
});

/** Audit rows name a player's choice of name: they are kept for complaints, not for ever. */
const AUDIT_KEPT_MS = 180 * DAY_MS;

/** Who a character is; what it can do is progression's, what it carries inventory's. */
export interface Character extends Lifecycle {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly realmId: RealmId;
  readonly name: string;
  readonly classId: ClassId;
  readonly originId: (typeof origins)[number]['id'];
  readonly appearance: Readonly<Record<keyof typeof appearanceChoices, number>>;
  readonly createdAtMs: number;
  /** When it was last selected. */
  readonly lastPlayedAtMs?: number | undefined;
  /** Set while it must take another name. */
  readonly renameReason?: RenameReason | undefined;
  /** Rises with every change: the condition of the next one. */
  readonly version: number;
}

/** Where a character was last saved, and how it fared. */
export interface CharacterState {
  readonly characterId: CharacterId;
  /** In content. */
  readonly zoneId: Slug;
  /** Life of the unit that saved it. */
  readonly epoch: number;
  /** Names the stay: version of the presence. A later stay's saves are newer, wherever it is. */
  readonly stay: number;
  /** Rises with every save of the character in one stay. */
  readonly sequence: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly health: number;
  readonly savedAtMs: number;
  /** What leaving and crossing must not reset. */
  readonly carried?: Carried | undefined;
}

/** What a body takes with it besides place and health, so that going and coming back resets nothing. Spans are ms. */
export interface Carried {
  /** Time that abilities still need, by their ids. */
  readonly readyInMs: Readonly<Record<string, number>>;
  /** Until the next ability of any kind. */
  readonly globalReadyInMs?: number | undefined;
  /** Since its last hostile act or wound; unset: long ago. */
  readonly hostileAgoMs?: number | undefined;
  /** Unset: all that it can have. */
  readonly energy?: number | undefined;
  /** It is weak for so long yet after coming back at the graveyard. */
  readonly sickForMs?: number | undefined;
  /** It has chosen to fight players. */
  readonly wantsPvp?: boolean | undefined;
  /** What it did to players keeps its flag for so long yet. */
  readonly pvpForMs?: number | undefined;
  /** What it has used, and how long that works yet. */
  readonly tonics?: readonly { readonly stats: Readonly<Record<string, number>>; readonly forMs: number }[] | undefined;
}

export const DUE_SHARDS = 4;

/** Index entry of a character that the clock will change by itself; none for the others. */
function dueIndex(character: Character) {
  const next = nextStepOf(character);
  if (!next) return {};
  const { characterId } = character;
  const shard = createHash('sha256').update(characterId).digest()[0]! % DUE_SHARDS;
  return characterKeys.character.index('gsi1', { step: next.step, shard, dueAt: toIso(next.atMs), characterId });
}

function characterOf(row: { gsi1pk?: string | undefined; gsi1sk?: string | undefined }): Character {
  const { gsi1pk: _partition, gsi1sk: _sort, ...character } = row;
  return character as Character;
}

/** Strongly consistent. */
export async function getCharacter(characterId: CharacterId): Promise<Character | undefined> {
  const { Item } = await CharacterEntity.build(GetItemCommand)
    .key({ characterId })
    .options({ consistent: true })
    .send();
  return Item && characterOf(Item);
}

/** Those of at most 100 characters that exist, in the order asked for, strongly consistent. */
export async function getCharacters(characterIds: readonly CharacterId[]): Promise<readonly Character[]> {
  if (characterIds.length === 0) return [];
  const requests = characterIds.map((characterId) => CharacterEntity.build(BatchGetRequest).key({ characterId }));
  const command = table
    .build(BatchGetCommand)
    .requests(...requests)
    .options({ consistent: true });
  const { Responses, UnprocessedKeys } = await execute({ maxAttempts: 3 }, command);
  if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new GameError('service.unavailable');
  return (Responses?.[0] ?? []).flatMap((row) => (row ? [characterOf(row as object)] : []));
}

/** Characters of one shard whose deletion or purge was due by now, earliest first. */
export async function listDue(
  step: 'delete' | 'purge',
  shard: number,
  nowMs: number,
  limit: number,
): Promise<readonly CharacterId[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(CharacterEntity)
    .query({
      index: 'gsi1',
      partition: characterKeys.character.indexPartition('gsi1', { step, shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map(({ characterId }) => characterId as CharacterId);
}

/** Strongly consistent. */
export async function getState(characterId: CharacterId): Promise<CharacterState | undefined> {
  const { Item } = await StateEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item as CharacterState | undefined;
}

export function putCharacter(character: Character): Write {
  return CharacterEntity.build(PutTransaction)
    .item({ ...character })
    .options({ condition: { attr: 'characterId', exists: false } });
}

/** Holds while the character is there and not deleted; one whose deletion cools off is. */
export function checkPresent(characterId: CharacterId, otherwise: GameError): Write {
  const check = {
    params: () => ({
      ConditionCheck: {
        TableName: tableName(),
        Key: characterKeys.character.primary({ characterId }),
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deletedAtMs)',
      },
    }),
  };
  return guarded(check, otherwise);
}

/** Stores the character if nobody has changed it since the version before. */
export function saveCharacter(next: Character): Write {
  return CharacterEntity.build(PutTransaction)
    .item({ ...next, ...dueIndex(next) })
    .options({ condition: { attr: 'version', eq: next.version - 1 } });
}

/** Puts a tombstone in place of the character and its saved state, if nobody has changed it since it was read. */
export function buryCharacter(character: Character, nowMs: number): readonly Write[] {
  const { characterId, accountId, realmId, classId, createdAtMs, version } = character;
  return [
    CharacterEntity.build(DeleteTransaction)
      .key({ characterId })
      .options({ condition: { attr: 'version', eq: version } }),
    StateEntity.build(DeleteTransaction).key({ characterId }),
    TombstoneEntity.build(PutTransaction).item({
      characterId,
      accountId,
      realmId,
      classId,
      createdAtMs,
      purgedAtMs: nowMs,
    }),
  ];
}

/** Notes what a moderator did, and why. */
export function auditWrite(
  act: {
    readonly characterId: CharacterId;
    readonly operationId: string;
    readonly byAccountId: AccountId;
    readonly name: string;
    readonly reason: string;
  },
  nowMs: number,
): Write {
  return AuditEntity.build(PutTransaction).item({
    ...act,
    act: 'force-rename',
    at: toIso(nowMs),
    ttl: ttlSeconds(nowMs + AUDIT_KEPT_MS),
  });
}

/** Saves a state unless one of a later stay, or a later one of the same stay, is there. */
export function putState(state: CharacterState): Write {
  const { stay, sequence } = state;
  return StateEntity.build(PutTransaction)
    .item(state)
    .options({
      condition: {
        or: [
          { attr: 'stay', exists: false },
          { attr: 'stay', lt: stay },
          {
            and: [
              { attr: 'stay', eq: stay },
              { attr: 'sequence', lt: sequence },
            ],
          },
        ],
      },
    });
}
