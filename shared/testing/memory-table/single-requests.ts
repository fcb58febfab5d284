import type { Item } from './attribute-values.ts';
import { giveOut, type Value } from './attribute-values.ts';
import { addWrite, capacityReport, noUnits, readUnits } from './capacity.ts';
import { bind, valueAt } from './expressions/bindings.ts';
import { projectionOf } from './expressions/parse.ts';
import { bindProjection } from './expressions/project.ts';
import { takeKey } from './item-limits.ts';
import { decideAlone, type PreparedWrite, prepareWrite, type WriteKind, type WriteRequest } from './prepared-write.ts';
import type { RowChange } from './row-store.ts';
import { type Input, refuseOtherTable, refuseOtherThan, refuseUnknown, type TableState } from './table-state.ts';

const READ = new Set([
  ...[
    'TableName',
    'Key',
    'ConsistentRead',
    'ProjectionExpression',
    'ExpressionAttributeNames',
    'ReturnConsumedCapacity',
  ],
]);
const WRITE = new Set([
  ...['TableName', 'ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues', 'ReturnValues'],
  ...['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics', 'ReturnValuesOnConditionCheckFailure'],
]);
const KNOWN: Readonly<Record<'Put' | 'Update' | 'Delete', ReadonlySet<string>>> = {
  Put: new Set([...WRITE, 'Item']),
  Update: new Set([...WRITE, 'Key', 'UpdateExpression']),
  Delete: new Set([...WRITE, 'Key']),
};
const RETURNED: Readonly<Record<'Put' | 'Update' | 'Delete', readonly string[]>> = {
  Put: ['NONE', 'ALL_OLD'],
  Update: ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'],
  Delete: ['NONE', 'ALL_OLD'],
};

export function getItem(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('GetItem', input, READ);
  refuseOtherTable(state, input.TableName);
  const projection =
    input.ProjectionExpression === undefined
      ? undefined
      : projectionOf('ProjectionExpression', input.ProjectionExpression as string);
  const project = bindProjection(projection, bind(input, [projection]));
  const { pk, sk } = takeKey(input.Key as Input);
  const row = input.ConsistentRead === true ? state.rows.get(pk, sk) : state.rows.getEventually(pk, sk);
  // What is not there costs as much as the smallest item.
  const units = { table: readUnits(Math.max(1, row?.bytes ?? 0), input.ConsistentRead === true), indexes: {} };
  const ConsumedCapacity = capacityReport(state.tableName, units, input.ReturnConsumedCapacity);
  return { ...(row ? { Item: project(row.item) } : {}), ...(ConsumedCapacity ? { ConsumedCapacity } : {}) };
}

export function writeItem(
  state: TableState,
  kind: Exclude<WriteKind, 'ConditionCheck'>,
  input: Input,
): Record<string, unknown> {
  refuseUnknown(`${kind}Item`, input, KNOWN[kind]);
  refuseOtherTable(state, input.TableName);
  refuseOtherThan('Return values', input.ReturnValues, RETURNED[kind]);
  const write = prepareWrite(state.rows, kind, input as WriteRequest);
  const change = decideAlone(state.rows, write);
  state.commit([change]);
  const units = noUnits();
  addWrite(units, change);
  const ConsumedCapacity = capacityReport(state.tableName, units, input.ReturnConsumedCapacity);
  const Attributes = returned(change, write, input.ReturnValues);
  return { ...(Attributes ? { Attributes } : {}), ...(ConsumedCapacity ? { ConsumedCapacity } : {}) };
}

function returned(
  { before, after }: RowChange,
  { paths }: PreparedWrite,
  asked: unknown,
): Record<string, Value> | undefined {
  if (asked === undefined || asked === 'NONE') return undefined;
  const of = String(asked).endsWith('_OLD') ? before?.item : after?.item;
  if (!of) return undefined;
  if (String(asked).startsWith('ALL_')) return giveOut(of) as Record<string, Value>;
  const written = updatedParts(of, paths);
  return Object.keys(written).length === 0 ? undefined : written;
}

/** As DynamoDB Local: the whole attribute where a path leads to something. */
function updatedParts(item: Item, paths: PreparedWrite['paths']): Record<string, Value> {
  const parts: Record<string, Value> = {};
  for (const path of paths) {
    const [name] = path as [string];
    if (!Object.hasOwn(parts, name) && valueAt(item, path) !== undefined) parts[name] = giveOut(item[name]!);
  }
  return parts;
}
