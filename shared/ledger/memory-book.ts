import { currencies } from '#content/currencies.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { Slug, TransactionId } from '#shared/kernel/ids.ts';
import { LedgerMismatchError, type LedgerRejectionCode } from './errors.ts';
import type {
  BalanceAfter,
  Hold,
  HoldRequest,
  LedgerDecision,
  LedgerEntry,
  LedgerMemo,
  LedgerOwner,
  LedgerTransaction,
  MoneyLeg,
  PlayerOwner,
  SystemAccount,
} from './ledger.ts';
import { counterpartiesOf, systemKindOf } from './legs.ts';

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

/** What a ledger in memory keeps, and how a decision changes it: all of it, or nothing but that it was refused. */
export class MemoryBook {
  readonly accounts = new Map<string, Account>();
  readonly transactions = new Map<TransactionId, LedgerTransaction>();
  readonly entries = new Map<string, LedgerEntry[]>();
  readonly system: { account: SystemAccount; currency: Slug; amount: bigint; atMs: number }[] = [];
  readonly holds = new Map<TransactionId, StoredHold>();
  readonly reversed = new Set<TransactionId>();
  readonly toTell = new Set<TransactionId>();

  /** Another book that says the same; what is written into either from now on is its own. */
  copy(): MemoryBook {
    const copy = new MemoryBook();
    for (const [key, account] of this.accounts) copy.accounts.set(key, { ...account });
    for (const [id, one] of this.transactions) copy.transactions.set(id, one);
    for (const [owner, lines] of this.entries) copy.entries.set(owner, lines);
    copy.system.push(...this.system);
    for (const [id, hold] of this.holds) copy.holds.set(id, { ...hold });
    for (const id of this.reversed) copy.reversed.add(id);
    for (const id of this.toTell) copy.toTell.add(id);
    return copy;
  }

  /** What was decided under this id already. @throws LedgerMismatchError when it was another request. */
  standing(
    { id, requestHash }: { readonly id: TransactionId; readonly requestHash: string },
    operation: LedgerTransaction['operation'],
  ): LedgerDecision | undefined {
    const known = this.transactions.get(id);
    if (!known) return undefined;
    if (known.decision.state === 'ABORTED') return known.decision;
    if (known.requestHash !== requestHash || known.operation !== operation) throw new LedgerMismatchError();
    return known.decision;
  }

  /** Of this owner in this currency; one that did not exist is empty. */
  account(owner: LedgerOwner, currency: Slug): Account {
    const key = `${owner}/${currency}`;
    let account = this.accounts.get(key);
    if (!account) {
      account = { owner, currency, posted: 0n, held: 0n, version: 0 };
      this.accounts.set(key, account);
    }
    return account;
  }

  /** Moves money, or records why not: of several reasons that somebody has too little. */
  move(movement: Movement): LedgerDecision {
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

  /** Holds money back that is there, what `instead` holds included. */
  reserve(request: HoldRequest, instead: StoredHold | undefined): LedgerDecision {
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

  /** An open hold, or why it is none. */
  openHold(id: TransactionId, { evenExpired = false } = {}): StoredHold | Rejection {
    const found = this.holds.get(id);
    if (!found) return { code: 'ledger.hold_not_found' };
    if (found.state === 'EXPIRED' || (!evenExpired && found.expiresAtMs <= clock.nowMs() && found.state === 'OPEN')) {
      return { code: 'ledger.hold_expired' };
    }
    return found.state === 'OPEN' ? found : { code: 'ledger.hold_not_open' };
  }

  /** Ends a hold: what it held is free again, unless it was paid out. */
  close(open: StoredHold, state: Hold['state']): void {
    open.state = state;
    if (state !== 'POSTED') this.account(open.owner, open.currency).held -= open.amount;
  }

  /** The balance as a decision tells it that changed it by `amount`. */
  balanceAfter({ owner, currency, posted, held, version }: Account, amount: bigint): BalanceAfter {
    return { owner: owner as PlayerOwner, currency, posted, held, amount, version };
  }

  /** Records that a request was refused. */
  reject(
    request: Pick<Movement, 'id' | 'requestHash' | 'kind' | 'reason' | 'memo'>,
    operation: LedgerTransaction['operation'],
    rejection: Rejection,
    legs: readonly MoneyLeg[] = [],
  ): LedgerDecision {
    return this.record(request, operation, legs, { state: 'REJECTED', ...rejection }, false);
  }

  /** Records a decision under its id; `tells`: the outbox must hear of it. */
  record(
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
