import { currencies } from '#content/currencies.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { step } from '#shared/kernel/step.ts';
import { LedgerMismatchError, type LedgerRejectionCode } from './errors.ts';
import { pageOfHistory } from './history-page.ts';
import type {
  AccountsPage,
  Balance,
  BalanceAfter,
  DecidedCursor,
  DecidedPage,
  HistoryQuery,
  Hold,
  HoldRequest,
  Ledger,
  LedgerDecision,
  LedgerEntry,
  LedgerHistory,
  LedgerMemo,
  LedgerOwner,
  LedgerRequest,
  LedgerTransaction,
  MoneyLeg,
  PlayerOwner,
  PostRequest,
  ReplaceHoldRequest,
  ReverseRequest,
  SupplyLine,
  SystemAccount,
  VoidRequest,
} from './ledger.ts';
import { assertHold, assertLegs, counterpartiesOf, systemKindOf } from './legs.ts';

interface Account {
  readonly owner: LedgerOwner;
  readonly currency: Slug;
  posted: bigint;
  held: bigint;
  version: number;
}

interface StoredHold {
  readonly id: TransactionId;
  readonly owner: PlayerOwner;
  readonly currency: Slug;
  readonly amount: bigint;
  readonly expiresAtMs: number;
  state: Hold['state'];
}

/** What decides about money, and what is recorded with it. */
interface Movement {
  readonly id: TransactionId;
  readonly requestHash: string;
  readonly kind: Slug;
  readonly reason: string;
  readonly memo?: LedgerMemo | undefined;
  readonly operation: LedgerTransaction['operation'];
  readonly legs: readonly MoneyLeg[];
  readonly tells: boolean;
  /** A hold whose money is free for these legs. */
  readonly releases?: StoredHold | undefined;
}

type Rejection = { readonly code: LedgerRejectionCode; readonly owner?: PlayerOwner; readonly currency?: Slug };

/** The ledger's rules in memory, with the clock of the process: for tests and the simulator. */
export class MemoryLedger implements Ledger {
  private readonly accounts = new Map<string, Account>();
  private readonly transactions = new Map<TransactionId, LedgerTransaction>();
  private readonly entries = new Map<string, LedgerEntry[]>();
  private readonly system: { account: SystemAccount; currency: Slug; amount: bigint; atMs: number }[] = [];
  private readonly holds = new Map<TransactionId, StoredHold>();
  private readonly reversed = new Set<TransactionId>();
  private readonly toTell = new Set<TransactionId>();

  settle(request: LedgerRequest): Promise<LedgerDecision> {
    return step('ledger.settle', async () => {
      const known = this.standing(request, 'settle');
      if (known) return known;
      assertLegs(request.legs);
      return this.move({ ...request, operation: 'settle', tells: request.toldBy !== 'caller' });
    });
  }

  decideAbort(id: TransactionId): Promise<LedgerDecision> {
    return step('ledger.decideAbort', async () => {
      const known = this.transactions.get(id);
      if (known) return known.decision;
      const decision = { state: 'ABORTED' } as const;
      this.transactions.set(id, { id, operation: 'abort', legs: [], decidedAtMs: clock.nowMs(), decision });
      return decision;
    });
  }

  hold(request: HoldRequest): Promise<LedgerDecision> {
    return step('ledger.hold', async () => {
      const known = this.standing(request, 'hold');
      if (known) return known;
      assertHold(request);
      return this.reserve(request, undefined);
    });
  }

  replaceHold(request: ReplaceHoldRequest): Promise<LedgerDecision> {
    return step('ledger.replaceHold', async () => {
      const known = this.standing(request, 'hold');
      if (known) return known;
      assertHold(request);
      const open = this.openHold(request.replaces);
      if ('code' in open) return this.reject(request, 'hold', open);
      const decision = this.reserve(request, open);
      if (decision.state === 'COMMITTED') this.close(open, 'VOIDED');
      return decision;
    });
  }

  post(request: PostRequest): Promise<LedgerDecision> {
    return step('ledger.post', async () => {
      const hold = this.holds.get(request.holdId);
      const legs = hold
        ? request.to.map(({ to, amount }) => ({ currency: hold.currency, from: hold.owner, to, amount }))
        : [];
      const known = this.standing(request, 'post');
      if (known) return known;
      if (hold) assertLegs(legs);
      const open = this.openHold(request.holdId);
      if ('code' in open) return this.reject(request, 'post', open);
      if (legs.reduce((sum, { amount }) => sum + amount, 0n) > open.amount) {
        return this.reject(request, 'post', { code: 'ledger.hold_exceeded' });
      }
      const tells = request.toldBy !== 'caller';
      const decision = this.move({ ...request, operation: 'post', legs, tells, releases: open });
      if (decision.state === 'COMMITTED') this.close(open, 'POSTED');
      return decision;
    });
  }

  void(request: VoidRequest): Promise<LedgerDecision> {
    return step('ledger.void', async () => {
      const known = this.standing(request, 'void');
      if (known) return known;
      const open = this.openHold(request.holdId, { evenExpired: true });
      if ('code' in open) return this.reject(request, 'void', open);
      this.close(open, 'VOIDED');
      const balances = [this.balanceAfter(this.account(open.owner, open.currency), 0n)];
      return this.record(request, 'void', [], { state: 'COMMITTED', balances }, false);
    });
  }

  expireHolds(limit: number): Promise<number> {
    return step('ledger.expireHolds', async () => {
      const due = [...this.holds.values()].filter(
        ({ state, expiresAtMs }) => state === 'OPEN' && expiresAtMs <= clock.nowMs(),
      );
      for (const one of due.slice(0, limit)) this.close(one, 'EXPIRED');
      return Math.min(due.length, limit);
    });
  }

  reverse(request: ReverseRequest): Promise<LedgerDecision> {
    return step('ledger.reverse', async () => {
      const known = this.standing(request, 'reverse');
      if (known) return known;
      const original = this.transactions.get(request.reverses);
      const isMovement = original?.decision.state === 'COMMITTED' && original.legs.length > 0;
      if (!isMovement || original.operation === 'reverse') {
        return this.reject(request, 'reverse', { code: 'ledger.not_reversible' });
      }
      if (this.reversed.has(request.reverses)) {
        return this.reject(request, 'reverse', { code: 'ledger.already_reversed' });
      }
      const legs = original.legs.map(({ currency, from, to, amount }) => ({ currency, from: to, to: from, amount }));
      const decision = this.move({ ...request, operation: 'reverse', legs, tells: request.toldBy !== 'caller' });
      if (decision.state === 'COMMITTED') this.reversed.add(request.reverses);
      return decision;
    });
  }

  balancesOf(owner: PlayerOwner): Promise<readonly Balance[]> {
    return step('ledger.balancesOf', async () =>
      [...this.accounts.values()]
        .filter((account) => account.owner === owner && account.version > 0)
        .map(({ currency, posted, held, version }) => ({ currency, posted, held, version }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    );
  }

  historyOf(owner: PlayerOwner, query: HistoryQuery): Promise<LedgerHistory> {
    return step('ledger.historyOf', async () => pageOfHistory(this.entries.get(owner) ?? [], query));
  }

  decisionOf(id: TransactionId): Promise<LedgerTransaction | undefined> {
    return step('ledger.decisionOf', async () => this.transactions.get(id));
  }

  decisionsOf(ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, LedgerTransaction>> {
    return step('ledger.decisionsOf', async () => {
      const found = [...new Set(ids)].sort().flatMap((id) => this.transactions.get(id) ?? []);
      return new Map(found.map((one) => [one.id, one]));
    });
  }

  openHoldsOf(owner: PlayerOwner, limit: number): Promise<readonly Hold[]> {
    return step('ledger.openHoldsOf', async () =>
      [...this.holds.values()]
        .filter((hold) => hold.owner === owner && hold.state === 'OPEN')
        .sort((a, b) => a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map((hold) => ({ ...hold })),
    );
  }

  holdOf(id: TransactionId): Promise<Hold | undefined> {
    return step('ledger.holdOf', async () => {
      const found = this.holds.get(id);
      return found && { ...found };
    });
  }

  supply(period?: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SupplyLine[]> {
    return step('ledger.supply', async () => {
      const lines = new Map<string, { account: SystemAccount; currency: Slug; issued: bigint; taken: bigint }>();
      for (const { account, currency, amount, atMs } of this.system) {
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
    return step('ledger.untold', async () => [...this.toTell].slice(0, limit).map((id) => this.transactions.get(id)!));
  }

  markTold(ids: readonly TransactionId[]): Promise<void> {
    return step('ledger.markTold', async () => {
      for (const id of ids) this.toTell.delete(id);
    });
  }

  /** Its entries are made with their decision, so that what there is to check stands in the accounts. */
  auditDecided(after: DecidedCursor, toMs: number, limit: number): Promise<DecidedPage> {
    return step('ledger.auditDecided', async () => {
      const decided = [...this.transactions.values()]
        .filter(({ id, decidedAtMs }) => decidedAtMs < toMs && isAfter({ atMs: decidedAtMs, id }, after))
        .sort((a, b) => (isAfter({ atMs: a.decidedAtMs, id: a.id }, { atMs: b.decidedAtMs, id: b.id }) ? 1 : -1));
      return { decided: decided.slice(0, limit), problems: [] };
    });
  }

  auditAccounts(after: number, limit: number): Promise<AccountsPage> {
    return step('ledger.auditAccounts', async () => {
      const page = [...this.accounts.values()].slice(after, after + limit);
      const problems = page.flatMap(({ owner, currency, posted, held, version }, index) => {
        const latest = this.entries.get(owner)?.findLast((entry) => entry.currency === currency);
        const open = [...this.holds.values()]
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
    const copy = new MemoryLedger();
    for (const [key, account] of this.accounts) copy.accounts.set(key, { ...account });
    for (const [id, one] of this.transactions) copy.transactions.set(id, one);
    for (const [owner, lines] of this.entries) copy.entries.set(owner, lines);
    copy.system.push(...this.system);
    for (const [id, hold] of this.holds) copy.holds.set(id, { ...hold });
    for (const id of this.reversed) copy.reversed.add(id);
    for (const id of this.toTell) copy.toTell.add(id);
    return copy;
  }

  /** What was decided under an id, for checks: at once, and no step. */
  decided(id: string): LedgerTransaction | undefined {
    return this.transactions.get(id as TransactionId);
  }

  /** Everything, for checks. */
  audit() {
    return {
      accounts: [...this.accounts.values()].map((account) => ({ ...account })),
      transactions: [...this.transactions.values()],
      entries: [...this.entries].map(([owner, lines]) => ({ owner, lines: [...lines] })),
      system: [...this.system],
      holds: [...this.holds.values()].map((hold) => ({ ...hold })),
    };
  }

  private standing(
    { id, requestHash }: { readonly id: TransactionId; readonly requestHash: string },
    operation: LedgerTransaction['operation'],
  ): LedgerDecision | undefined {
    const known = this.transactions.get(id);
    if (!known) return undefined;
    if (known.decision.state === 'ABORTED') return known.decision;
    if (known.requestHash !== requestHash || known.operation !== operation) throw new LedgerMismatchError();
    return known.decision;
  }

  private account(owner: LedgerOwner, currency: Slug): Account {
    const key = `${owner}/${currency}`;
    let account = this.accounts.get(key);
    if (!account) {
      account = { owner, currency, posted: 0n, held: 0n, version: 0 };
      this.accounts.set(key, account);
    }
    return account;
  }

  private move(movement: Movement): LedgerDecision {
    const { id, legs, kind, reason, releases } = movement;
    const nets = netsOf(legs);
    const players = nets.filter(({ owner }) => systemKindOf(owner) === undefined);
    const rejection = this.refusalOf(players, releases);
    if (rejection) return this.reject(movement, movement.operation, rejection, legs);
    const atMs = clock.nowMs();
    if (releases) this.account(releases.owner, releases.currency).held -= releases.amount;
    const balances = players.map(({ owner, currency, net }) => {
      const account = this.account(owner, currency);
      account.posted += net;
      account.version += 1;
      const { version, posted: balance } = account;
      const counterparties = counterpartiesOf(owner, currency, legs);
      const line = { transactionId: id, currency, version, amount: net, balance, kind, reason, counterparties, atMs };
      this.entries.set(owner, [...(this.entries.get(owner) ?? []), line]);
      return this.balanceAfter(account, net);
    });
    for (const { owner, currency, net } of nets) {
      if (systemKindOf(owner) === undefined) continue;
      this.system.push({ account: owner as SystemAccount, currency, amount: net, atMs });
    }
    return this.record(movement, movement.operation, legs, { state: 'COMMITTED', balances }, movement.tells);
  }

  private refusalOf(
    players: readonly { owner: LedgerOwner; currency: Slug; net: bigint }[],
    releases: StoredHold | undefined,
  ): Rejection | undefined {
    let full: Rejection | undefined;
    for (const { owner: whose, currency, net } of players) {
      const owner = whose as PlayerOwner;
      const { posted, held } = this.account(owner, currency);
      const freed = releases?.owner === owner && releases.currency === currency ? releases.amount : 0n;
      if (net < 0n && posted + net < held - freed) return { code: 'ledger.insufficient_funds', owner, currency };
      if (net > 0n && posted + net > currencies.get(currency).cap) {
        full ??= { code: 'ledger.balance_limit', owner, currency };
      }
    }
    return full;
  }

  private reserve(request: HoldRequest, instead: StoredHold | undefined): LedgerDecision {
    const { id, owner, currency, amount, lifeMs } = request;
    const account = this.account(owner, currency);
    const freed = instead?.owner === owner && instead.currency === currency ? instead.amount : 0n;
    if (account.posted - account.held + freed < amount) {
      return this.reject(request, 'hold', { code: 'ledger.insufficient_funds', owner, currency });
    }
    account.held += amount;
    this.holds.set(id, { id, owner, currency, amount, state: 'OPEN', expiresAtMs: clock.nowMs() + lifeMs });
    const balances = [{ ...this.balanceAfter(account, 0n), held: account.held - freed }];
    return this.record(request, 'hold', [], { state: 'COMMITTED', balances }, false);
  }

  private openHold(id: TransactionId, { evenExpired = false } = {}): StoredHold | Rejection {
    const found = this.holds.get(id);
    if (!found) return { code: 'ledger.hold_not_found' };
    if (found.state === 'EXPIRED' || (!evenExpired && found.expiresAtMs <= clock.nowMs() && found.state === 'OPEN')) {
      return { code: 'ledger.hold_expired' };
    }
    return found.state === 'OPEN' ? found : { code: 'ledger.hold_not_open' };
  }

  private close(open: StoredHold, state: Hold['state']): void {
    open.state = state;
    if (state !== 'POSTED') this.account(open.owner, open.currency).held -= open.amount;
  }

  private balanceAfter({ owner, currency, posted, held, version }: Account, amount: bigint): BalanceAfter {
    return { owner: owner as PlayerOwner, currency, posted, held, amount, version };
  }

  private reject(
    request: Pick<Movement, 'id' | 'requestHash' | 'kind' | 'reason' | 'memo'>,
    operation: LedgerTransaction['operation'],
    rejection: Rejection,
    legs: readonly MoneyLeg[] = [],
  ): LedgerDecision {
    return this.record(request, operation, legs, { state: 'REJECTED', ...rejection }, false);
  }

  private record(
    { id, requestHash, kind, reason, memo }: Pick<Movement, 'id' | 'requestHash' | 'kind' | 'reason' | 'memo'>,
    operation: LedgerTransaction['operation'],
    legs: readonly MoneyLeg[],
    decision: LedgerDecision,
    tells: boolean,
  ): LedgerDecision {
    const told = { id, operation, requestHash, kind, reason, legs, decidedAtMs: clock.nowMs(), decision };
    this.transactions.set(id, { ...told, ...(memo ? { memo } : {}) });
    const concernsPlayers = decision.state === 'COMMITTED' && decision.balances.length > 0;
    if (tells && concernsPlayers) this.toTell.add(id);
    return decision;
  }
}

function isAfter(one: DecidedCursor, other: DecidedCursor): boolean {
  return one.atMs === other.atMs ? one.id > other.id : one.atMs > other.atMs;
}

/** What each account gains or loses, in the order in which accounts are locked; who breaks even is left alone. */
function netsOf(legs: readonly MoneyLeg[]): { owner: LedgerOwner; currency: Slug; net: bigint }[] {
  const nets = new Map<string, { owner: LedgerOwner; currency: Slug; net: bigint }>();
  const add = (owner: LedgerOwner, currency: Slug, amount: bigint) => {
    const key = `${owner}/${currency}`;
    const known = nets.get(key) ?? { owner, currency, net: 0n };
    known.net += amount;
    nets.set(key, known);
  };
  for (const { currency, from, to, amount } of legs) {
    add(from, currency, -amount);
    add(to, currency, amount);
  }
  return [...nets]
    .filter(([, { net }]) => net !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, net]) => net);
}
