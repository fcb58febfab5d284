import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { CombatId } from '#shared/kernel/ids.ts';
import { combatKeys } from '#shared/table/keys/combat.ts';
import { type PackedJson, packJson, unpackJson } from '#shared/table/packed-json.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type FightLog, type PackedLog, packLog, unpackLog } from './fight-log.ts';
import { type Fight, LOG_RETENTION_MS } from './rules.ts';

const LogEntity = new Entity({
  ...entityDefaults,
  name: 'FightLog',
  table,
  schema: item({ combatId: string().key(), content: any().castAs<PackedJson>(), ttl: number() }),
  computeKey: combatKeys.log.primary,
});

/** What happened in a fight, in one row for all who fought it; none when nothing happened. */
export function logWrites({ combatId, endedAtMs, log }: Fight): Write[] {
  if (log.entries.length === 0) return [];
  const content = packJson(packLog(log));
  return [LogEntity.build(PutTransaction).item({ combatId, content, ttl: ttlSeconds(endedAtMs + LOG_RETENTION_MS) })];
}

/** The log of a fight; undefined when nothing has happened in it, or there was no such fight. */
export async function readLog(combatId: CombatId): Promise<FightLog | undefined> {
  const { Item } = await LogEntity.build(GetItemCommand).key({ combatId }).send();
  return Item && unpackLog(unpackJson(Item.content) as PackedLog);
}
