import type { Sabotage } from '../sabotage.ts';
import type { PlantedBug } from './planted-bug.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Rows whose keys begin so are read as they were a moment ago: only where indexes and replicas lag does it show. */
function stale(prefix: string): Sabotage {
  const isMeant = (key: unknown) => String((key as Fields | undefined)?.pk).startsWith(prefix);
  return (operation, input, send) => {
    if (operation === 'GetItem' && isMeant(input.Key)) return send({ ...input, ConsistentRead: false });
    if (operation !== 'BatchGetItem') return send(input);
    const tables = Object.entries(input.RequestItems as Readonly<Record<string, { readonly Keys: readonly Fields[] }>>);
    const RequestItems = Object.fromEntries(
      tables.map(([table, asked]) => [table, asked.Keys.some(isMeant) ? { ...asked, ConsistentRead: false } : asked]),
    );
    return send({ ...input, RequestItems });
  };
}

/** Whoever finds such a row in an index notes on it that they have looked, and writes it as they have found it. */
function rewritten(index: string, prefix: string): Sabotage {
  return async (operation, input, send, memory) => {
    const found = await send(input);
    if (operation !== 'Query' || input.IndexName !== index) return found;
    for (const row of (found as { readonly Items?: readonly Fields[] }).Items ?? []) {
      if (!String(row.pk).startsWith(prefix)) continue;
      memory.execute('PutItem', { TableName: input.TableName, Item: { ...row, seen: Number(row.seen ?? 0) + 1 } });
    }
    return found;
  };
}

/** Decisions from what need not be the present any more. */
export const staleBugs: readonly PlantedBug[] = [
  { name: 'receipts are looked for as they were a moment ago', table: stale('IDEM#') },
  {
    name: 'the sweeper writes settlements as its index shows them',
    operations: ['buy', 'sell', 'send'],
    table: rewritten('gsi1', 'TX#'),
  },
];
