import type { Changes } from '#shared/events/changes.ts';
import type { TransactionId } from '#shared/kernel/ids.ts';
import type { Write } from '#shared/table/write.ts';
import { endsByItself, escrowHolder, isSink, mintHolder } from './holders.ts';
import type { ItemInstance, Place } from './item.ts';
import { toLink } from './link.ts';
import { handsOf, nowhere, type Posting } from './plan.ts';
import type { EscrowedItem, PromisedItem, SlotsToFree, StoredItems } from './plan-escrow.ts';
import { listingOf } from './store.ts';
import { freeSlotsWrite } from './store-bags.ts';
import { handOverWrites } from './store-hand-overs.ts';
import { itemUpdate, itemWrites } from './store-writes.ts';

/** Which ending of which settlement. */
interface Ending {
  readonly transactionId: TransactionId;
  readonly reason: string;
  readonly atMs: number;
}

/** What becomes of one item, and the link that tells of it. */
interface Step {
  readonly writes: readonly Write[];
  readonly posting: Posting;
}

/** Items go from escrow to their destinations, and promised ones come into being there. */
export function deliveryWrites(stored: StoredItems, ending: Ending): Changes {
  const steps = [
    ...stored.escrowed.map((item) =>
      letGo(item, item.to, ending, newFacts(item, ending), handsOf(item.home.holder, item.to.holder)),
    ),
    ...stored.promised.map((item) => keepPromise(item, ending)),
  ];
  return {
    writes: [
      ...steps.flatMap(({ writes }) => writes),
      ...handOverWrites(steps.map(({ posting }) => posting)),
      ...frees(stored.freeOnDelivery),
    ],
  };
}

/** Items go back to where they were; what was reserved for them elsewhere is free again. */
export function returnWrites(stored: StoredItems, ending: Ending): Changes {
  return {
    writes: [
      ...stored.escrowed.flatMap((item) => letGo(item, item.home, ending, item.homeFacts ?? {}, {}).writes),
      ...frees(stored.freeOnReturn),
    ],
  };
}

/** An item that only comes back changed has been its holder's all the time. */
function newFacts({ home, to, newFacts }: EscrowedItem, { atMs }: Ending): Partial<ItemInstance> {
  return { ...newFacts, ...(home.holder === to.holder ? {} : { acquiredAtMs: atMs }) };
}

function letGo(
  item: EscrowedItem,
  place: Place,
  ending: Ending,
  change: Partial<ItemInstance>,
  hands: Pick<Posting, 'giver' | 'receiver'>,
): Step {
  const { itemId, templateId, count, ver } = item;
  const { transactionId, reason, atMs } = ending;
  const holder = escrowHolder(transactionId);
  const attributes = { ...nowhere, ...place, ...change, ver: ver + 1, ...listingOf(itemId, { ...place, ...change }) };
  const set = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  const posting: Posting = {
    itemId,
    ver: ver + 1,
    templateId,
    from: holder,
    to: place.holder,
    count,
    change: 0,
    reason,
    cause: transactionId,
    atMs,
    ...hands,
  };
  // What is out of the game expires no more, and what lies in a mail not of itself.
  const remove = isSink(place.holder) || endsByItself(place.holder) ? ['gsi2pk', 'gsi2sk'] : [];
  const update = itemUpdate({ itemId, ver, holder }, { set, remove, link: toLink(posting), isFirst: false });
  return { writes: [update], posting };
}

function keepPromise({ to, ...promised }: PromisedItem, { transactionId, reason, atMs }: Ending): Step {
  const after: ItemInstance = { ...promised, ...to, ver: 1, acquiredAtMs: atMs };
  const { itemId, templateId, count, origin } = promised;
  const from = mintHolder(origin);
  const posting: Posting = {
    itemId,
    ver: 1,
    templateId,
    from,
    to: to.holder,
    count,
    change: count,
    reason,
    cause: transactionId,
    atMs,
    ...handsOf(from, to.holder),
  };
  return { writes: itemWrites({ before: undefined, after, from }, posting), posting };
}

function frees(slots: readonly SlotsToFree[]): Write[] {
  return slots.map(freeSlotsWrite);
}
