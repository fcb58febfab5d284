import { addWrite, capacityReport, noUnits, readUnits } from './capacity.ts';
import { validationError } from './errors.ts';
import { bind } from './expressions/bindings.ts';
import { projectionOf } from './expressions/parse.ts';
import { bindProjection } from './expressions/project.ts';
import { type PrimaryKey, takeKey } from './item-limits.ts';
import { decideAlone, type PreparedWrite, prepareWrite } from './prepared-write.ts';
import { identityOf } from './row-store.ts';
import { type Input, refuseOtherTable, refuseUnknown, type TableState } from './table-state.ts';

const MAX_KEYS = 100;
const MAX_WRITES = 25;
const MAX_REPLY_BYTES = 16 * 1_048_576;
const REQUEST = new Set(['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics']);
const GET = new Set(['Keys', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames']);

/** What is asked of the one table there is. */
function ofTheTable<T>(state: TableState, { RequestItems }: Input): T {
  const asked = Object.entries((RequestItems ?? {}) as Readonly<Record<string, T>>);
  if (asked.length === 0) throw validationError('A batch cannot have a null or no requests set');
  for (const [name] of asked) refuseOtherTable(state, name);
  return asked[0]![1];
}

function refuseCount(count: number, max: number, operation: string): void {
  if (count === 0) throw validationError(`The list of requests for ${operation} is empty`);
  if (count > max) throw validationError(`Too many items requested for the ${operation} call`);
}

function refuseRepeated(keys: readonly PrimaryKey[]): void {
  if (new Set(keys.map(identityOf)).size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
}

export function batchGet(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('BatchGetItem', input, REQUEST);
  const asked = ofTheTable<Input>(state, input);
  refuseUnknown('BatchGetItem', asked, GET);
  const wanted = (asked.Keys ?? []) as Input[];
  refuseCount(wanted.length, MAX_KEYS, 'BatchGetItem');
  const keys = wanted.map(takeKey);
  refuseRepeated(keys);
  const projection =
    asked.ProjectionExpression === undefined
      ? undefined
      : projectionOf('ProjectionExpression', asked.ProjectionExpression as string);
  const project = bindProjection(projection, bind(asked, [projection]));
  const isConsistent = asked.ConsistentRead === true;
  const rows = keys.flatMap(
    ({ pk, sk }) => (isConsistent ? state.rows.get(pk, sk) : state.rows.getEventually(pk, sk)) ?? [],
  );
  if (rows.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_REPLY_BYTES) {
    throw new Error('the memory table does not split replies of more than 16 MB');
  }
  const units = noUnits();
  for (const { bytes } of rows) units.table += readUnits(bytes, isConsistent);
  const report = capacityReport(state.tableName, units, input.ReturnConsumedCapacity);
  return {
    Responses: { [state.tableName]: rows.map(({ item }) => project(item)) },
    UnprocessedKeys: {},
    ...(report ? { ConsumedCapacity: [report] } : {}),
  };
}

export function batchWrite(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('BatchWriteItem', input, REQUEST);
  const asked = ofTheTable<readonly Input[]>(state, input);
  refuseCount(asked.length, MAX_WRITES, 'BatchWriteItem');
  const writes = asked.map((one) => prepareRequest(state, one));
  refuseRepeated(writes);
  const units = noUnits();
  // A batch is no transaction: each write stands for itself.
  for (const write of writes) {
    const change = decideAlone(state.rows, write);
    state.commit([change]);
    addWrite(units, change);
  }
  const report = capacityReport(state.tableName, units, input.ReturnConsumedCapacity);
  return { UnprocessedItems: {}, ...(report ? { ConsumedCapacity: [report] } : {}) };
}

function prepareRequest(state: TableState, { PutRequest, DeleteRequest }: Input): PreparedWrite {
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError('A request of a batch holds one of PutRequest and DeleteRequest');
  }
  return PutRequest
    ? prepareWrite(state.rows, 'Put', PutRequest as Input)
    : prepareWrite(state.rows, 'Delete', DeleteRequest as Input);
}
