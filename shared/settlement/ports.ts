import type { Changes } from '#shared/events/changes.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { LedgerDecision } from '#shared/ledger/ledger.ts';
import type { SettledItem } from './define-settlement.ts';
import type { SettlementRow } from './store.ts';

/** Why and when items move. */
export interface ItemCause {
  readonly reason: string;
  readonly cause: string;
  readonly atMs: number;
}

/** What a settlement asks of whoever keeps the items. */
export interface ItemCustody<Leg> {
  /** Moves items at once, as a piece of one transaction. */
  transfer(
    legs: readonly Leg[],
    cause: ItemCause,
  ): Promise<{ readonly items: readonly SettledItem[]; readonly changes: Changes }>;
  /** Takes items into the settlement's hands; `stored` is JSON that both endings are made from. */
  escrow(
    transactionId: TransactionId,
    legs: readonly Leg[],
    why: Omit<ItemCause, 'cause'>,
  ): Promise<{ readonly stored: unknown; readonly changes: Changes }>;
  /** Gives them to those for whom they are. Total: it reads nothing and refuses nothing. */
  deliver(
    transactionId: TransactionId,
    stored: unknown,
    atMs: number,
  ): { readonly items: readonly SettledItem[]; readonly changes: Changes };
  /** Gives them back. Total. */
  giveBack(transactionId: TransactionId, stored: unknown, atMs: number): Changes;
}

/** What the protocol needs of the domains. */
export interface SettlementPorts<Leg> {
  readonly items: ItemCustody<Leg>;
  /** What is told of money that has moved: a piece of the transaction that ends the settlement. */
  moneyMoved(
    row: Pick<SettlementRow, 'transactionId' | 'reason' | 'actor'>,
    decision: Extract<LedgerDecision, { readonly state: 'COMMITTED' }>,
  ): Changes;
}
