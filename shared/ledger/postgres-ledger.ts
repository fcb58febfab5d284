import type { Client } from 'pg';
import { GameError } from '#shared/contract/errors.ts';
import { withBoundedRetry } from '#shared/kernel/bounded-retry.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
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
import { assertHold, assertLegs, counterpartiesOf } from './legs.ts';

/** Most to wait after each of 5 tries but the last. */
const BACKOFF_MS = [20, 40, 80, 160];
/** Serialisation failure and deadlock: the transaction left nothing, the same call may succeed. */
const PASSING = new Set(['40001', '40P01']);
const MISMATCH = 'LG004';

/**
 * The ledger in Postgres: one function call an operation, on one connection of this process, without any state of the
 * session, so that a proxy may share connections. A call that lost its connection is repeated on a new one: every
 * operation that decides is safe to repeat.
 */
export class PostgresLedger implements Ledger {
  private readonly connect: () => Promise<Client>;
  private connection: Promise<Client> | undefined;
  /** The last call: a connection serves one at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(connect: () => Promise<Client> = connectLedger) {
    this.connect = connect;
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
    const [row] = await this.query<{ decision: unknown }>('decideAbort', 'SELECT ledger.decide_abort($1) AS decision', [
      id,
    ]);
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
    const [row] = await this.query<{ count: number }>('expireHolds', 'SELECT ledger.expire_holds($1) AS count', [
      limit,
    ]);
    return row!.count;
  }

  reverse(request: ReverseRequest): Promise<LedgerDecision> {
    return this.decide(decisionCall('reverse', request));
  }

  async balancesOf(owner: PlayerOwner): Promise<readonly Balance[]> {
    const rows = await this.query<{ currency: string; posted: string; held: string; version: string }>(
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
    const rows = await this.query<HistoryRow>('historyOf', 'SELECT * FROM ledger.history($1, $2)', [
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
    const [row] = await this.query<{ txn: StoredTransaction | null }>(
      'decisionOf',
      'SELECT ledger.transaction($1) AS txn',
      [id],
    );
    return row?.txn ? transactionOf(row.txn) : undefined;
  }

  async decisionsOf(ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, LedgerTransaction>> {
    const rows = await this.query<{ txn: StoredTransaction }>('decisionsOf', 'SELECT ledger.transactions($1) AS txn', [
      ids,
    ]);
    return new Map(rows.map(({ txn }) => [txn.id, transactionOf(txn)]));
  }

  async holdOf(id: TransactionId): Promise<Hold | undefined> {
    const [row] = await this.query<{ hold: StoredHold | null }>('holdOf', 'SELECT ledger.hold_of($1) AS hold', [id]);
    return row?.hold ? holdFrom(row.hold) : undefined;
  }

  async openHoldsOf(owner: PlayerOwner, limit: number): Promise<readonly Hold[]> {
    const text = 'SELECT ledger.holds_of($1, $2) AS hold';
    const rows = await this.query<{ hold: StoredHold }>('openHoldsOf', text, [owner, limit]);
    return rows.map(({ hold }) => holdFrom(hold));
  }

  async supply(period?: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SupplyLine[]> {
    const rows = await this.query<Record<keyof SupplyLine, string>>('supply', 'SELECT * FROM ledger.supply($1, $2)', [
      period?.fromMs ?? null,
      period?.toMs ?? null,
    ]);
    return rows.map(({ account, currency, issued, taken }) => ({
      account: account as SupplyLine['account'],
      currency,
      issued: BigInt(issued),
      taken: BigInt(taken),
    }));
  }

  async untold(limit: number): Promise<readonly LedgerTransaction[]> {
    const rows = await this.query<{ txn: StoredTransaction }>('untold', 'SELECT ledger.untold($1) AS txn', [limit]);
    return rows.map(({ txn }) => transactionOf(txn));
  }

  async markTold(ids: readonly TransactionId[]): Promise<void> {
    await this.query('markTold', 'SELECT ledger.mark_told($1)', [ids]);
  }

  async auditDecided({ atMs, id }: DecidedCursor, toMs: number, limit: number): Promise<DecidedPage> {
    type Page = { readonly decided: readonly StoredTransaction[]; readonly problems: readonly string[] };
    const text = 'SELECT ledger.audit_decided($1, $2, $3, $4) AS page';
    const [row] = await this.query<{ page: Page }>('auditDecided', text, [atMs, id, toMs, limit]);
    return { decided: row!.page.decided.map(transactionOf), problems: row!.page.problems };
  }

  async auditAccounts(after: number, limit: number): Promise<AccountsPage> {
    const text = 'SELECT ledger.audit_accounts($1, $2) AS page';
    const [row] = await this.query<{ page: AccountsPage }>('auditAccounts', text, [after, limit]);
    return row!.page;
  }

  /** What is wrong with the stored state: nothing, or the ledger is broken. */
  async faults(): Promise<readonly string[]> {
    const rows = await this.query<{ fault: string }>('faults', 'SELECT ledger.faults() AS fault', []);
    return rows.map(({ fault }) => fault);
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    const open = this.connection;
    this.connection = undefined;
    await (await open?.catch(() => undefined))?.end();
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
    const [row] = await this.query<{ decision: unknown }>(name, text, values);
    return decisionOf(row!.decision);
  }

  private async query<Row>(operation: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await withBoundedRetry(() => this.ask<Row>(operation, text, values), isFinal, BACKOFF_MS);
    } catch (error) {
      if (isFinal(error)) throw error;
      throw new GameError('service.unavailable', {}, { retryAfterSeconds: 1, cause: error });
    }
  }

  /** One try. A connection that was lost is forgotten. */
  private async ask<Row>(operation: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await step(`ledger.${operation}`, () =>
        this.inTurn(async () => {
          const client = await this.client();
          const { rows } = await client.query({ name: operation, text, values: [...values] });
          return rows as Row[];
        }),
      );
    } catch (error) {
      if (codeOf(error) === MISMATCH) throw new LedgerMismatchError();
      if (!isFinal(error) && !PASSING.has(codeOf(error))) this.forget();
      throw error;
    }
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run);
    this.last = turn.catch(() => {});
    return turn;
  }

  private async client(): Promise<Client> {
    this.connection ??= this.connect().then((client) => {
      // A connection that breaks while it idles is no reason to end the process: the next call opens another.
      client.on('error', () => this.forget());
      return client;
    });
    try {
      return await this.connection;
    } catch (error) {
      this.connection = undefined;
      throw error;
    }
  }

  private forget(): void {
    const lost = this.connection;
    this.connection = undefined;
    lost?.then((client) => client.end()).catch(() => {});
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** Whether Postgres has answered, and would answer the same again. */
function isFinal(error: unknown): boolean {
  if (error instanceof LedgerMismatchError) return true;
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && !PASSING.has(code) && !isConnectionLost(code);
}

/** Class 08: connection; 57P: the server shuts down or starts. */
function isConnectionLost(code: string): boolean {
  return code.startsWith('08') || code.startsWith('57P');
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
