import {
  arrivalsOf,
  deliverItems,
  escrowItems,
  type ItemLeg,
  returnItems,
  type StoredItems,
  transferItems,
} from '#functions/inventory/public.ts';
import type { Operation } from '#shared/events/operation.ts';
import type { SettlementFinisher } from '#shared/runtime/endpoint-handler.ts';
import type { Settlement } from '#shared/settlement/define-settlement.ts';
import type { SettlementPorts } from '#shared/settlement/ports.ts';
import { finish, replyOf, type SettleRequest, settle as settleBy } from '#shared/settlement/settle.ts';
import { currencyEvents } from './currency-events.ts';

/** What the protocol works with: the inventory's items, and the events of money. */
export const settlementPorts: SettlementPorts<ItemLeg> = {
  items: {
    transfer: transferItems,
    escrow: escrowItems,
    deliver: (transactionId, stored, atMs) => ({
      items: arrivalsOf(stored as StoredItems),
      changes: deliverItems(transactionId, stored as StoredItems, atMs),
    }),
    giveBack: (transactionId, stored, atMs) => returnItems(transactionId, stored as StoredItems, atMs),
  },
  moneyMoved: currencyEvents,
};

/**
 * Moves items and money in one go, by the cheapest lane that is atomic. It is the operation's one commit; call it
 * within `withConflictRetry`.
 * @throws GameError of the items' moves, of `prepare` and of the ledger; InDoubtError, which endpoints answer as 202.
 */
export function settle<Context, Reply>(
  operation: Operation,
  request: SettleRequest<Context, Reply, ItemLeg>,
): Promise<Reply> {
  return settleBy(settlementPorts, operation, request);
}

/** For an endpoint that settles: its repetitions are answered by what became of the transaction. */
// biome-ignore lint/suspicious/noExplicitAny: kinds of settlement have contexts and replies of their own
export function settling(...kinds: readonly Settlement<any, any>[]): SettlementFinisher {
  return { finish: async (transactionId) => replyOf(await finish(settlementPorts, kinds, transactionId)) };
}
