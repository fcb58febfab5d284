import type { ItemId, Slug } from '#shared/kernel/ids.ts';
import { escrowHolder, type Holder } from './holders.ts';
import type { Posting } from './plan.ts';

/** Stands for the settlement's own escrow in its links. */
const OWN_ESCROW = 'esc';
/** Stands for the holder that had it before. */
const SAME = '';

/**
 * A link of a chain as it is stored: a list, since an item's row has room for several of them within one unit of
 * capacity. What it repeats is left out.
 */
export type StoredLink = readonly [
  ver: number,
  count: number,
  change: number,
  from: string,
  to: string,
  reason: string,
  cause: string,
  atMs: number,
];

export function toLink({ ver, count, change, from, to, reason, cause, atMs }: Posting): StoredLink {
  const short = (holder: Holder) => (holder === `esc.${cause}` ? OWN_ESCROW : holder);
  return [ver, count, change, short(from), from === to ? SAME : short(to), reason, cause, atMs];
}

export function fromLink(of: { readonly itemId: ItemId; readonly templateId: Slug }, link: StoredLink): Posting {
  const [ver, count, change, from, to, reason, cause, atMs] = link;
  const whole = (holder: string): Holder =>
    holder === OWN_ESCROW ? escrowHolder(cause as Parameters<typeof escrowHolder>[0]) : holder;
  const { itemId, templateId } = of;
  return {
    ...{ itemId, templateId, ver, count, change, reason, cause, atMs },
    from: whole(from),
    to: whole(to === SAME ? from : to),
  };
}
