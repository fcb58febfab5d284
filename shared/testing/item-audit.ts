import {
  chainComplaints as chainComplaintsOf,
  linksOf,
  misfits,
  type Occupant,
  type Posting,
  placesOf,
  type StoredItems,
} from '#functions/inventory/public.ts';
import type { ItemId } from '#shared/kernel/ids.ts';
import { unpackJson } from '#shared/table/packed-json.ts';

type Row = Readonly<Record<string, unknown>>;

/** What an item's row and its postings say, as they stand in the table. */
interface ItemRow {
  readonly itemId: ItemId;
  readonly templateId: string;
  readonly holder: string;
  readonly container?: string;
  readonly slot?: number;
  readonly count: number;
  readonly ver: number;
}

/**
 * What is wrong with the items of a table (V1 and the items' part of V4): amounts that were doubled or lost, broken
 * custody chains, slots given twice, containers that disagree with what lies in them, escrow whose settlement is over.
 * Empty: all is well. May run at any moment between two transactions.
 */
export function itemComplaints(rows: readonly Row[]): readonly string[] {
  const of = (entity: string) => rows.filter((row) => row._et === entity);
  const items = of('Item') as unknown as readonly ItemRow[];
  const pending = of('Settlement').filter(({ state }) => state === 'PREPARED');
  const open = new Set(pending.map(({ transactionId }) => `esc.${transactionId}`));
  return [
    ...chainComplaints(items, rows.flatMap(linksOf)),
    ...slotComplaints(items, of('Bag'), pending.map(storedOf)),
    ...items
      .filter(({ holder }) => holder.startsWith('esc.') && !open.has(holder))
      .map(({ itemId, holder }) => `${itemId} is stuck in ${holder}`),
  ];
}

function storedOf({ content }: Row): StoredItems | undefined {
  return (unpackJson(content) as { items?: StoredItems }).items;
}

function chainComplaints(items: readonly ItemRow[], postings: readonly Posting[]): string[] {
  const chains = Map.groupBy(postings, ({ itemId }) => itemId);
  const complaints = items.flatMap((item) => [...chainComplaintsOf(item, chains.get(item.itemId) ?? [])]);
  const known = new Set(items.map(({ itemId }) => itemId));
  complaints.push(
    ...postings.filter(({ itemId }) => !known.has(itemId)).map(({ itemId }) => `${itemId} has postings and no row`),
  );
  for (const [cause, group] of Map.groupBy(postings, (posting) => posting.cause)) {
    const made = group.filter(({ from }) => from.startsWith('mint.'));
    const sum = (list: readonly Posting[]) => list.reduce((total, { change }) => total + change, 0);
    if (sum(group) !== sum(made)) complaints.push(`${cause} changed amounts by ${sum(group) - sum(made)}`);
  }
  return complaints;
}

/** A settlement under way keeps the places that its items have left, and those that they go to. */
function slotComplaints(
  items: readonly ItemRow[],
  bags: readonly Row[],
  pending: readonly (StoredItems | undefined)[],
): string[] {
  const lying = new Map<string, Occupant[]>();
  const note = (
    { holder, container, slot }: { readonly holder: string; readonly container?: string; readonly slot?: number },
    what: Omit<Occupant, 'slot'>,
  ) => {
    if (container === undefined || slot === undefined) return;
    const key = `${holder}/${container}`;
    lying.set(key, [...(lying.get(key) ?? []), { slot, ...what }]);
  };
  for (const item of items) note(item, { itemId: item.itemId });
  for (const stored of pending) {
    for (const place of stored ? placesOf(stored) : []) note(place as ItemRow, { keptBy: 'what is under way' });
  }
  const taken = new Map(
    bags.map((bag) => [
      `${bag.characterId}/${bag.container}`,
      new Set([...((bag.taken as ReadonlySet<number> | undefined) ?? [])].map(Number)),
    ]),
  );
  const containers = new Set([...lying.keys(), ...taken.keys()]);
  return [...containers].flatMap((key) => misfits(key, taken.get(key) ?? new Set(), lying.get(key) ?? []));
}
