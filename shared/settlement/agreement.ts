import type { LedgerMemo, LedgerTransaction, MoneyLeg } from '#shared/ledger/ledger.ts';
import type { SettlementRow } from './store.ts';

/** What the ledger remembers of a settlement of money alone: no row in the table is to be looked for. */
export const MONEY_ALONE: LedgerMemo = { lane: 'money' };

/** Whether the two stores say the same of a transaction (V4, and the ledger's part of V6). */
export interface Agreement {
  /** `UNDER_WAY`: they need not agree yet. */
  readonly state: 'AGREED' | 'UNDER_WAY' | 'DISAGREED';
  /** What they disagree in. */
  readonly complaints: readonly Disagreement[];
}

/** Whether one settled it and the other not (V4), or they took it for different requests (V6). */
export interface Disagreement {
  readonly invariant: 'V4' | 'V6';
  readonly text: string;
}

/**
 * Holds what the table says of a settlement against what the ledger says. A settlement that has ended was delivered if
 * and only if the ledger has committed it; what the ledger has committed has a row, unless it moved money alone or
 * never was a settlement.
 */
export function agreementOf(
  row: SettlementRow | undefined,
  decided: LedgerTransaction | undefined,
  transactionId: string,
): Agreement {
  const complaints = row ? rowComplaints(row, decided) : ledgerComplaints(transactionId, decided);
  if (complaints.length > 0) return { state: 'DISAGREED', complaints };
  return { state: row && !row.outcome ? 'UNDER_WAY' : 'AGREED', complaints };
}

function rowComplaints(row: SettlementRow, decided: LedgerTransaction | undefined): readonly Disagreement[] {
  const { transactionId: id, outcome, requestHash, money } = row;
  if (!decided) return outcome ? [v4(`${id} is ${outcome.state}, and the ledger has decided nothing`)] : [];
  const { state } = decided.decision;
  const isAbort = decided.operation === 'abort';
  return [
    ...(outcome && (outcome.state === 'DELIVERED') !== (state === 'COMMITTED')
      ? [v4(`${id} is ${outcome.state}, and the ledger says ${state}`)]
      : []),
    ...(!isAbort && decided.requestHash !== requestHash ? [v6(`${id} is another request in the ledger`)] : []),
    ...(!isAbort && legsText(decided.legs) !== legsText(money) ? [v6(`${id} moves other money in the ledger`)] : []),
  ];
}

function ledgerComplaints(id: string, decided: LedgerTransaction | undefined): readonly Disagreement[] {
  if (decided?.operation !== 'settle' || decided.decision.state !== 'COMMITTED') return [];
  if (decided.memo?.lane === MONEY_ALONE.lane) return [];
  return [v4(`${id} is COMMITTED in the ledger, and the table has no row of it`)];
}

function v4(text: string): Disagreement {
  return { invariant: 'V4', text };
}

function v6(text: string): Disagreement {
  return { invariant: 'V6', text };
}

function legsText(legs: readonly MoneyLeg[]): string {
  return legs.map(({ currency, from, to, amount }) => `${currency} ${from} ${to} ${amount}`).join('\n');
}
