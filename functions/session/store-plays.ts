import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { AccountId, CharacterId, SessionId } from '#shared/kernel/ids.ts';
import { sessionKeys } from '#shared/table/keys/session.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

/** The account's one playing session. The epoch rises with every claim and never repeats. */
export interface Play {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly characterId: CharacterId;
  readonly epoch: number;
}

const PlayEntity = new Entity({
  ...entityDefaults,
  name: 'Play',
  table,
  schema: item({
    accountId: string().key(),
    sessionId: string(),
    characterId: string(),
    epoch: number(),
    claimedAtMs: number(),
  }),
  computeKey: sessionKeys.play.primary,
});

export async function getPlay(accountId: AccountId): Promise<Play | undefined> {
  const { Item } = await PlayEntity.build(GetItemCommand).key({ accountId }).options({ consistent: true }).send();
  return Item as Play | undefined;
}

export function putPlay(play: Play, nowMs: number): Write {
  return PlayEntity.build(PutTransaction)
    .item({ ...play, claimedAtMs: nowMs })
    .options({
      condition: play.epoch === 1 ? { attr: 'epoch', exists: false } : { attr: 'epoch', eq: play.epoch - 1 },
    });
}
