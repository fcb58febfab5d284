import { clock } from '#shared/kernel/clock.ts';
import type { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { pageOfHistory } from './history-page.ts';
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
  PlayerOwner,
  PostRequest,
  ReplaceHoldRequest,
  ReverseRequest,
  SupplyLine,
  SystemAccount,
  VoidRequest,
} from './ledger.ts';
import { assertHold, assertLegs } from './legs.ts';
import { MemoryBook } from './memory-book.ts';

/** The ledger's rules in memory, with the clock of the process: for tests and the simulator. */
export class MemoryLedger implements Ledger {
  /** What it keeps: checks, and bugs that are planted, have it in their hands. */
  readonly book: MemoryBook;

  constructor(book = new MemoryBook()) {
    this.book = book;
  }

  settle(request: LedgerRequest): Promise<LedgerDecision> {
    return step('ledger.settle', async () => {
      const known = this.book.standing(request, 'settle');
      if (known) return known;
      assertLegs(request.legs);
      return this.book.move({ ...request, operation: 'settle', tells: request.toldBy !== 'caller' });
    });
  }

  decideAbort(id: TransactionId): Promise<LedgerDecision> {
    return step('ledger.decideAbort', async () => {
      const known = this.book.transactions.get(id);
      if (known) return known.decision;
      const decision = { state: 'ABORTED' } as const;
      this.book.transactions.set(id, { id, operation: 'abort', legs: [], decidedAtMs: clock.nowMs(), decision });
      return decision;
    });
  }

  hold(request: HoldRequest): Promise<LedgerDecision> {
    return step('ledger.hold', async () => {
      const known = this.book.standing(request, 'hold');
      if (known) return known;
      assertHold(request);
      return this.book.reserve(request, undefined);
    });
  }

  replaceHold(request: ReplaceHoldRequest): Promise<LedgerDecision> {
    return step('ledger.replaceHold', async () => {
      const known = this.book.standing(request, 'hold');
      if (known) return known;
      assertHold(request);
      const open = this.book.openHold(request.replaces);
      if ('code' in open) return this.book.reject(request, 'hold', open);
      const decision = this.book.reserve(request, open);
      if (decision.state === 'COMMITTED') this.book.close(open, 'VOIDED');
      return decision;
    });
  }

  post(request: PostRequest): Promise<LedgerDecision> {
    return step('ledger.post', async () => {
      const hold = this.book.holds.get(request.holdId);
      const legs = hold
        ? request.to.map(({ to, amount }) => ({ currency: hold.currency, from: hold.owner, to, amount }))
        : [];
      const known = this.book.standing(request, 'post');
      if (known) return known;
      if (hold) assertLegs(legs);
      const open = this.book.openHold(request.holdId);
      if ('code' in open) return this.book.reject(request, 'post', open);
      if (legs.reduce((sum, { amount }) => sum + amount, 0n) > open.amount) {
        return this.book.reject(request, 'post', { code: 'ledger.hold_exceeded' });
      }
      const tells = request.toldBy !== 'caller';
      const decision = this.book.move({ ...request, operation: 'post', legs, tells, releases: open });
      if (decision.state === 'COMMITTED') this.book.close(open, 'POSTED');
      return decision;
    });
  }

  void(request: VoidRequest): Promise<LedgerDecision> {
    return step('ledger.void', async () => {
      const known = this.book.standing(request, 'void');
      if (known) return known;
      const open = this.book.openHold(request.holdId, { evenExpired: true });
      if ('code' in open) return this.book.reject(request, 'void', open);
      this.book.close(open, 'VOIDED');
      const balances = [this.book.balanceAfter(this.book.account(open.owner, open.currency), 0n)];
      return this.book.record(request, 'void', [], { state: 'COMMITTED', balances }, false);
    });
  }

  expireHolds(limit: number): Promise<number> {
    return step('ledger.expireHolds', async () => {
      const due = [...this.book.holds.values()].filter(
        ({ state, expiresAtMs }) => state === 'OPEN' && expiresAtMs <= clock.nowMs(),
      );
      for (const one of due.slice(0, limit)) this.book.close(one, 'EXPIRED');
      return Math.min(due.length, limit);
    });
  }

  reverse(request: ReverseRequest): Promise<LedgerDecision> {
    return step('ledger.reverse', async () => {
      const known = this.book.standing(request, 'reverse');
      if (known) return known;
      const original = this.book.transactions.get(request.reverses);
      const isMovement = original?.decision.state === 'COMMITTED' && original.legs.length > 0;
      if (!isMovement || original.operation === 'reverse') {
        return this.book.reject(request, 'reverse', { code: 'ledger.not_reversible' });
      }
      if (this.book.reversed.has(request.reverses)) {
        return this.book.reject(request, 'reverse', { code: 'ledger.already_reversed' });
      }
      const legs = original.legs.map(({ currency, from, to, amount }) => ({ currency, from: to, to: from, amount }));
      const decision = this.book.move({ ...request, operation: 'reverse', legs, tells: request.toldBy !== 'caller' });
      if (decision.state === 'COMMITTED') this.book.reversed.add(request.reverses);
      return decision;
    });
  }

  balancesOf(owner: PlayerOwner): Promise<readonly Balance[]> {
    return step('ledger.balancesOf', async () =>
      [...this.book.accounts.values()]
        .filter((account) => account.owner === owner && account.version > 0)
        .map(({ currency, posted, held, version }) => ({ currency, posted, held, version }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    );
  }

  historyOf(owner: PlayerOwner, query: HistoryQuery): Promise<LedgerHistory> {
    return step('ledger.historyOf', async () => pageOfHistory(this.book.entries.get(owner) ?? [], query));
  }

  decisionOf(id: TransactionId): Promise<LedgerTransaction | undefined> {
    return step('ledger.decisionOf', async () => this.book.transactions.get(id));
  }

  decisionsOf(ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, LedgerTransaction>> {
    return step('ledger.decisionsOf', async () => {
      const found = [...new Set(ids)].sort().flatMap((id) => this.book.transactions.get(id) ?? []);
      return new Map(found.map((one) => [one.id, one]));
    });
  }

  openHoldsOf(owner: PlayerOwner, limit: number): Promise<readonly Hold[]> {
    return step('ledger.openHoldsOf', async () =>
      [...this.book.holds.values()]
        .filter((hold) => hold.owner === owner && hold.state === 'OPEN')
        .sort((a, b) => a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map((hold) => ({ ...hold })),
    );
  }

  holdOf(id: TransactionId): Promise<Hold | undefined> {
    return step('ledger.holdOf', async () => {
      const found = this.book.holds.get(id);
      return found && { ...found };
    });
  }

  supply(period?: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SupplyLine[]> {
    return step('ledger.supply', async () => {
      const lines = new Map<string, { account: SystemAccount; currency: Slug; issued: bigint; taken: bigint }>();
      for (const { account, currency, amount, atMs } of this.book.system) {
        if (period && (atMs < period.fromMs || atMs >= period.toMs)) continue;
        const key = `${account}/${currency}`;
        const line = lines.get(key) ?? { account, currency, issued: 0n, taken: 0n };
        if (amount < 0n) line.issued -= amount;
        else line.taken += amount;
        lines.set(key, line);
      }
      return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
    });
  }

  untold(limit: number): Promise<readonly LedgerTransaction[]> {
    return step('ledger.untold', async () =>
      [...this.book.toTell].slice(0, limit).map((id) => this.book.transactions.get(id)!),
    );
  }

  markTold(ids: readonly TransactionId[]): Promise<void> {
    return step('ledger.markTold', async () => {
      for (const id of ids) this.book.toTell.delete(id);
    });
  }

  /** Its entries are made with their decision, so that what there is to check stands in the accounts. */
  auditDecided(after: DecidedCursor, toMs: number, limit: number): Promise<DecidedPage> {
    return step('ledger.auditDecided', async () => {
      const decided = [...this.book.transactions.values()]
        .filter(({ id, decidedAtMs }) => decidedAtMs < toMs && isAfter({ atMs: decidedAtMs, id }, after))
        .sort((a, b) => (isAfter({ atMs: a.decidedAtMs, id: a.id }, { atMs: b.decidedAtMs, id: b.id }) ? 1 : -1));
      return { decided: decided.slice(0, limit), problems: [] };
    });
  }

  auditAccounts(after: number, limit: number): Promise<AccountsPage> {
    return step('ledger.auditAccounts', async () => {
      const page = [...this.book.accounts.values()].slice(after, after + limit);
      const problems = page.flatMap(({ owner, currency, posted, held, version }, index) => {
        const latest = this.book.entries.get(owner)?.findLast((entry) => entry.currency === currency);
        const open = [...this.book.holds.values()]
          .filter((hold) => hold.owner === owner && hold.currency === currency && hold.state === 'OPEN')
          .reduce((sum, { amount }) => sum + amount, 0n);
        const name = `account ${after + index + 1} (${owner})`;
        const [balance, number] = [latest?.balance ?? 0n, latest?.version ?? 0];
        return [
          ...(posted === balance && version === number
            ? []
            : [`V2 ${name} has ${posted} at version ${version}, its entries say ${balance} at ${number}`]),
          ...(held === open && held <= posted
            ? []
            : [`V3 ${name} has ${held} held of ${posted}, its open holds are ${open}`]),
        ];
      });
      return { problems, ...(page.length > 0 ? { next: after + page.length } : {}) };
    });
  }

  /** Another ledger that stands where this one does; what either decides from now on is its own. */
  copy(): MemoryLedger {
    return new MemoryLedger(this.book.copy());
  }

  /** What was decided under an id, for checks: at once, and no step. */
  decided(id: string): LedgerTransaction | undefined {
    return this.book.transactions.get(id as TransactionId);
  }

  /** Everything, for checks. */
  audit() {
    return {
      accounts: [...this.book.accounts.values()].map((account) => ({ ...account })),
      transactions: [...this.book.transactions.values()],
      entries: [...this.book.entries].map(([owner, lines]) => ({ owner, lines: [...lines] })),
      system: [...this.book.system],
      holds: [...this.book.holds.values()].map((hold) => ({ ...hold })),
    };
  }
}

function isAfter(one: DecidedCursor, other: DecidedCursor): boolean {
  return one.atMs === other.atMs ? one.id > other.id : one.atMs > other.atMs;
}
