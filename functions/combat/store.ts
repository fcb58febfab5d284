import { Entity, type FormattedItem } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { boolean } from 'dynamodb-toolbox/schema/boolean';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, CombatId } from '#shared/kernel/ids.ts';
import { combatKeys } from '#shared/table/keys/combat.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { combatOutcomes, type Death, LOG_RETENTION_MS, type LoggedFight } from './rules.ts';

const FightEntity = new Entity({
  ...entityDefaults,
  name: 'Fight',
  table,
  schema: item({
    characterId: string().key(),
    combatId: string().key(),
    zoneId: string(),
    startedAtMs: number(),
    endedAtMs: number(),
    outcome: string().enum(...combatOutcomes),
    npcKind: string().optional(),
    npcLevel: number().optional(),
    rivalId: string().optional(),
    isDuel: boolean().optional(),
    participants: number(),
    damageDone: number(),
    damageTaken: number(),
    healingDone: number(),
    hits: number(),
    misses: number(),
    deaths: number(),
    ttl: number(),
  }),
  computeKey: combatKeys.fight.primary,
});

const DeathEntity = new Entity({
  ...entityDefaults,
  name: 'Death',
  table,
  schema: item({ characterId: string().key(), deathId: string().key(), combatId: string(), ttl: number() }),
  computeKey: combatKeys.death.primary,
});

/** The record of a death; one that is there already refuses the whole transaction: a death is told once. */
export function deathWrite(deathId: string, { characterId, combatId }: Death, nowMs: number): Write {
  return DeathEntity.build(PutTransaction)
    .item({ characterId, deathId, combatId, ttl: ttlSeconds(nowMs + LOG_RETENTION_MS) })
    .options({ condition: { attr: 'deathId', exists: false } });
}

/** Whether a death is recorded already, strongly consistent. */
export async function hasDeath(characterId: CharacterId, deathId: string): Promise<boolean> {
  const key = { characterId, deathId };
  const { Item } = await DeathEntity.build(GetItemCommand).key(key).options({ consistent: true }).send();
  return Item !== undefined;
}

/** One row per participant; a row that is there already refuses the whole transaction: a fight is recorded once. */
export function fightWrites(fights: readonly LoggedFight[]): Write[] {
  return fights.map((fight) =>
    FightEntity.build(PutTransaction)
      .item({ ...fight, ttl: ttlSeconds(fight.endedAtMs + LOG_RETENTION_MS) })
      .options({ condition: { attr: 'combatId', exists: false } }),
  );
}

function toFight(stored: FormattedItem<typeof FightEntity>): LoggedFight {
  return {
    ...stored,
    characterId: stored.characterId as CharacterId,
    combatId: stored.combatId as CombatId,
    rivalId: stored.rivalId as CharacterId | undefined,
  };
}

/** A fight in a character's log, strongly consistent; undefined when it was not in it. */
export async function readFight(characterId: CharacterId, combatId: CombatId): Promise<LoggedFight | undefined> {
  const { Item } = await FightEntity.build(GetItemCommand)
    .key({ characterId, combatId })
    .options({ consistent: true })
    .send();
  return Item && toFight(Item);
}

/** A character's fights, newest first, and the sort key where the page ended. */
export async function listFights(
  characterId: CharacterId,
  page: { readonly limit: number; readonly before: string | undefined },
): Promise<{ readonly fights: readonly LoggedFight[]; readonly lastSortKey: string | undefined }> {
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(FightEntity)
    .query({
      partition: combatKeys.fight.partition({ characterId }),
      // The partition has other rows behind its fights, and none before them.
      range: page.before === undefined ? { beginsWith: combatKeys.fight.sortPrefix } : { lt: page.before },
    })
    .options({ limit: page.limit, reverse: true })
    .send();
  return { fights: (Items ?? []).map(toFight), lastSortKey: LastEvaluatedKey?.sk as string | undefined };
}
