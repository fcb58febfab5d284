import { chainComplaints, escrowedBy, type ItemInstance, isSink, type Posting } from '#functions/inventory/public.ts';

/** Numbers of what a walk through the table has met. */
export interface WalkCounts {
  readonly rows: number;
  readonly items: number;
  readonly settlements: number;
  /** Pieces that were made, by the first links of chains. */
  readonly minted: number;
  /** Pieces where they are now; they add up to what was minted but for what moved meanwhile. */
  readonly live: number;
  readonly escrowed: number;
  readonly sunk: number;
}

/** A walk through the whole table, from its beginning to where it has come. */
export interface Walk {
  /** 1 for the first. */
  readonly number: number;
  readonly startedAtMs: number;
  /** The last row that it has dealt with; unset: it is at the beginning. */
  readonly at?: { readonly pk: string; readonly sk: string } | undefined;
  readonly counts: WalkCounts;
  /**
   * By template, what splits and merges have added less what they have taken; of postings that were there before the walk
   * began, so that every one of them is met exactly once. At the end all of it is 0, or pieces were made from nothing.
   */
  readonly drift: Readonly<Record<string, number>>;
}

const none: WalkCounts = { rows: 0, items: 0, settlements: 0, minted: 0, live: 0, escrowed: 0, sunk: 0 };

/** Operations say when they happened by their own clock, and are written within this. */
export const SETTLED_AFTER_MS = 600_000;

/** A walk that begins. */
export function newWalk(number: number, startedAtMs: number): Walk {
  return { number, startedAtMs, counts: none, drift: {} };
}

/** An item's rows as the walk has met them: they stand together. */
export interface ItemRows {
  readonly itemId: string;
  readonly item: ItemInstance | undefined;
  readonly postings: readonly Posting[];
}

/**
 * Adds an item to a walk. `isSuspect`: its rows do not fit, or it is in a settlement's hands; the rows were not read at
 * one moment, so that this is no complaint yet.
 */
export function withItem(walk: Walk, rows: ItemRows): { readonly walk: Walk; readonly isSuspect: boolean } {
  const { item, postings } = rows;
  const drift = { ...walk.drift };
  let { minted } = walk.counts;
  for (const { from, change, templateId, atMs } of postings) {
    if (from.startsWith('mint.')) minted += change;
    else if (change !== 0 && atMs < walk.startedAtMs - SETTLED_AFTER_MS) {
      const sum = (drift[templateId] ?? 0) + change;
      if (sum === 0) delete drift[templateId];
      else drift[templateId] = sum;
    }
  }
  const { counts } = walk;
  const where = !item ? undefined : isSink(item.holder) ? 'sunk' : escrowedBy(item.holder) ? 'escrowed' : 'live';
  return {
    walk: {
      ...walk,
      drift,
      counts: {
        ...counts,
        items: counts.items + 1,
        minted,
        ...(where && item ? { [where]: counts[where] + item.count } : {}),
      },
    },
    isSuspect: !item || escrowedBy(item.holder) !== undefined || chainComplaints(item, postings).length > 0,
  };
}

/** What a walk that has come to its end says of the whole: nothing was made by splitting and merging. */
export function driftComplaints({ drift }: Walk): readonly string[] {
  return Object.entries(drift).map(
    ([templateId, sum]) => `splits and merges of ${templateId} have made ${sum} of them`,
  );
}
