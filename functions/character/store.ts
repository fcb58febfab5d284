import { Entity } from 'dynamodb-toolbox/entity';
import { BatchGetRequest } from 'dynamodb-toolbox/entity/actions/batchGet';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { number } from 'dynamodb-toolbox/schema/number';
import { record } from 'dynamodb-toolbox/schema/record';
import { string } from 'dynamodb-toolbox/schema/string';
import { BatchGetCommand, execute } from 'dynamodb-toolbox/table/actions/batchGet';
import type { ClassId } from '#content/schema/class.ts';
import { GameError } from '#shared/contract/errors.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import { characterKeys } from '#shared/table/keys/character.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { appearanceChoices } from './data/appearance.ts';
import type { origins } from './data/origins.ts';
import type { realms } from './rules.ts';

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
    appearance: record(string(), number()),
    createdAtMs: number(),
    version: number(),
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
  }),
  computeKey: characterKeys.state.primary,
});

const NameClaimEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterName',
  table,
  schema: item({
    realmId: string().key(),
    skeleton: string().key(),
    characterId: string(),
    accountId: string(),
    name: string(),
  }),
  computeKey: characterKeys.nameClaim.primary,
});

const RosterEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterRoster',
  table,
  schema: item({
    accountId: string().key(),
    realmId: string().key(),
    characterIds: list(string()),
    version: number(),
  }),
  computeKey: characterKeys.roster.primary,
});

export type RealmId = (typeof realms)[number]['id'];

/** Who a character is; what it can do is progression's, what it carries inventory's. */
export interface Character {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly realmId: RealmId;
  readonly name: string;
  readonly classId: ClassId;
  readonly originId: (typeof origins)[number]['id'];
  readonly appearance: Readonly<Record<keyof typeof appearanceChoices, number>>;
  readonly createdAtMs: number;
  readonly version: number;
}

/** Where a character was last saved, and how it fared. */
export interface CharacterState {
  readonly characterId: CharacterId;
  readonly zoneId: Slug;
  /** Life of the zone that saved it. */
  readonly epoch: number;
  /** Rises with every save of the character in one epoch. */
  readonly sequence: number;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly health: number;
  readonly savedAtMs: number;
}

/** An account's characters on a realm, oldest first. */
export interface Roster {
  readonly accountId: AccountId;
  readonly realmId: RealmId;
  readonly characterIds: readonly CharacterId[];
  /** 0: there is no row yet. */
  readonly version: number;
}

/** Strongly consistent. */
export async function getCharacter(characterId: CharacterId): Promise<Character | undefined> {
  const { Item } = await CharacterEntity.build(GetItemCommand)
    .key({ characterId })
    .options({ consistent: true })
    .send();
  return Item as Character | undefined;
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
  const found = (Responses?.[0] ?? []) as readonly (Character | undefined)[];
  return found.filter((character) => character !== undefined);
}

/** Strongly consistent. */
export async function getState(characterId: CharacterId): Promise<CharacterState | undefined> {
  const { Item } = await StateEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item as CharacterState | undefined;
}

/** Strongly consistent. */
export async function getRoster(accountId: AccountId, realmId: RealmId): Promise<Roster> {
  const { Item } = await RosterEntity.build(GetItemCommand)
    .key({ accountId, realmId })
    .options({ consistent: true })
    .send();
  return (Item as Roster | undefined) ?? { accountId, realmId, characterIds: [], version: 0 };
}

/** Who has a name. */
export async function getNameClaim(
  realmId: RealmId,
  skeleton: string,
): Promise<Pick<Character, 'characterId' | 'accountId' | 'name'> | undefined> {
  const { Item } = await NameClaimEntity.build(GetItemCommand).key({ realmId, skeleton }).send();
  return Item as Pick<Character, 'characterId' | 'accountId' | 'name'> | undefined;
}

export function putCharacter(character: Character): Write {
  return CharacterEntity.build(PutTransaction)
    .item({ ...character, appearance: { ...character.appearance } })
    .options({ condition: { attr: 'characterId', exists: false } });
}

/** Takes a slot, if the roster is still as it was read. */
export function addToRoster(roster: Roster, characterId: CharacterId): Write {
  const { accountId, realmId, characterIds, version } = roster;
  return RosterEntity.build(PutTransaction)
    .item({ accountId, realmId, characterIds: [...characterIds, characterId], version: version + 1 })
    .options({
      condition: version === 0 ? { attr: 'version', exists: false } : { attr: 'version', eq: version },
    });
}

/** Takes the name for good, or fails with `character.name_taken`. */
export function claimName(character: Character, skeleton: string): Write {
  const { realmId, characterId, accountId, name } = character;
  return guarded(
    NameClaimEntity.build(PutTransaction)
      .item({ realmId, skeleton, characterId, accountId, name })
      .options({ condition: { attr: 'characterId', exists: false } }),
    new GameError('character.name_taken'),
  );
}

/**
 * Saves a state unless a later one of the same zone is there. A zone that puts out a character which has moved on does
 * not overwrite what its new zone has saved.
 */
export function putState(state: CharacterState, options: { readonly hasLeft: boolean }): Write {
  const { zoneId, epoch, sequence } = state;
  return StateEntity.build(PutTransaction)
    .item(state)
    .options({
      condition: {
        or: [
          { attr: 'zoneId', exists: false },
          {
            and: [
              { attr: 'zoneId', eq: zoneId },
              {
                or: [
                  { attr: 'epoch', lt: epoch },
                  {
                    and: [
                      { attr: 'epoch', eq: epoch },
                      { attr: 'sequence', lt: sequence },
                    ],
                  },
                ],
              },
            ],
          },
          ...(options.hasLeft ? [] : [{ attr: 'zoneId' as const, ne: zoneId }]),
        ],
      },
    });
}
