import { toIso } from '#shared/kernel/clock.ts';
import { formatAmount } from '#shared/kernel/money.ts';
import type { LedgerEntry } from '#shared/ledger/ledger.ts';

/** One line of an owner's history, as its player sees it. */
export function lineOf({ transactionId, currency, amount, balance, reason, counterparties, atMs }: LedgerEntry) {
  return {
    transactionId,
    currency,
    direction: amount > 0n ? ('in' as const) : ('out' as const),
    amount: formatAmount(amount > 0n ? amount : -amount),
    balance: formatAmount(balance),
    reason,
    counterparties: [...counterparties],
    at: toIso(atMs),
  };
}
