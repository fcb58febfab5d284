import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { list } from 'dynamodb-toolbox/schema/list';
import { map } from 'dynamodb-toolbox/schema/map';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { GameError } from '#shared/contract/errors.ts';
import { DAY_MS, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, DropId, Slug } from '#shared/kernel/ids.ts';
import { lootKeys } from '#shared/table/keys/loot.ts';
import { entityDefaults, table, tableName } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import type { DropFacts } from './rules.ts';

/** Rows outlive their drops, so that a late repetition of a kill still finds that it was recorded. */
const RETENTION_MS = DAY_MS;

/** What a kill has left in the world; without slots it left nothing, and the row says that the kill is recorded. */
export interface Drop extends DropFacts {
  readonly dropId: DropId;
  readonly killId: string;
  readonly epoch: number;
  readonly npcKind: Slug;
  readonly x: number;
  readonly y: number;
}

const DropEntity = new Entity({
  ...entityDefaults,
  name: 'Drop',
  table,
  schema: item({
    dropId: string().key(),
    killId: string(),
    zoneId: string(),
    epoch: number(),
    npcKind: string(),
    x: number(),
    y: number(),
    eligible: list(string()),
    freeForAllAtMs: number(),
    expiresAtMs: number(),
    slots: list(
      map({
        templateId: string(),
        count: number(),
        state: string().enum('OPEN', 'AWARDED'),
        awardedTo: string().optional(),
      }),
    ),
    ttl: number(),
  }),
  computeKey: lootKeys.drop.primary,
});

/** The drop, strongly consistent. */
export async function readDrop(dropId: DropId): Promise<Drop | undefined> {
  const { Item } = await DropEntity.build(GetItemCommand).key({ dropId }).options({ consistent: true }).send();
  return (
    Item && {
      ...Item,
      dropId: Item.dropId as DropId,
      eligible: Item.eligible as CharacterId[],
      slots: Item.slots as Drop['slots'],
    }
  );
}

/** Puts the drop unless its kill is recorded already. */
export function createWrite(drop: Drop, otherwise: GameError): Write {
  const put = DropEntity.build(PutTransaction)
    .item({
      ...drop,
      eligible: [...drop.eligible],
      slots: drop.slots.map((slot) => ({ ...slot })),
      ttl: ttlSeconds(drop.expiresAtMs + RETENTION_MS),
    })
    .options({ condition: { attr: 'dropId', exists: false } });
  return guarded(put, otherwise);
}

/** Awards a slot if it is still open: of all who race for it, one transaction passes this condition. */
export function awardWrite(dropId: DropId, slotIndex: number, characterId: CharacterId): Write {
  const slot = `slots[${slotIndex}]`;
  // Written out: it changes two attributes inside a list, and an entity's update would cost the bundle 13 KB.
  const update = {
    params: () => ({
      Update: {
        TableName: tableName(),
        Key: lootKeys.drop.primary({ dropId }),
        UpdateExpression: `SET ${slot}.#state = :awarded, ${slot}.awardedTo = :who`,
        ConditionExpression: `${slot}.#state = :open`,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':awarded': 'AWARDED', ':open': 'OPEN', ':who': characterId },
      },
    }),
  };
  return guarded(update, new GameError('loot.already_taken'));
}
