import type { AccountId, CharacterId, GuildId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import type { LedgerRejectionCode } from './errors.ts';
import { PostgresLedger } from './postgres-ledger.ts';

/** Where money enters, leaves, waits, or is gathered as a fee; declared in `content/data/system-accounts.ts`. */
export type SystemAccount = `system.${'faucet' | 'sink' | 'fee' | 'escrow'}.${string}`;

/** Who can have money to spend. */
export type PlayerOwner = CharacterId | AccountId | GuildId;

export type LedgerOwner = PlayerOwner | SystemAccount;

/** One movement of money. Several legs of one account are summed before its funds are looked at. */
export interface MoneyLeg {
  readonly currency: Slug;
  readonly from: LedgerOwner;
  /** Not `from`. */
  readonly to: LedgerOwner;
  /** Minor units: 1 … `MAX_AMOUNT`. */
  readonly amount: bigint;
}

/** What a caller remembers beside a transaction, such as the trade that it belongs to: a small JSON object. */
export type LedgerMemo = Readonly<Record<string, string | number | boolean>>;

/** What every operation that decides something carries. */
interface Decisive {
  /** The idempotency key: whoever first has this id decided, decides it for ever. */
  readonly id: TransactionId;
  /** SHA-256 of what is asked for; another one under the same id is refused. `requestHashOf` makes it. */
  readonly requestHash: string;
  /** What kind of business this is, such as `trade`. */
  readonly kind: Slug;
  /** Cause, as a stable code such as `quest:first-steps`: in histories, events and reports. See `events/fields.ts`. */
  readonly reason: string;
  readonly memo?: LedgerMemo | undefined;
}

/**
 * Who tells of it by `CURRENCY_GAINED` and `CURRENCY_SPENT`. `ledger` (as when unset): `wallet`'s publishing, after the
 * decision. `caller`: the caller, with a commit of its own, by `currencyEvents`; a settlement does so.
 */
export type Teller = 'ledger' | 'caller';

export interface LedgerRequest extends Decisive {
  /** 1 … `MAX_LEGS`. */
  readonly legs: readonly MoneyLeg[];
  readonly toldBy?: Teller | undefined;
}

/** Reserves money of an owner: it stays theirs, and cannot be spent otherwise. The request's id names the hold. */
export interface HoldRequest extends Decisive {
  readonly owner: PlayerOwner;
  readonly currency: Slug;
  readonly amount: bigint;
  /** After so long, by the ledger's own clock, the hold is over; at most `MAX_HOLD_LIFE_MS`. */
  readonly lifeMs: number;
}

/** Frees one hold and makes another, both or neither: outbidding. */
export interface ReplaceHoldRequest extends HoldRequest {
  readonly replaces: TransactionId;
}

/** Pays out of a hold, once: what is not paid is free again. */
export interface PostRequest extends Decisive {
  readonly holdId: TransactionId;
  /** Together at most what is held. */
  readonly to: readonly { readonly to: LedgerOwner; readonly amount: bigint }[];
  readonly toldBy?: Teller | undefined;
}

/** Frees a hold, once. */
export interface VoidRequest extends Decisive {
  readonly holdId: TransactionId;
}

/** Moves everything that a transaction moved back, once. */
export interface ReverseRequest extends Decisive {
  readonly reverses: TransactionId;
  readonly toldBy?: Teller | undefined;
}

/** A player's account as a transaction left it. */
export interface BalanceAfter {
  readonly owner: PlayerOwner;
  readonly currency: Slug;
  readonly posted: bigint;
  readonly held: bigint;
  /** Signed, of this transaction; 0 when only the hold changed. */
  readonly amount: bigint;
  /** Number of the account's last entry. */
  readonly version: number;
}

/** What the ledger has decided, for ever: every repetition is answered the same. */
export type LedgerDecision =
  /** With every player's account touched, ordered by owner and currency. */
  | { readonly state: 'COMMITTED'; readonly balances: readonly BalanceAfter[] }
  /** With the account that was the cause, where it was one. */
  | {
      readonly state: 'REJECTED';
      readonly code: LedgerRejectionCode;
      readonly owner?: PlayerOwner;
      readonly currency?: Slug;
    }
  | { readonly state: 'ABORTED' };

/** A decided transaction, whole. */
export interface LedgerTransaction {
  readonly id: TransactionId;
  readonly operation: 'settle' | 'hold' | 'post' | 'void' | 'reverse' | 'abort';
  /** Unset for an abort. */
  readonly requestHash?: string;
  readonly kind?: Slug;
  readonly reason?: string;
  readonly legs: readonly MoneyLeg[];
  readonly memo?: LedgerMemo;
  /** Epoch milliseconds by the ledger's clock. */
  readonly decidedAtMs: number;
  readonly decision: LedgerDecision;
}

export interface Balance {
  readonly currency: Slug;
  readonly posted: bigint;
  readonly held: bigint;
  readonly version: number;
}

export interface HistoryQuery {
  readonly limit: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly currency?: Slug | undefined;
  readonly reasonPrefix?: string | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly fromMs?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  readonly toMs?: number | undefined;
  readonly direction?: 'in' | 'out' | undefined;
}

/** One line of an account's history. */
export interface LedgerEntry {
  readonly transactionId: TransactionId;
  readonly currency: Slug;
  readonly version: number;
  /** Signed. */
  readonly amount: bigint;
  /** Posted balance after it. */
  readonly balance: bigint;
  readonly kind: Slug;
  readonly reason: string;
  /** Who was on the other side of this owner's legs. */
  readonly counterparties: readonly LedgerOwner[];
  readonly atMs: number;
}

export interface LedgerHistory {
  /** Newest first; may be empty although there is more, when a filter finds little. */
  readonly entries: readonly LedgerEntry[];
  readonly nextCursor?: string;
}

export interface Hold {
  readonly id: TransactionId;
  readonly owner: PlayerOwner;
  readonly currency: Slug;
  readonly amount: bigint;
  readonly state: 'OPEN' | 'POSTED' | 'VOIDED' | 'EXPIRED';
  readonly expiresAtMs: number;
}

/** Money that one account of the system has issued or taken in a currency. */
export interface SupplyLine {
  readonly account: SystemAccount;
  readonly currency: Slug;
  /** Into players' hands. */
  readonly issued: bigint;
  /** Out of players' hands. */
  readonly taken: bigint;
}

/** Where a walk through the ledger's decisions has come to: instant and id of the last one. */
export interface DecidedCursor {
  readonly atMs: number;
  readonly id: string;
}

/** Decisions of a span of time, and what is wrong with them (V2). */
export interface DecidedPage {
  /** Oldest first. */
  readonly decided: readonly LedgerTransaction[];
  readonly problems: readonly string[];
}

/** What is wrong with some accounts (V2, V3), and where to go on; `next` unset: that was the last of them. */
export interface AccountsPage {
  readonly problems: readonly string[];
  readonly next?: number;
}

/**
 * The one arbiter of money. Each operation is one round trip and atomic; those that decide may be repeated at will.
 * All throw GameError `service.unavailable` when the ledger cannot be reached: then what happened is unknown, and a
 * repetition tells.
 */
export interface Ledger {
  /**
   * Moves money, or records why not.
   * @throws LedgerMismatchError; GameError `ledger.*` for a request that could never be right: nothing is recorded.
   */
  settle(request: LedgerRequest): Promise<LedgerDecision>;
  /** Decides that the transaction will not happen, unless it is decided already; answers what stands. */
  decideAbort(id: TransactionId): Promise<LedgerDecision>;
  /** @throws as `settle`. */
  hold(request: HoldRequest): Promise<LedgerDecision>;
  /** @throws as `settle`. */
  replaceHold(request: ReplaceHoldRequest): Promise<LedgerDecision>;
  /** @throws as `settle`. */
  post(request: PostRequest): Promise<LedgerDecision>;
  /** @throws LedgerMismatchError. */
  void(request: VoidRequest): Promise<LedgerDecision>;
  /** Frees at most `limit` holds whose time is over, by the ledger's clock; answers how many. */
  expireHolds(limit: number): Promise<number>;
  /** @throws LedgerMismatchError. */
  reverse(request: ReverseRequest): Promise<LedgerDecision>;

  /** Every currency that the owner has ever had, by its id. */
  balancesOf(owner: PlayerOwner): Promise<readonly Balance[]>;
  /** @throws InvalidCursorError. */
  historyOf(owner: PlayerOwner, query: HistoryQuery): Promise<LedgerHistory>;
  decisionOf(id: TransactionId): Promise<LedgerTransaction | undefined>;
  /** Those of at most 1,000 transactions that are decided. */
  decisionsOf(ids: readonly TransactionId[]): Promise<ReadonlyMap<TransactionId, LedgerTransaction>>;
  holdOf(id: TransactionId): Promise<Hold | undefined>;
  /** What an owner has reserved now, the earliest end first. */
  openHoldsOf(owner: PlayerOwner, limit: number): Promise<readonly Hold[]>;
  /** What each account of the system has issued and taken from one instant to another, or ever. */
  supply(period?: { readonly fromMs: number; readonly toMs: number }): Promise<readonly SupplyLine[]>;

  /** At most `limit` committed transactions, oldest first, of which nobody has told yet although the ledger is to. */
  untold(limit: number): Promise<readonly LedgerTransaction[]>;
  /** Notes that these are told. */
  markTold(ids: readonly TransactionId[]): Promise<void>;

  /** For the auditor: at most `limit` (1,000) decisions after the cursor and before `toMs`, by the ledger's clock. */
  auditDecided(after: DecidedCursor, toMs: number, limit: number): Promise<DecidedPage>;
  /** For the auditor: at most `limit` (1,000) accounts above this number, 0 to begin with. */
  auditAccounts(after: number, limit: number): Promise<AccountsPage>;
}

let current: Ledger | undefined;

/** The ledger of this process: Postgres, connected at the first call, unless another was put in its place. */
export function ledger(): Ledger {
  current ??= new PostgresLedger();
  return current;
}

/** Puts another ledger in place (tests, simulator) and returns the undo. */
export function useLedger(next: Ledger): () => void {
  const before = current;
  current = next;
  return () => {
    current = before;
  };
}
