import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { characterKeys } from '#shared/table/keys/character.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { NameClaim, RealmId } from './rules.ts';
import { skeletonOf } from './skeleton.ts';
import type { Character } from './store.ts';

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
    heldUntilMs: number().optional(),
    ttl: number().optional(),
  }),
  computeKey: characterKeys.nameClaim.primary,
});

const NameBarEntity = new Entity({
  ...entityDefaults,
  name: 'CharacterNameBar',
  table,
  schema: item({ accountId: string().key(), realmId: string().key(), skeleton: string().key(), barredAtMs: number() }),
  computeKey: characterKeys.nameBar.primary,
});

/** A name of a realm, and who has it or had it last. */
export interface StoredClaim extends NameClaim {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly name: string;
}

/** A name that an account may not take again on a realm. */
export interface NameBar {
  readonly accountId: AccountId;
  readonly realmId: RealmId;
  readonly skeleton: string;
}

/** Who has a name or one that cannot be told from it. */
export async function getNameClaim(
  realmId: RealmId,
  skeleton: string,
  options: { readonly consistent?: boolean } = {},
): Promise<StoredClaim | undefined> {
  const { Item } = await NameClaimEntity.build(GetItemCommand).key({ realmId, skeleton }).options(options).send();
  return Item as StoredClaim | undefined;
}

/** Takes the character's name for good, or fails with `character.name_taken`. Held names go to their account alone. */
export function claimName(
  character: Pick<Character, 'realmId' | 'characterId' | 'accountId' | 'name'>,
  nowMs: number,
): Write {
  const { realmId, characterId, accountId, name } = character;
  return guarded(
    NameClaimEntity.build(PutTransaction)
      .item({ realmId, skeleton: skeletonOf(name), characterId, accountId, name })
      .options({
        condition: {
          or: [
            { attr: 'characterId', exists: false },
            { attr: 'heldUntilMs', lte: nowMs },
            {
              and: [
                { attr: 'heldUntilMs', exists: true },
                { attr: 'accountId', eq: accountId },
              ],
            },
          ],
        },
      }),
    new GameError('character.name_taken'),
  );
}

/** Gives the character's name up: until then it is its account's to take again, later anybody's. */
export function holdName(
  character: Pick<Character, 'realmId' | 'characterId' | 'accountId' | 'name'>,
  heldUntilMs: number,
): Write {
  const { realmId, characterId, accountId, name } = character;
  return NameClaimEntity.build(PutTransaction)
    .item({
      realmId,
      skeleton: skeletonOf(name),
      characterId,
      accountId,
      name,
      heldUntilMs,
      ttl: ttlSeconds(heldUntilMs),
    })
    .options({ condition: { attr: 'characterId', eq: characterId } });
}

/** Frees the character's name for everybody at once. */
export function freeName(character: Pick<Character, 'realmId' | 'characterId' | 'name'>): Write {
  const { realmId, characterId, name } = character;
  return NameClaimEntity.build(DeleteTransaction)
    .key({ realmId, skeleton: skeletonOf(name) })
    .options({ condition: { attr: 'characterId', eq: characterId } });
}

/** Whether a moderator has taken this name from the account. */
export async function isBarred(bar: NameBar): Promise<boolean> {
  const { Item } = await NameBarEntity.build(GetItemCommand)
    .key({ ...bar })
    .options({ consistent: true })
    .send();
  return Item !== undefined;
}

export function barName(bar: NameBar, nowMs: number): Write {
  return NameBarEntity.build(PutTransaction).item({ ...bar, barredAtMs: nowMs });
}

/** Names that the account may not have again, at most `limit`. */
export async function listBars(accountId: AccountId, limit: number): Promise<readonly NameBar[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(NameBarEntity)
    .query({
      partition: characterKeys.nameBar.partition({ accountId }),
      range: { beginsWith: characterKeys.nameBar.sortPrefix },
    })
    .options({ consistent: true, limit })
    .send();
  return Items.map(({ realmId, skeleton }) => ({ accountId, realmId: realmId as RealmId, skeleton }));
}

export function deleteBar(bar: NameBar): Write {
  return NameBarEntity.build(DeleteTransaction).key({ ...bar });
}
