import type { MemoryLedger } from '#shared/ledger/memory-ledger.ts';
import { unpackJson } from '#shared/table/packed-json.ts';

type Row = Readonly<Record<string, unknown>>;

/** Settlements that are under way: after healing there are none within the time that V5 gives. */
export function unfinished(rows: readonly Row[]): readonly string[] {
  return rows
    .filter(({ _et, state }) => _et === 'Settlement' && state === 'PREPARED')
    .map(({ transactionId, kind }) => `${kind} ${transactionId} has not ended`);
}

/**
 * V4: table and ledger agree. Each settlement that was delivered is committed in the ledger with the stored legs, each
 * that was returned is not; and no transaction of the ledger is without its settlement, but for what is money alone.
 * @param ofMoneyAlone kinds of transactions that have no row.
 */
export function agreementComplaints(
  rows: readonly Row[],
  transactions: ReturnType<MemoryLedger['audit']>['transactions'],
  ofMoneyAlone: ReadonlySet<string>,
): readonly string[] {
  const decided = new Map<string, (typeof transactions)[number]>(transactions.map((one) => [one.id, one]));
  const settlements = rows.filter(({ _et }) => _et === 'Settlement');
  const known = new Set(settlements.map(({ transactionId }) => String(transactionId)));
  return [
    ...settlements.flatMap(({ transactionId, state, content }) => {
      const id = String(transactionId);
      const one = decided.get(id);
      if (state === 'PREPARED') return [];
      if (!one) return [`${id} is ${state}, and the ledger knows nothing of it`];
      const isCommitted = one.decision.state === 'COMMITTED';
      if (isCommitted !== (state === 'DELIVERED')) return [`${id} is ${state}, the ledger says ${one.decision.state}`];
      return isCommitted && legsOf(one.legs) !== legsOf((unpackJson(content) as { money: Leg[] }).money)
        ? [`the ledger moved other money for ${id} than was stored`]
        : [];
    }),
    ...transactions
      .filter(
        ({ id, kind, decision }) => decision.state === 'COMMITTED' && !known.has(id) && !ofMoneyAlone.has(kind ?? ''),
      )
      .map(({ id, kind }) => `the ledger has committed ${kind} ${id}, of which the table knows nothing`),
  ];
}

interface Leg {
  readonly currency: string;
  readonly from: string;
  readonly to: string;
  readonly amount: string | bigint;
}

function legsOf(legs: readonly Leg[]): string {
  return legs.map(({ currency, from, to, amount }) => `${currency} ${from} ${to} ${amount}`).join('; ');
}
