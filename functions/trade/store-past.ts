import { Entity } from 'dynamodb-toolbox/entity';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug, TradeId, TransactionId } from '#shared/kernel/ids.ts';
import { tradeKeys } from '#shared/table/keys/trade.ts';
import { type PackedJson, packJson, unpackJson } from '#shared/table/packed-json.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import type { Trade } from './negotiation.ts';
import type { Offer } from './offer.ts';
import { parseOffer, storedOffer } from './store.ts';

/** A completed trade as one of its sides keeps it: ids alone, no names. */
export interface PastTrade {
  readonly characterId: CharacterId;
  readonly partnerId: CharacterId;
  readonly tradeId: TradeId;
  readonly transactionId: TransactionId;
  readonly zoneId: Slug;
  readonly completedAtMs: number;
  readonly gave: Offer;
  readonly got: Offer;
}

const PastEntity = new Entity({
  ...entityDefaults,
  name: 'PastTrade',
  table,
  schema: item({
    characterId: string().key(),
    completedAt: string().key(),
    tradeId: string().key(),
    partnerId: string(),
    transactionId: string(),
    zoneId: string(),
    completedAtMs: number(),
    /** Both offers as JSON. */
    content: any().castAs<PackedJson>(),
    gsi1pk: string(),
    gsi1sk: string(),
  }),
  computeKey: tradeKeys.past.primary,
});

/** The rows by which both sides remember a trade. They stay. */
export function putPast(trade: Trade, transactionId: TransactionId, completedAtMs: number): readonly Write[] {
  const { tradeId, zoneId, sides } = trade;
  const completedAt = toIso(completedAtMs);
  return [sides, sides.toReversed()].map(([mine, theirs]) => {
    const pair = { characterId: mine!.characterId, partnerId: theirs!.characterId };
    return PastEntity.build(PutTransaction).item({
      ...pair,
      ...tradeKeys.past.index('gsi1', { ...pair, completedAt, tradeId }),
      completedAt,
      tradeId,
      transactionId,
      zoneId,
      completedAtMs,
      content: packJson({ gave: storedOffer(mine!.offer), got: storedOffer(theirs!.offer) }),
    });
  });
}

type Content = Record<'gave' | 'got', ReturnType<typeof storedOffer>>;

/** A page of a character's completed trades, or of those with one partner, newest first; up to a second old. */
export async function listPast(
  characterId: CharacterId,
  page: { readonly partnerId: CharacterId | undefined; readonly limit: number; readonly after: string | undefined },
): Promise<{ readonly trades: readonly PastTrade[]; readonly lastSortKey: string | undefined }> {
  const { partnerId, limit, after } = page;
  const keys = tradeKeys.past;
  const query = partnerId
    ? {
        index: 'gsi1' as const,
        partition: keys.indexPartition('gsi1', { characterId, partnerId }),
        ...(after === undefined ? {} : { range: { lt: after } }),
      }
    : {
        partition: keys.partition({ characterId }),
        range: { between: [keys.sortPrefix, after ?? `${keys.sortPrefix}~`] as [string, string] },
      };
  // A range with both ends begins with the last trade of the page before.
  const isInclusive = !partnerId && after !== undefined;
  const { Items, LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(PastEntity)
    .query(query)
    .options({ limit: isInclusive ? limit + 1 : limit, reverse: true })
    .send();
  const sortKeyOf = (row: { completedAt: string; tradeId: string; gsi1sk: string; characterId: string }) =>
    partnerId ? row.gsi1sk : keys.primary(row).sk;
  const rows = (Items ?? []).filter((row) => sortKeyOf(row) !== after).slice(0, limit);
  const last = rows.at(-1);
  return {
    trades: rows.map(({ content, ...row }) => {
      const { gave, got } = unpackJson(content) as Content;
      return {
        characterId,
        partnerId: row.partnerId as CharacterId,
        tradeId: row.tradeId as TradeId,
        transactionId: row.transactionId as TransactionId,
        zoneId: row.zoneId,
        completedAtMs: row.completedAtMs,
        gave: parseOffer(gave),
        got: parseOffer(got),
      };
    }),
    lastSortKey: LastEvaluatedKey && last ? sortKeyOf(last) : undefined,
  };
}
