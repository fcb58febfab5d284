import type { IndexName } from '#shared/table/definition.ts';
import { type Item, takeRecord, type Value } from './attribute-values.ts';
import { compareBytes } from './byte-order.ts';
import { capacityReport, noUnits, readUnits } from './capacity.ts';
import { validationError } from './errors.ts';
import { bindCondition, type Holds } from './expressions/bind-condition.ts';
import { bindKeyCondition, type KeyRange } from './expressions/bind-key-condition.ts';
import { bind, nameOf } from './expressions/bindings.ts';
import { conditionOf, projectionOf } from './expressions/parse.ts';
import { pathsOf } from './expressions/paths-of.ts';
import { bindProjection, type Project } from './expressions/project.ts';
import { indexNames, type KeyNames, keyNamesOf } from './row-store.ts';
import type { Position, Row } from './sorted-entries.ts';
import { type Input, refuseOtherTable, refuseUnknown, type TableState } from './table-state.ts';

const COMMON = [
  ...['TableName', 'IndexName', 'ConsistentRead', 'FilterExpression', 'ProjectionExpression', 'Limit', 'Select'],
  ...['ExpressionAttributeNames', 'ExpressionAttributeValues', 'ExclusiveStartKey', 'ReturnConsumedCapacity'],
];
const QUERY = new Set([...COMMON, 'KeyConditionExpression', 'ScanIndexForward']);
const SCAN = new Set(COMMON);
/** A page ends with the item that reaches this. */
const PAGE_BYTES = 1_048_576;

const primary = keyNamesOf(undefined);

/** What a query and a scan have in common. */
interface Reading {
  readonly index: IndexName | undefined;
  readonly isConsistent: boolean;
  readonly keys: KeyNames;
  readonly filter: Holds;
  readonly project: Project;
  readonly startKey: Item | undefined;
  readonly limit: number;
  readonly range: KeyRange | undefined;
}

export function query(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('Query', input, QUERY);
  const reading = readingOf(state, 'querying', input);
  const { index, range, startKey } = reading;
  if (!range) {
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const entries = state.rows.partition(index, range.partition, reading.isConsistent);
  const isForward = input.ScanIndexForward !== false;
  const start = startKey && positionOf(reading, startKey);
  if (start && (start.partition !== range.partition || range.isBefore(start.sort) || range.isBeyond(start.sort))) {
    throw validationError('The provided starting key does not match the range key predicate');
  }
  if (!entries) return page(state, reading, input, []);
  let from = entries.countBefore(({ sort }) => !range.isBefore(sort));
  let to = entries.countBefore(({ sort }) => range.isBeyond(sort));
  if (start && isForward) from = Math.max(from, entries.indexAfter(start));
  if (start && !isForward) to = Math.min(to, entries.indexOf(start));
  return page(state, reading, input, rowsBetween(entries, from, to, isForward));
}

function* rowsBetween(
  entries: { rowAt(index: number): Row },
  from: number,
  to: number,
  isForward: boolean,
): Generator<Row> {
  for (let step = 0; step < to - from; step += 1) yield entries.rowAt(isForward ? from + step : to - 1 - step);
}

export function scan(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('Scan', input, SCAN);
  const reading = readingOf(state, 'scanning', input);
  return page(state, reading, input, allRows(state, reading));
}

function* allRows({ rows }: TableState, reading: Reading): Generator<Row> {
  const { index, startKey, isConsistent } = reading;
  const start = startKey && positionOf(reading, startKey);
  for (const partition of rows.partitionKeys(index, isConsistent)) {
    // The partition that the last page ended in may be gone by now.
    if (start && compareBytes(partition, start.partition) < 0) continue;
    const entries = rows.partition(index, partition, isConsistent)!;
    const from = start?.partition === partition ? entries.indexAfter(start) : 0;
    yield* rowsBetween(entries, from, entries.size, true);
  }
}

function readingOf(state: TableState, doing: 'querying' | 'scanning', input: Input): Reading {
  refuseOtherTable(state, input.TableName);
  const index = indexOf(input);
  if (index && input.ConsistentRead === true) {
    throw validationError(`Consistent read cannot be true when ${doing} a GSI`);
  }
  const { KeyConditionExpression, FilterExpression, ProjectionExpression, Limit } = input as Record<string, string>;
  refuseSelect(input.Select, index, ProjectionExpression);
  if (Limit !== undefined && Number(Limit) < 1) throw validationError('Limit must be greater than or equal to 1');
  const keyCondition = optional(KeyConditionExpression, (text) => conditionOf('KeyConditionExpression', text));
  const filter = optional(FilterExpression, (text) => conditionOf('FilterExpression', text));
  const projection = optional(ProjectionExpression, (text) => projectionOf('ProjectionExpression', text));
  const bindings = bind(input, [keyCondition, filter, projection]);
  const keys = keyNamesOf(index);
  if (filter && doing === 'querying') {
    for (const [first] of pathsOf(filter.tree)) {
      const name = nameOf(first as string, bindings);
      if (name === keys.partitionKey || name === keys.sortKey) {
        throw validationError(
          `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`,
        );
      }
    }
  }
  return {
    index,
    isConsistent: input.ConsistentRead === true,
    keys,
    filter: filter ? bindCondition(filter, bindings) : () => true,
    project: bindProjection(projection, bindings),
    startKey: input.ExclusiveStartKey === undefined ? undefined : takeRecord(input.ExclusiveStartKey as Input),
    limit: Number(Limit ?? Number.POSITIVE_INFINITY),
    range: keyCondition && bindKeyCondition(keyCondition, keys, bindings),
  };
}

function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

function indexOf({ IndexName: name }: Input): IndexName | undefined {
  if (name === undefined) return undefined;
  const index = indexNames.find((one) => one === name);
  if (!index) throw validationError(`The table does not have the specified index: ${name}`);
  return index;
}

function refuseSelect(select: unknown, index: IndexName | undefined, projection: string | undefined): void {
  if (select === undefined) return;
  if (!['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES'].includes(select as string)) {
    throw validationError(`Select ${select} is none that there is`);
  }
  if ((select === 'SPECIFIC_ATTRIBUTES') !== (projection !== undefined)) {
    throw validationError('A ProjectionExpression goes with SPECIFIC_ATTRIBUTES, and with nothing else');
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && !index) {
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
}

/** Where a page ended, from its key. */
function positionOf({ index, keys }: Reading, key: Item): Position & { readonly partition: string } {
  const names = index
    ? [primary.partitionKey, primary.sortKey, keys.partitionKey, keys.sortKey]
    : [keys.partitionKey, keys.sortKey];
  if (Object.keys(key).length !== names.length || !names.every((name) => Object.hasOwn(key, name))) {
    throw validationError("Exclusive Start Key must have same size as table's key schema");
  }
  for (const name of names) {
    if (typeof key[name] !== 'string' || key[name] === '') {
      throw validationError('The provided starting key is invalid');
    }
  }
  const text = key as Readonly<Record<string, string>>;
  return {
    partition: text[keys.partitionKey]!,
    sort: text[keys.sortKey]!,
    pk: text[primary.partitionKey]!,
    sk: text[primary.sortKey]!,
  };
}

function keyOf({ index, keys }: Reading, { item }: Row): Record<string, Value> {
  const names = [primary.partitionKey, primary.sortKey, ...(index ? [keys.partitionKey, keys.sortKey] : [])];
  return Object.fromEntries(names.map((name) => [name, item[name]!]));
}

function page(state: TableState, reading: Reading, input: Input, rows: Iterable<Row>): Record<string, unknown> {
  const { index, filter, project, limit } = reading;
  const items: Record<string, Value>[] = [];
  const counts = input.Select === 'COUNT';
  let [bytes, scanned, found] = [0, 0, 0];
  let last: Row | undefined;
  let LastEvaluatedKey: Record<string, Value> | undefined;
  for (const row of rows) {
    if (bytes >= PAGE_BYTES) {
      LastEvaluatedKey = keyOf(reading, last!);
      break;
    }
    last = row;
    bytes += row.bytes;
    scanned += 1;
    if (filter(row.item)) {
      found += 1;
      if (!counts) items.push(project(row.item));
    }
    if (scanned >= limit) {
      LastEvaluatedKey = keyOf(reading, row);
      break;
    }
  }
  const spent = readUnits(bytes, input.ConsistentRead === true);
  const units = index ? { ...noUnits(), indexes: { [index]: spent } } : { table: spent, indexes: {} };
  const ConsumedCapacity = capacityReport(state.tableName, units, input.ReturnConsumedCapacity);
  return {
    ...(counts ? {} : { Items: items }),
    Count: found,
    ScannedCount: scanned,
    ...(LastEvaluatedKey ? { LastEvaluatedKey } : {}),
    ...(ConsumedCapacity ? { ConsumedCapacity } : {}),
  };
}
