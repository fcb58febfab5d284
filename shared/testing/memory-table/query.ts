import { tableDefinition } from '#shared/table/definition.ts';
import { capacity, readUnits } from './capacity-units.ts';
import { ValidationError } from './errors.ts';
import { holds, partitionValueOf, project } from './evaluate.ts';
import { Bindings, parseCondition, parseProjection } from './expression-parser.ts';
import type { Position, SortedRows } from './sorted-rows.ts';
import { copyOfRow, itemSize, type Row } from './values.ts';

const MAX_PAGE_BYTES = 1_024 * 1_024;

export interface QueryInput {
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Row;
  readonly ConsistentRead?: boolean;
  readonly Select?: string;
}

export interface ScanInput {
  readonly ExclusiveStartKey?: Row;
}

export interface QueryOutput {
  readonly Items?: Row[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Row;
  readonly ConsumedCapacity: { readonly CapacityUnits: number };
}

/** One page: the range by the key condition, cut by `Limit` and 1 MB, and only then filtered. */
export function runQuery(
  rows: SortedRows,
  keys: { readonly partitionKey: string; readonly sortKey: string },
  input: QueryInput,
): QueryOutput {
  if (input.KeyConditionExpression === undefined) throw new ValidationError('A query needs a key condition');
  if (input.Limit !== undefined && input.Limit < 1) throw new ValidationError('Limit must be at least 1');
  const bindings = new Bindings(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const range = parseCondition(input.KeyConditionExpression, bindings);
  const filter = input.FilterExpression === undefined ? undefined : parseCondition(input.FilterExpression, bindings);
  const paths =
    input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression, bindings);
  bindings.assertAllUsed();

  const isIndex = input.IndexName !== undefined;
  const start = input.ExclusiveStartKey && positionOf(input.ExclusiveStartKey, keys, isIndex);
  const found: Row[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: Row | undefined;
  for (const row of rows.rowsOf(partitionValueOf(range, keys.partitionKey), start, input.ScanIndexForward ?? true)) {
    if (!holds(row, range)) continue;
    scanned += 1;
    bytes += itemSize(row);
    if (!filter || holds(row, filter)) found.push(row);
    if (scanned === input.Limit || bytes >= MAX_PAGE_BYTES) {
      last = row;
      break;
    }
  }
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: found.map((row) => (paths ? project(row, paths) : copyOfRow(row))) }),
    Count: found.length,
    ScannedCount: scanned,
    ...(last ? { LastEvaluatedKey: keyOf(last, keys, isIndex) } : {}),
    // Nothing found costs nothing, as DynamoDB Local has it.
    ConsumedCapacity: capacity(scanned === 0 ? 0 : readUnits(bytes, input.ConsistentRead ?? false)),
  };
}

function keyOf(row: Row, keys: { partitionKey: string; sortKey: string }, isIndex: boolean): Row {
  const own = { pk: row[tableDefinition.partitionKey], sk: row[tableDefinition.sortKey] };
  return isIndex ? { ...own, [keys.partitionKey]: row[keys.partitionKey], [keys.sortKey]: row[keys.sortKey] } : own;
}

function positionOf(key: Row, keys: { partitionKey: string; sortKey: string }, isIndex: boolean): Position {
  const named = [...new Set([tableDefinition.partitionKey, tableDefinition.sortKey, keys.partitionKey, keys.sortKey])];
  if (named.some((name) => typeof key[name] !== 'string') || Object.keys(key).length !== named.length) {
    throw new ValidationError('The provided starting key is invalid');
  }
  const tieBreak = isIndex ? `${key[tableDefinition.partitionKey]}|${key[tableDefinition.sortKey]}` : '';
  return { sortKey: String(key[keys.sortKey]), tieBreak };
}
