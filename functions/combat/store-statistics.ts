import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { $add, $set } from 'dynamodb-toolbox/entity/actions/update/symbols';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { combatKeys } from '#shared/table/keys/combat.ts';
import { readRows } from '#shared/table/read-rows.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { type Fight, recordedParticipants } from './rules.ts';
import { type BestBlow, bestBlowOf, type Counter, type Counts, counters, countsOf } from './statistics.ts';

const count = () => number().optional();

const StatisticsEntity = new Entity({
  ...entityDefaults,
  name: 'FightStatistics',
  table,
  schema: item({
    characterId: string().key(),
    fights: count(),
    npcKills: count(),
    playerKills: count(),
    deaths: count(),
    damageDone: count(),
    damageTaken: count(),
    healingDone: count(),
    hits: count(),
    misses: count(),
    fightsWon: count(),
    fightsLost: count(),
    fightsDrawn: count(),
    duelsWon: count(),
    duelsLost: count(),
    duelsDrawn: count(),
    bestAmount: count(),
    best: any().castAs<Omit<BestBlow, 'amount'>>().optional(),
  }),
  computeKey: combatKeys.statistics.primary,
});

export interface Statistics extends Counts {
  readonly bestBlow: BestBlow | undefined;
}

/** A character's totals, strongly consistent. */
export async function readStatistics(characterId: CharacterId): Promise<Statistics> {
  const { Item } = await StatisticsEntity.build(GetItemCommand)
    .key({ characterId })
    .options({ consistent: true })
    .send();
  const counts = Object.fromEntries(counters.map((counter) => [counter, Item?.[counter] ?? 0]));
  const { best, bestAmount } = Item ?? {};
  return {
    ...(counts as Record<Counter, number>),
    bestBlow: best && bestAmount !== undefined ? { ...best, amount: bestAmount } : undefined,
  };
}

/**
 * What a fight adds to the totals of all who fought it. A best blow is written on condition that it is still better than
 * what was read: when another fight has come before it, the commit is refused and decides anew.
 */
export async function statisticsWrites(fight: Fight): Promise<Write[]> {
  const participants = recordedParticipants(fight);
  const records = await bestAmounts(
    participants.filter(({ bestBlow }) => bestBlow).map(({ characterId }) => characterId),
  );
  return participants.map((own) => {
    const { characterId } = own;
    const added = Object.entries(countsOf(fight, own)).map(([counter, more]) => [counter, $add(more)]);
    const blow = bestBlowOf(fight, own);
    const update = StatisticsEntity.build(UpdateTransaction);
    if (!blow || blow.amount <= (records.get(characterId) ?? 0))
      return update.item({ characterId, ...Object.fromEntries(added) });
    const { amount, ...best } = blow;
    return update.item({ characterId, ...Object.fromEntries(added), bestAmount: amount, best: $set(best) }).options({
      condition: {
        or: [
          { attr: 'bestAmount', exists: false },
          { attr: 'bestAmount', lt: amount },
        ],
      },
    });
  });
}

async function bestAmounts(characterIds: readonly CharacterId[]): Promise<ReadonlyMap<string, number>> {
  const keys = characterIds.map((characterId) => combatKeys.statistics.primary({ characterId }));
  const rows = await readRows(keys, ['pk', 'bestAmount']);
  const byPartition = new Map(rows.map(({ pk, bestAmount }) => [pk, Number(bestAmount ?? 0)]));
  return new Map(characterIds.map((characterId, index) => [characterId, byPartition.get(keys[index]!.pk) ?? 0]));
}

/** Forgets what was counted of a character. */
export function deleteStatisticsWrite(characterId: CharacterId): Write {
  return StatisticsEntity.build(DeleteTransaction).key({ characterId });
}
