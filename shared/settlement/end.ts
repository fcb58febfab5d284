import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { withBoundedRetry } from '#shared/kernel/bounded-retry.ts';
import { deriveId, type TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { type LedgerDecision, type LedgerMemo, type LedgerRequest, ledger } from '#shared/ledger/ledger.ts';
import type { Settlement } from './define-settlement.ts';
import { InDoubtError } from './in-doubt.ts';
import type { SettlementPorts } from './ports.ts';
import { alreadyEnded, endWrite, readSettlement, type SettlementOutcome, type SettlementRow } from './store.ts';

/** The ledger's word, or that the request could never be decided because it is none. */
type Verdict = LedgerDecision | { readonly state: 'IMPOSSIBLE'; readonly error: GameError };

/** Why a settlement was not delivered, before anybody is told. */
interface Refusal {
  readonly code: string;
  readonly facts: GameError['facts'];
}

function ledgerRequestOf(row: SettlementRow, memo: LedgerMemo | undefined): LedgerRequest {
  const { transactionId: id, requestHash, kind, reason, money: legs } = row;
  return { id, requestHash, kind, reason, legs, toldBy: 'caller', ...(memo ? { memo } : {}) };
}

/**
 * Asks the ledger for its decision on a prepared settlement, from the stored legs: whoever asks first decides, and
 * everybody hears the same. The ledger remembers `memo` beside it.
 * @throws InDoubtError when it does not answer; GameError `request.idempotency_mismatch` when the id is another's.
 */
export async function decide(row: SettlementRow, memo?: LedgerMemo): Promise<Verdict> {
  const ask = () => step('settlement.decide', () => ledger().settle(ledgerRequestOf(row, memo)));
  return reach(row.transactionId, ask);
}

/** Gives a settlement up, unless the ledger has decided it already; what stands is the answer. */
export async function decideAbort({ transactionId }: SettlementRow): Promise<Verdict> {
  return reach(transactionId, () => step('settlement.decide-abort', () => ledger().decideAbort(transactionId)));
}

async function reach(transactionId: TransactionId, ask: () => Promise<LedgerDecision>): Promise<Verdict> {
  try {
    return await withBoundedRetry(ask, isRefusal);
  } catch (error) {
    if (!isRefusal(error)) throw new InDoubtError(transactionId, { cause: error });
    if (error.code === 'request.idempotency_mismatch') throw error;
    return impossible(transactionId, error);
  }
}

/** The ledger took it for no request at all and recorded nothing: that it never happens is recorded now. */
async function impossible(transactionId: TransactionId, error: GameError): Promise<Verdict> {
  const abort = () => step('settlement.decide-abort', () => ledger().decideAbort(transactionId));
  const standing = await withBoundedRetry(abort, () => false).catch((cause: unknown) => {
    throw new InDoubtError(transactionId, { cause });
  });
  return standing.state === 'ABORTED' ? { state: 'IMPOSSIBLE', error } : standing;
}

function isRefusal(error: unknown): error is GameError {
  return error instanceof GameError && error.code !== 'service.unavailable';
}

/**
 * Ends a settlement by a decision, once: items go where it says, the domain does its part, and the reply of every
 * repetition is stored, all in one transaction that cannot be refused. Any number of workers may end the same one.
 * @throws InDoubtError when the table does not answer.
 */
export async function end<Leg>(
  ports: SettlementPorts<Leg>,
  settlement: Settlement,
  row: SettlementRow,
  verdict: Verdict,
  atMs: number,
): Promise<SettlementOutcome> {
  const { transactionId, actor, correlationId } = row;
  const { outcome, changes } =
    verdict.state === 'COMMITTED'
      ? delivery(ports, settlement, row, verdict, atMs)
      : giveBack(ports, settlement, row, refusalOf(verdict), atMs);
  const all = mergeChanges({ writes: [endWrite(transactionId, outcome, atMs)] }, changes);
  const attempt = async (): Promise<SettlementOutcome> => {
    const operation = createOperation({
      // Derived, so that its events have the same ids whoever ends it.
      id: deriveId('opr', transactionId),
      actor,
      correlationId,
      causationId: transactionId,
    });
    try {
      await step('settlement.end', () => operation.commit(all));
      return outcome;
    } catch (error) {
      if (!(error instanceof GameError && error.code === alreadyEnded)) throw error;
      return standing(transactionId);
    }
  };
  return withBoundedRetry(attempt, () => false).catch((cause: unknown) => {
    throw new InDoubtError(transactionId, { cause });
  });
}

function delivery<Leg>(
  ports: SettlementPorts<Leg>,
  settlement: Settlement,
  row: SettlementRow,
  decision: Extract<LedgerDecision, { readonly state: 'COMMITTED' }>,
  atMs: number,
): { readonly outcome: SettlementOutcome; readonly changes: Changes } {
  const { transactionId, actor } = row;
  const moved =
    row.items === undefined ? { items: [], changes: {} } : ports.items.deliver(transactionId, row.items, atMs);
  const { changes = {}, reply } = settlement.delivered({
    transactionId,
    actor,
    context: settlement.context.parse(row.context),
    items: moved.items,
    balances: decision.balances,
    atMs,
  });
  return {
    outcome: { state: 'DELIVERED', reply: reply ?? null },
    changes: mergeChanges(moved.changes, changes, ports.moneyMoved(row, decision)),
  };
}

function giveBack<Leg>(
  ports: SettlementPorts<Leg>,
  settlement: Settlement,
  row: SettlementRow,
  { code, facts }: Refusal,
  atMs: number,
): { readonly outcome: SettlementOutcome; readonly changes: Changes } {
  const { transactionId, actor } = row;
  const context = settlement.context.parse(row.context);
  const { changes = {} } = settlement.returned({ transactionId, actor, context, items: [], atMs }, code);
  const returned = row.items === undefined ? {} : ports.items.giveBack(transactionId, row.items, atMs);
  return { outcome: { state: 'RETURNED', code, facts }, changes: mergeChanges(returned, changes) };
}

function refusalOf(verdict: Exclude<Verdict, { readonly state: 'COMMITTED' }>): Refusal {
  switch (verdict.state) {
    case 'REJECTED':
      return { code: verdict.code, facts: verdict.currency === undefined ? {} : { currency: verdict.currency } };
    case 'IMPOSSIBLE':
      return { code: verdict.error.code, facts: verdict.error.facts };
    case 'ABORTED':
      return { code: 'settlement.aborted', facts: {} };
  }
}

/** The outcome of one that has ended. */
async function standing(transactionId: TransactionId): Promise<SettlementOutcome> {
  const row = await step('settlement.read', () => readSettlement(transactionId));
  if (!row?.outcome) throw new Error(`${transactionId} has ended, and its outcome cannot be read`);
  return row.outcome;
}
