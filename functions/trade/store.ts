import { createHash } from 'node:crypto';
import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { UpdateTransaction } from 'dynamodb-toolbox/entity/actions/transactUpdate';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { GameError } from '#shared/contract/errors.ts';
import { toIso, ttlSeconds } from '#shared/kernel/clock.ts';
import type { CharacterId, TradeId } from '#shared/kernel/ids.ts';
import { tradeKeys } from '#shared/table/keys/trade.ts';
import { type PackedJson, packJson, unpackJson } from '#shared/table/packed-json.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import { guarded, type Write } from '#shared/table/write.ts';
import { dueAtMs, type Side, type Trade, tradeStates } from './negotiation.ts';
import type { Offer } from './offer.ts';
import { endReasons, tradeLimits } from './rules.ts';

/** Partitions of the index of what is due: trades are few and short. */
export const DUE_SHARDS = 4;

const TradeEntity = new Entity({
  ...entityDefaults,
  name: 'Trade',
  table,
  schema: item({
    tradeId: string().key(),
    state: string().enum(...tradeStates),
    /** The rest of it as JSON: it is always read and written whole. */
    content: any().castAs<PackedJson>(),
    /** By itself, because the end of a settlement leaves it as it is. */
    endWish: string()
      .enum(...endReasons)
      .optional(),
    rev: number(),
    gsi1pk: string().optional(),
    gsi1sk: string().optional(),
    gsi2pk: string().optional(),
    gsi2sk: string().optional(),
    ttl: number(),
  }),
  computeKey: tradeKeys.trade.primary,
});

const TradingEntity = new Entity({
  ...entityDefaults,
  name: 'Trading',
  table,
  schema: item({ characterId: string().key(), tradeId: string(), ttl: number() }),
  computeKey: tradeKeys.trading.primary,
});

const DeclinedEntity = new Entity({
  ...entityDefaults,
  name: 'TradeDeclined',
  table,
  schema: item({ characterId: string().key(), otherId: string().key(), untilMs: number(), ttl: number() }),
  computeKey: tradeKeys.declined.primary,
});

/** Money is a decimal string wherever it is stored. */
export function storedOffer({ items, money }: Offer) {
  return { items, money: money.map(({ currency, amount }) => ({ currency, amount: amount.toString() })) };
}

export function parseOffer(stored: ReturnType<typeof storedOffer>): Offer {
  return {
    items: stored.items,
    money: stored.money.map(({ currency, amount }) => ({ currency, amount: BigInt(amount) })),
  };
}

type StoredContent = Omit<Trade, 'tradeId' | 'state' | 'rev' | 'endWish' | 'sides'> & {
  readonly sides: readonly (Omit<Side, 'offer'> & { readonly offer: ReturnType<typeof storedOffer> })[];
};

/** A trade as a settlement remembers it. */
export interface StoredTrade {
  readonly tradeId: string;
  readonly state: Trade['state'];
  readonly rev: number;
  readonly content: string;
  readonly endWish?: Trade['endWish'];
}

function contentOf({ tradeId: _id, state: _state, rev: _rev, endWish: _wish, sides, ...rest }: Trade): StoredContent {
  return { ...rest, sides: sides.map((side) => ({ ...side, offer: storedOffer(side.offer) })) };
}

export function toStored(trade: Trade): StoredTrade {
  const { tradeId, state, rev, endWish } = trade;
  return { tradeId, state, rev, content: JSON.stringify(contentOf(trade)), ...(endWish ? { endWish } : {}) };
}

export function fromStored({
  tradeId,
  state,
  rev,
  endWish,
  content,
}: Omit<StoredTrade, 'content'> & { readonly content: PackedJson }): Trade {
  const { sides, ...rest } = unpackJson(content) as StoredContent;
  const [first, second] = sides.map((side): Side => ({ ...side, offer: parseOffer(side.offer) }));
  const wish = endWish ? { endWish } : {};
  return { ...rest, ...wish, tradeId: tradeId as TradeId, state, rev, sides: [first!, second!] };
}

function shardOf(tradeId: TradeId): number {
  return createHash('sha256').update(tradeId).digest()[0]! % DUE_SHARDS;
}

function indexOf(trade: Trade): { gsi1pk?: string; gsi1sk?: string; gsi2pk?: string; gsi2sk?: string } {
  const { tradeId, state, sides, endsAtMs } = trade;
  const dueMs = dueAtMs(trade);
  return {
    ...(dueMs === undefined
      ? {}
      : tradeKeys.trade.index('gsi1', { shard: shardOf(tradeId), dueAt: toIso(dueMs), tradeId })),
    ...(state === 'REQUESTED'
      ? tradeKeys.trade.index('gsi2', { characterId: sides[1].characterId, expiresAt: toIso(endsAtMs), tradeId })
      : {}),
  };
}

/** Strongly consistent. */
export async function getTrade(tradeId: TradeId): Promise<Trade | undefined> {
  const { Item } = await TradeEntity.build(GetItemCommand).key({ tradeId }).options({ consistent: true }).send();
  return Item && fromStored(Item);
}

/** The trade that a character has its place in; strongly consistent. */
export async function tradeOfCharacter(characterId: CharacterId): Promise<Trade | undefined> {
  const { Item } = await TradingEntity.build(GetItemCommand).key({ characterId }).options({ consistent: true }).send();
  return Item && getTrade(Item.tradeId as TradeId);
}

/** Trades of a shard whose time had run out by then, earliest first; up to a second old. */
export async function listDue(shard: number, nowMs: number, limit: number): Promise<readonly TradeId[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(TradeEntity)
    .query({
      index: 'gsi1',
      partition: tradeKeys.trade.indexPartition('gsi1', { shard }),
      range: { lte: `${toIso(nowMs)}~~` },
    })
    .options({ limit })
    .send();
  return Items.map(({ tradeId }) => tradeId as TradeId);
}

/** Requests to a character that are still open, the newest first; up to a second old. */
export async function listRequests(characterId: CharacterId, nowMs: number): Promise<readonly Trade[]> {
  const { Items = [] } = await table
    .build(QueryCommand)
    .entities(TradeEntity)
    .query({
      index: 'gsi2',
      partition: tradeKeys.trade.indexPartition('gsi2', { characterId }),
      range: { gt: `${toIso(nowMs)}~~` },
    })
    .options({ limit: tradeLimits.shownRequests, reverse: true })
    .send();
  return Items.map(fromStored);
}

function rowOf(trade: Trade) {
  const content = packJson(contentOf(trade));
  return { ...toStored(trade), content, ...indexOf(trade), ttl: ttlSeconds(trade.endsAtMs + tradeLimits.keptMs) };
}

/** Stores the next state of a trade if it is still in the one before; the first if there is none. */
export function putTrade(next: Trade): Write {
  const { rev } = next;
  return TradeEntity.build(PutTransaction)
    .item(rowOf(next))
    .options({ condition: rev === 1 ? { attr: 'rev', exists: false } : { attr: 'rev', eq: rev - 1 } });
}

/**
 * Stores how a settlement has left a trade, whatever else was written meanwhile: nobody but the settlement changes one
 * that is SETTLING, but for the wish that it end, which stays where nothing has changed hands. It cannot be refused.
 */
export function endSettling(next: Trade): Write {
  if (next.state === 'COMPLETED') return TradeEntity.build(PutTransaction).item(rowOf(next));
  const { tradeId, state, rev, content, ttl, gsi1pk, gsi1sk } = rowOf({ ...next, endWish: undefined });
  return TradeEntity.build(UpdateTransaction).item({
    tradeId,
    state,
    rev,
    content,
    ttl,
    ...(gsi1pk === undefined ? {} : { gsi1pk, gsi1sk }),
  });
}

/** Takes a character's one place for a trade; having it for this trade already is as good. */
export function takePlace(characterId: CharacterId, { tradeId, endsAtMs }: Trade, otherwise: GameError): Write {
  const put = TradingEntity.build(PutTransaction)
    .item({ characterId, tradeId, ttl: ttlSeconds(endsAtMs + tradeLimits.keptMs) })
    .options({
      condition: {
        or: [
          { attr: 'tradeId', exists: false },
          { attr: 'tradeId', eq: tradeId },
        ],
      },
    });
  return guarded(put, otherwise);
}

/** Condition: a character is in no trade and has asked for none; whoever decided so decides anew. */
export function hasNoPlace(characterId: CharacterId): Write {
  return TradingEntity.build(ConditionCheck).key({ characterId }).condition({ attr: 'tradeId', exists: false });
}

/**
 * Frees the places that the sides of a stored, live trade have: only who has agreed to trade has one. `always`: at the
 * end of a settlement, which cannot be refused; until then both places are surely the trade's.
 */
export function freePlaces(
  { tradeId, state, sides }: Trade,
  when: 'if-unchanged' | 'always' = 'if-unchanged',
): readonly Write[] {
  const seated = state === 'REQUESTED' ? [sides[0]] : sides;
  return seated.map(({ characterId }) => {
    const free = TradingEntity.build(DeleteTransaction).key({ characterId });
    return when === 'always' ? free : free.options({ condition: { attr: 'tradeId', eq: tradeId } });
  });
}

/** Notes that a character has declined another's request. */
export function putDeclined(characterId: CharacterId, otherId: CharacterId, nowMs: number): Write {
  const untilMs = nowMs + tradeLimits.askAgainAfterMs;
  return DeclinedEntity.build(PutTransaction).item({ characterId, otherId, untilMs, ttl: ttlSeconds(untilMs) });
}

/** Condition: the character has not declined the other's request a moment ago. */
export function notDeclined(characterId: CharacterId, otherId: CharacterId, nowMs: number): Write {
  const check = DeclinedEntity.build(ConditionCheck)
    .key({ characterId, otherId })
    .condition({
      or: [
        { attr: 'untilMs', exists: false },
        { attr: 'untilMs', lte: nowMs },
      ],
    });
  return guarded(check, new GameError('trade.asked_too_soon'));
}
