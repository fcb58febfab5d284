import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { addWrite, capacityReport, noUnits, readUnits, TRANSACTIONAL, type Units } from './capacity.ts';
import {
  CONDITION_FAILED,
  isValidationError,
  reasonOf,
  serviceError,
  transactionCanceled,
  validationError,
} from './errors.ts';
import { bind } from './expressions/bindings.ts';
import { projectionOf } from './expressions/parse.ts';
import { bindProjection } from './expressions/project.ts';
import { type PrimaryKey, takeKey } from './item-limits.ts';
import { type PreparedWrite, prepareWrite, type WriteKind } from './prepared-write.ts';
import { identityOf, type RowChange } from './row-store.ts';
import { type Input, refuseOtherTable, refuseUnknown, type TableState } from './table-state.ts';
import { fingerprint } from './token-memory.ts';

const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1_048_576;
const MAX_TOKEN = 36;
const KINDS: readonly WriteKind[] = ['ConditionCheck', 'Put', 'Update', 'Delete'];
const WRITE = new Set([
  ...['TransactItems', 'ClientRequestToken', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
]);
const ACTION = new Set([
  ...['TableName', 'Item', 'Key', 'UpdateExpression', 'ConditionExpression', 'ExpressionAttributeNames'],
  ...['ExpressionAttributeValues', 'ReturnValuesOnConditionCheckFailure'],
]);
const READ = new Set(['TransactItems', 'ReturnConsumedCapacity']);
const GET = new Set(['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames']);

/** All of its actions or none. Nobody sees it half done: it runs to its end before anything else does. */
export function transactWrite(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('TransactWriteItems', input, WRITE);
  const actions = actionsOf(input);
  const token = input.ClientRequestToken as string | undefined;
  if (token !== undefined && (token.length === 0 || token.length > MAX_TOKEN)) {
    throw validationError(`ClientRequestToken must have 1 to ${MAX_TOKEN} characters`);
  }
  const request = token === undefined ? '' : fingerprint(actions);
  const known = token === undefined ? undefined : state.tokens.get(token);
  if (known) {
    if (known.request !== request) throw serviceError('IdempotentParameterMismatchException', 'UnknownError');
    return reply(state, input, known.repetition, 'ReadCapacityUnits');
  }
  const writes = actions.map((action) => prepareAction(state, action));
  refuseRepeated(writes);
  if (writes.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BYTES) {
    throw validationError('Transaction payload size cannot exceed 4MB.');
  }
  const changes = decideTogether(state, writes);
  state.commit(changes.filter((_change, index) => writes[index]!.kind !== 'ConditionCheck'));
  const [units, repetition] = [noUnits(), noUnits()];
  for (const [index, change] of changes.entries()) addAction(units, writes[index]!, change);
  for (const { before, after } of changes) {
    repetition.table += TRANSACTIONAL * readUnits(Math.max(1, before?.bytes ?? 0, after?.bytes ?? 0), true);
  }
  if (token !== undefined) state.tokens.add(token, request, repetition);
  return reply(state, input, units, 'WriteCapacityUnits');
}

/** By AWS's rule: twice what the write costs alone. A check costs as much as a write of its item. */
function addAction(units: Units, { kind }: PreparedWrite, change: RowChange): void {
  addWrite(units, kind === 'ConditionCheck' ? { ...change, after: change.before } : change, TRANSACTIONAL);
}

function reply(
  state: TableState,
  input: Input,
  units: Units,
  kind: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Record<string, unknown> {
  const report = capacityReport(state.tableName, units, input.ReturnConsumedCapacity, kind);
  return report ? { ConsumedCapacity: [report] } : {};
}

function actionsOf({ TransactItems }: Input): readonly Input[] {
  const actions = (TransactItems ?? []) as readonly Input[];
  if (actions.length === 0 || actions.length > MAX_ACTIONS) {
    throw validationError(`TransactItems must have 1 to ${MAX_ACTIONS} members, not ${actions.length}`);
  }
  return actions;
}

function refuseRepeated(keys: readonly PrimaryKey[]): void {
  if (new Set(keys.map(identityOf)).size < keys.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
}

function prepareAction(state: TableState, action: Input): PreparedWrite {
  const given = KINDS.filter((kind) => action[kind] !== undefined);
  const [kind] = given;
  if (!kind || given.length > 1) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const request = action[kind] as Input;
  refuseUnknown(`TransactWriteItems.${kind}`, request, ACTION);
  refuseOtherTable(state, request.TableName);
  return prepareWrite(state.rows, kind, request);
}

/**
 * What all actions come to, each of them seeing the table as it was before.
 * @throws TransactionCanceledException with a reason for every action, in their order.
 */
function decideTogether(state: TableState, writes: readonly PreparedWrite[]): RowChange[] {
  const changes: RowChange[] = [];
  const reasons: CancellationReason[] = [];
  for (const write of writes) {
    const { pk, sk } = write;
    const before = state.rows.get(pk, sk);
    let reason = reasonOf('None', undefined);
    try {
      if (write.holds(before?.item)) changes.push({ pk, sk, before, after: write.next(before) });
      else reason = reasonOf('ConditionalCheckFailed', CONDITION_FAILED, write.tellsItem ? before?.item : undefined);
    } catch (error) {
      if (!isValidationError(error)) throw error;
      reason = reasonOf('ValidationError', error.message);
    }
    reasons.push(reason);
  }
  if (changes.length < writes.length) throw transactionCanceled(reasons);
  return changes;
}

export function transactGet(state: TableState, input: Input): Record<string, unknown> {
  refuseUnknown('TransactGetItems', input, READ);
  const gets = actionsOf(input).map(({ Get }) => {
    if (Get === undefined) throw validationError('TransactItems of a read hold a Get each');
    const get = Get as Input;
    refuseUnknown('TransactGetItems.Get', get, GET);
    refuseOtherTable(state, get.TableName);
    const projection =
      get.ProjectionExpression === undefined
        ? undefined
        : projectionOf('ProjectionExpression', get.ProjectionExpression as string);
    return { ...takeKey(get.Key as Input), project: bindProjection(projection, bind(get, [projection])) };
  });
  refuseRepeated(gets);
  const units = noUnits();
  const Responses = gets.map(({ pk, sk, project }) => {
    const row = state.rows.get(pk, sk);
    units.table += TRANSACTIONAL * readUnits(Math.max(1, row?.bytes ?? 0), true);
    return row ? { Item: project(row.item) } : {};
  });
  return { ...reply(state, input, units, 'ReadCapacityUnits'), Responses };
}
