import * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { TRADE_COMPLETED } from '#events/trade.ts';
import { RETURN_VERSIONS } from '#functions/inventory/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { AccountId, type TransactionId } from '#shared/kernel/ids.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import { defineSettlement } from '#shared/settlement/define-settlement.ts';
import { completed, reopened, type Side, type Trade } from './negotiation.ts';
import type { Failure } from './rules.ts';
import type { TradeView } from './shapes.ts';
import { endSettling, freePlaces, fromStored, putTrade } from './store.ts';
import { uncountGift } from './store-given.ts';
import { putPast } from './store-past.ts';
import { tellBoth, viewFor } from './view.ts';

/** What the end of a trade's settlement needs to know. */
const TradeContext = z.strictObject({
  /** As it was stored when the settlement began. */
  trade: z.strictObject({
    tradeId: z.string(),
    state: z.enum(['OPEN', 'SETTLING']),
    rev: z.int(),
    content: z.string(),
  }),
  /** Whose accept began it: it gets the reply. */
  index: z.union([z.literal(0), z.literal(1)]),
  /** What was counted against allowances, to be taken back if nothing changes hands. */
  gifts: z.array(z.strictObject({ accountId: AccountId, day: z.string(), value: z.string() })).max(2),
});
export type TradeContext = z.infer<typeof TradeContext>;

/** Failures by the code with which a settlement was given up. */
const failureOf: Readonly<Record<string, Failure>> = {
  'ledger.insufficient_funds': 'insufficient_funds',
  'ledger.balance_limit': 'balance_limit',
};

function gave({ accountId, characterId, offer }: Side) {
  return {
    accountId,
    characterId,
    gaveItems: offer.items.map(({ itemId, templateId, count }) => {
      return { itemId, templateId, quality: itemTemplates.get(templateId).quality, count };
    }),
    gaveCurrencies: offer.money.map(({ currency, amount }) => ({ currency, amount: formatAmount(amount) })),
  };
}

function told(trade: Trade, transactionId: TransactionId): Changes {
  const { tradeId, zoneId, rev, sides } = trade;
  const data = { tradeId, transactionId, zoneId, sides: sides.map(gave) };
  return { events: [event(TRADE_COMPLETED, { aggregateId: tradeId, aggregateSeq: rev, data })] };
}

/**
 * The number of a state that a settlement leaves: above that of its beginning, and of the one wish that may have been
 * noted in between.
 */
function afterSettling(next: Trade, { rev }: Trade): Trade {
  return { ...next, rev: rev + 2 };
}

/** The offers once everything is back: the same items, with the versions that they have now. */
function withReturned(trade: Trade): Trade {
  const back = (side: Side): Side => ({
    ...side,
    offer: { ...side.offer, items: side.offer.items.map((one) => ({ ...one, ver: one.ver + RETURN_VERSIONS })) },
  });
  return { ...trade, sides: [back(trade.sides[0]), back(trade.sides[1])] };
}

/**
 * How trades end. Items alone change hands in one transaction, which then carries the trade's own condition; with money
 * the trade is SETTLING in between, and its end cannot be refused.
 */
export const tradeSettlement = defineSettlement<TradeContext, z.input<typeof TradeView>>({
  name: 'trade',
  context: TradeContext,
  delivered({ context, transactionId, atMs }) {
    const before = fromStored(context.trade);
    const next = completed(before, transactionId);
    const isAtOnce = before.state === 'OPEN';
    const trade = isAtOnce ? next : afterSettling(next, before);
    const writes = isAtOnce
      ? [putTrade(trade), ...freePlaces(before)]
      : [endSettling(trade), ...freePlaces(before, 'always')];
    return {
      reply: viewFor(trade, context.index),
      changes: mergeChanges(
        { writes: [...writes, ...putPast(trade, transactionId, atMs)] },
        told(trade, transactionId),
        tellBoth(trade),
      ),
    };
  },
  returned({ context, atMs }, code) {
    const before = fromStored(context.trade);
    const next = reopened(withReturned(before), failureOf[code] ?? 'aborted', atMs);
    const trade = afterSettling(next, before);
    const uncounted = context.gifts.map(({ accountId, day, value }) =>
      uncountGift({ accountId, day, value: BigInt(value) }, atMs),
    );
    const freed = trade.state === 'CANCELLED' ? freePlaces(before, 'always') : [];
    return { changes: mergeChanges({ writes: [endSettling(trade), ...freed, ...uncounted] }, tellBoth(trade)) };
  },
});
