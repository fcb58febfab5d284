import type { StoredItems } from '#functions/inventory/public.ts';
import { unpackJson } from '#shared/table/packed-json.ts';
import { type Row, settlementsIn } from './value-stores.ts';

/** How many there are of each kind of item. */
export type Amounts = ReadonlyMap<string, number>;

/** Pieces that there are, wherever they are. */
export function amountsIn(rows: readonly Row[]): Amounts {
  return summed(rows.filter(({ _et }) => _et === 'Item') as unknown as readonly Pieces[]);
}

/** What playing has made: the goods of purchases that were delivered, and the slots of drops that were taken. */
export function madeIn(rows: readonly Row[]): Amounts {
  const bought = settlementsIn(rows, 'DELIVERED')
    .filter(({ kind }) => kind === 'vendor-purchase')
    .flatMap(({ content }) => (unpackJson(content) as { items: StoredItems }).items.promised);
  const looted = rows
    .filter(({ _et }) => _et === 'Drop')
    .flatMap(({ slots }) => slots as readonly (Pieces & { readonly state: string })[])
    .filter(({ state }) => state === 'AWARDED');
  return summed([...bought, ...looted]);
}

/** What is wrong with how many there are now, by what there was and what was made since. */
export function amountComplaints(rows: readonly Row[], before: Amounts): readonly string[] {
  const [now, made] = [amountsIn(rows), madeIn(rows)];
  const expected = (templateId: string) => (before.get(templateId) ?? 0) + (made.get(templateId) ?? 0);
  return [...new Set([...now.keys(), ...before.keys(), ...made.keys()])]
    .filter((templateId) => (now.get(templateId) ?? 0) !== expected(templateId))
    .map((id) => `of ${id} there must be ${expected(id)}, and there are ${now.get(id) ?? 0}`);
}

interface Pieces {
  readonly templateId: string;
  readonly count: number;
}

function summed(all: readonly Pieces[]): Amounts {
  const amounts = new Map<string, number>();
  for (const { templateId, count } of all) amounts.set(templateId, (amounts.get(templateId) ?? 0) + Number(count));
  return amounts;
}
