import type { Client } from 'pg';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { connectLedger } from './connection.ts';
import { type DecisionCall, type Decisive, decisionCall, type Operation, settleCall, toJson } from './decision-call.ts';
import { LedgerMismatchError } from './errors.ts';
import { decodeHistoryCursor, encodeHistoryCursor } from './history-page.ts';
import type {
  AccountsPage,
  Balance,
  DecidedCursor,
  DecidedPage,
  HistoryQuery,
  Hold,
  HoldRequest,
  Ledger,
  LedgerDecision,
  LedgerHistory,
  LedgerRequest,
  LedgerTransaction,
  MoneyLeg,
  PlayerOwner,
  PostRequest,
  ReplaceHoldRequest,
  ReverseRequest,
  SupplyLine,
  VoidRequest,
} from './ledger.ts';
import { LedgerLine } from './ledger-line.ts';
import { assertHold, assertLegs, counterpartiesOf } from './legs.ts';

/** The ledger in Postgres: one function call an operation. */
export class PostgresLedger implements Ledger {
  private readonly line: LedgerLine;

  constructor(connect: () => Promise<Client> = connectLedger) {
    this.line = new LedgerLine(connect);
  }

  settle(request: LedgerRequest): Promise<LedgerDecision> {
    return this.decideIf(
      () => assertLegs(request.legs),
      'settle',
      request,
      () => settleCall(request),
    );
  }

  async decideAbort(id: TransactionId): Promise<LedgerDecision> {
    const [row] = await this.line.query<{ decision: unknown }>(
      'decideAbort',
      'SELECT ledger.decide_abort($1) AS decision',
      [id],
    );
    return decisionOf(row!.decision);
  }

  async hold(request: HoldRequest): Promise<LedgerDecision> {
    return this.decideIf(() => assertHold(request), 'hold', request);
  }

  async replaceHold(request: ReplaceHoldRequest): Promise<LedgerDecision> {
    return this.decideIf(() => assertHold(request), 'hold', request);
  }

  async post(request: PostRequest): Promise<LedgerDecision> {
    const { owner: from, currency } = (await this.holdOf(request.holdId)) ?? {};
    const assertPart = () => {
      if (from && currency) assertLegs(request.to.map(({ to, amount }) => ({ currency, from, to, amount })));
    };
    return this.decideIf(assertPart, 'post', request);
  }

  void(request: VoidRequest): Promise<LedgerDecision> {
    return this.decide(decisionCall('void', request));
  }

  async expireHolds(limit: number): Promise<number> {
    const [row] = await this.line.query<{ count: number }>('expireHolds', 'SELECT ledger.expire_holds($1) AS count', [
      limit,
    ]);
    return row!.count;
  }

  reverse(request: ReverseRequest): Promise<LedgerDecision> {
    return this.decide(decisionCall('reverse', request));
  }

  async balancesOf(owner: PlayerOwner): Promise<readonly Balance[]> {
    const rows = await this.line.query<{ currency: string; posted: string; held: string; version: string }>(
      'balancesOf',
      'SELECT * FROM ledger.balances($1)',
      [owner],
    );
    return rows.map(({ currency, posted, held, version }) => ({
      currency,
      posted: BigInt(posted),
      held: BigInt(held),
      version: Number(version),
    }));
  }

  async historyOf(owner: PlayerOwner, query: HistoryQuery): Promise<LedgerHistory> {
    const { cursor, limit, ...filters } = query;
    const after = cursor === undefined ? undefined : decodeHistoryCursor(cursor);
    const rows = await this.line.query<HistoryRow>('historyOf', 'SELECT * FROM ledger.history($1, $2)', [
      owner,
      toJson({ ...filters, after, limit: limit + 1 }),
    ]);
    const entries = rows.slice(0, limit).map((row) => ({
      transactionId: row.txn as TransactionId,
      currency: row.currency,
      version: Number(row.version),
      amount: BigInt(row.amount),
      balance: BigInt(row.balance),
      kind: row.kind,
      reason: row.reason,
      counterparties: counterpartiesOf(owner, row.currency, legsOf(row.legs)),
      atMs: Number(row.at_ms),
    }));
    const last = entries.at(-1);
    return { entries, ...(last && rows.length > entries.length ? { nextCursor: encodeHistoryCursor(last) } : {}) };
  }

  async decisionOf(id: TransactionId): Promise<LedgerTransaction | undefined> {
    const [row] = await this.line.query<{ txn: StoredTransaction | null }>(
      'decisionOf',
      'SELECT ledger.transaction($1) AS txn',
      [id],
    );
    return row?.txn ? transactionOf(row.txn) : undefined;
  }

  async decisionsOf(ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, LedgerTransaction>> {
    const rows = await this.line.query<{ txn: StoredTransaction }>(
      'decisionsOf',
      'SELECT ledger.transactions($1) AS txn',
      [ids],
    );
    return new Map(rows.map(({ txn }) => [txn.id, transactionOf(txn)]));
  }

  async holdOf(id: TransactionId): Promise<Hold | undefined> {
    const [row] = await this.line.query<{ hold: StoredHold | null }>('holdOf', 'SELECT ledger.hold_of($1) AS hold', [
      id,
    ]);
    return row?.hold ? holdFrom(row.hold) : undefined;
  }

  async openHoldsOf(owner: PlayerOwner, limit: number): Promise<readonly Hold[]> {
    const text = 'SELECT ledger.holds_of($1, $2) AS hold';
    const rows = await this.line.query<{ hold: StoredHold }>('openHoldsOf', text, [owner, limit]);
    return rows.map(({ hold }) => holdFrom(hold));
  }

  async supply(period?: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SupplyLine[]> {
    const rows = await this.line.query<Record<keyof SupplyLine, string>>(
      'supply',
      'SELECT * FROM ledger.supply($1, $2)',
      [period?.fromMs ?? null, period?.toMs ?? null],
    );
    return rows.map(({ account, currency, issued, taken }) => ({
      account: account as SupplyLine['account'],
      currency,
      issued: BigInt(issued),
      taken: BigInt(taken),
    }));
  }

  async untold(limit: number): Promise<readonly LedgerTransaction[]> {
    const rows = await this.line.query<{ txn: StoredTransaction }>('untold', 'SELECT ledger.untold($1) AS txn', [
      limit,
    ]);
    return rows.map(({ txn }) => transactionOf(txn));
  }

  async markTold(ids: readonly TransactionId[]): Promise<void> {
    await this.line.query('markTold', 'SELECT ledger.mark_told($1)', [ids]);
  }

  async auditDecided({ atMs, id }: DecidedCursor, toMs: number, limit: number): Promise<DecidedPage> {
    type Page = { readonly decided: readonly StoredTransaction[]; readonly problems: readonly string[] };
    const text = 'SELECT ledger.audit_decided($1, $2, $3, $4) AS page';
    const [row] = await this.line.query<{ page: Page }>('auditDecided', text, [atMs, id, toMs, limit]);
    return { decided: row!.page.decided.map(transactionOf), problems: row!.page.problems };
  }

  async auditAccounts(after: number, limit: number): Promise<AccountsPage> {
    const text = 'SELECT ledger.audit_accounts($1, $2) AS page';
    const [row] = await this.line.query<{ page: AccountsPage }>('auditAccounts', text, [after, limit]);
    return row!.page;
  }

  /** What is wrong with the stored state: nothing, or the ledger is broken. */
  async faults(): Promise<readonly string[]> {
    const rows = await this.line.query<{ fault: string }>('faults', 'SELECT ledger.faults() AS fault', []);
    return rows.map(({ fault }) => fault);
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    await this.line.close();
  }

  /** Decides, unless the request could never be right and nothing stands under its id. */
  private async decideIf(
    assert: () => void,
    operation: Operation,
    request: Decisive,
    call: () => DecisionCall = () => decisionCall(operation, request),
  ): Promise<LedgerDecision> {
    try {
      assert();
    } catch (refusal) {
      // What is decided stands, whatever could be said of it now: content goes away, and a hold may come later.
      const standing = await this.decisionOf(request.id);
      if (!standing) throw refusal;
      const isSame = standing.operation === operation && standing.requestHash === request.requestHash;
      if (!isSame && standing.operation !== 'abort') throw new LedgerMismatchError();
      return standing.decision;
    }
    return this.decide(call());
  }

  private async decide({ name, text, values }: DecisionCall): Promise<LedgerDecision> {
    const [row] = await this.line.query<{ decision: unknown }>(name, text, values);
    return decisionOf(row!.decision);
  }
}

interface HistoryRow {
  readonly txn: string;
  readonly currency: string;
  readonly version: string;
  readonly amount: string;
  readonly balance: string;
  readonly kind: string;
  readonly reason: string;
  readonly legs: readonly StoredLeg[];
  readonly at_ms: string;
}

type StoredLeg = Omit<MoneyLeg, 'amount'> & { readonly amount: string };
type StoredTransaction = Omit<LedgerTransaction, 'legs' | 'decision'> & {
  readonly legs: readonly StoredLeg[];
  readonly decision: unknown;
};

type StoredHold = Omit<Hold, 'amount'> & { readonly amount: string };

function holdFrom(stored: StoredHold): Hold {
  return { ...stored, amount: BigInt(stored.amount) };
}

function legsOf(legs: readonly StoredLeg[]): readonly MoneyLeg[] {
  return legs.map((leg) => ({ ...leg, amount: BigInt(leg.amount) }));
}

function transactionOf({ legs, decision, ...rest }: StoredTransaction): LedgerTransaction {
  return { ...rest, legs: legsOf(legs), decision: decisionOf(decision) };
}

function decisionOf(stored: unknown): LedgerDecision {
  const decision = stored as LedgerDecision;
  if (decision.state !== 'COMMITTED') return decision;
  const balances = decision.balances.map(({ posted, held, amount, ...rest }) => ({
    ...rest,
    posted: BigInt(posted),
    held: BigInt(held),
    amount: BigInt(amount),
  }));
  return { state: 'COMMITTED', balances };
}
