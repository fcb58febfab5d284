import type * as z from 'zod';
import type { Quality } from '#content/quality.ts';
import type { EventActor } from '#shared/contract/event.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { ItemId, Slug, TransactionId } from '#shared/kernel/ids.ts';
import type { BalanceAfter } from '#shared/ledger/ledger.ts';

/** An item that a settlement moves or makes, where it arrives. */
export interface SettledItem {
  readonly itemId: ItemId;
  readonly templateId: Slug;
  readonly quality: Quality;
  readonly count: number;
  readonly place: {
    readonly holder: string;
    readonly container?: string | undefined;
    readonly slot?: number | undefined;
  };
}

/** A settlement that is about to end, as its domain sees it. Everything was stored when it began. */
export interface Ending<Context> {
  readonly transactionId: TransactionId;
  readonly actor: EventActor;
  readonly context: Context;
  readonly items: readonly SettledItem[];
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** One that has come about, with the accounts of players that it touched. */
export interface Delivery<Context> extends Ending<Context> {
  readonly balances: readonly BalanceAfter[];
}

/** How one kind of business ends. Both endings are total: they decide nothing, read nothing and refuse nothing. */
export interface Settlement<Context = unknown, Reply = unknown> {
  /** Names the kind in stored rows: permanent. */
  readonly name: Slug;
  /** What the endings need to know, stored as JSON when the settlement begins. */
  readonly context: z.ZodType<Context>;
  /**
   * What becomes of one whose worker is gone before the ledger was asked. `abort`: it is given up; the player may try
   * again. `complete`: the ledger is asked after all, because nobody would try again.
   */
  readonly whenInDoubt: 'abort' | 'complete';
  /** The domain's part of the good ending, in the transaction that delivers, and the reply of every repetition. */
  delivered(ending: Delivery<Context>): { readonly changes?: Changes; readonly reply: Reply };
  /** Its part of the other ending; the caller is refused with `code`. */
  returned(ending: Ending<Context>, code: string): { readonly changes?: Changes };
}

/** Declares how a kind of settlement ends; `functions/settlement/kinds.ts` lists it for the sweeper. */
export function defineSettlement<Context, Reply>(
  spec: Omit<Settlement<Context, Reply>, 'whenInDoubt' | 'returned'> &
    Partial<Pick<Settlement<Context, Reply>, 'whenInDoubt' | 'returned'>>,
): Settlement<Context, Reply> {
  return { whenInDoubt: 'abort', returned: () => ({}), ...spec };
}
