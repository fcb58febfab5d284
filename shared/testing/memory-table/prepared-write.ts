import { type Item, takeRecord } from './attribute-values.ts';
import { conditionFailed, validationError } from './errors.ts';
import { type BoundUpdate, bindUpdate } from './expressions/apply-update.ts';
import { bindCondition, type Holds } from './expressions/bind-condition.ts';
import { bind, type Placeholders } from './expressions/bindings.ts';
import { conditionOf, updateOf } from './expressions/parse.ts';
import type { Path } from './expressions/syntax.ts';
import { MAX_ITEM_BYTES, type PrimaryKey, primaryKeyOf, refuseIndexKeys, takeKey } from './item-limits.ts';
import { valueBytes } from './item-size.ts';
import { keyNamesOf, type RowChange, type RowStore } from './row-store.ts';
import type { Row } from './sorted-entries.ts';

type Record_ = Readonly<Record<string, unknown>>;

/** The request of a write, or of one action of a transaction. */
export interface WriteRequest extends Placeholders {
  readonly Item?: Record_ | undefined;
  readonly Key?: Record_ | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** A write whose request makes sense by itself; what the item allows shows when it is decided. */
export interface PreparedWrite extends PrimaryKey {
  readonly kind: WriteKind;
  /** Paths that an update writes; none for others. */
  readonly paths: readonly Path[];
  /** Bytes of the request that count against a transaction's limit. */
  readonly bytes: number;
  /** Whether a failed condition tells the item. */
  readonly tellsItem: boolean;
  readonly holds: Holds;
  /** The row as it is to be; undefined: it goes. */
  next(before: Row | undefined): Row | undefined;
}

const { partitionKey, sortKey } = keyNamesOf(undefined);
const always: Holds = () => true;

/** @throws ValidationException for a request that makes no sense, whatever the table holds. */
export function prepareWrite(rows: RowStore, kind: WriteKind, request: WriteRequest): PreparedWrite {
  const { ConditionExpression, UpdateExpression } = request;
  const condition =
    ConditionExpression === undefined ? undefined : conditionOf('ConditionExpression', ConditionExpression);
  const update =
    kind === 'Update' && UpdateExpression !== undefined ? updateOf('UpdateExpression', UpdateExpression) : undefined;
  const bindings = bind(request, [condition, update]);
  const common = {
    kind,
    tellsItem: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    holds: condition ? bindCondition(condition, bindings) : always,
  };
  if (kind === 'Put') {
    const row = newRow(rows, request.Item);
    return { ...common, pk: row.pk, sk: row.sk, paths: [], bytes: row.bytes, next: () => row };
  }
  if (request.Key === undefined)
    throw validationError('The parameter Key is required but was not present in the request');
  const key = takeKey(request.Key);
  const keyBytes = valueBytes(key.pk) + valueBytes(key.sk);
  if (kind === 'Delete') return { ...common, ...key, paths: [], bytes: keyBytes, next: () => undefined };
  if (kind === 'ConditionCheck') {
    if (!condition)
      throw validationError('The parameter ConditionExpression is required but was not present in the request');
    return { ...common, ...key, paths: [], bytes: keyBytes, next: (before) => before };
  }
  const bound = update && bindUpdate(update, bindings);
  for (const [first] of bound?.paths ?? []) refuseKeyChange(first as string);
  return {
    ...common,
    ...key,
    paths: bound?.paths ?? [],
    bytes: keyBytes + valueBytes(bindings.values),
    next: (before) => updatedRow(rows, key, before, bound),
  };
}

function newRow(rows: RowStore, item: Record_ | undefined): Row {
  if (item === undefined) throw validationError('The parameter Item is required but was not present in the request');
  const taken = takeRecord(item);
  if (Object.hasOwn(taken, '')) throw validationError('Empty attribute name');
  primaryKeyOf(taken);
  refuseIndexKeys(taken);
  const row = rows.rowOf(taken);
  if (row.bytes > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size');
  return row;
}

function refuseKeyChange(name: string): void {
  if (name === partitionKey || name === sortKey) {
    throw validationError(
      `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
    );
  }
}

function updatedRow(
  rows: RowStore,
  { pk, sk }: PrimaryKey,
  before: Row | undefined,
  update: BoundUpdate | undefined,
): Row {
  const old: Item = before?.item ?? { [partitionKey]: pk, [sortKey]: sk };
  const item = update ? update.apply(old) : old;
  refuseIndexKeys(item);
  const row = rows.rowOf(item);
  if (row.bytes > MAX_ITEM_BYTES) throw validationError('Item size to update has exceeded the maximum allowed size');
  return row;
}

/**
 * What a write by itself comes to.
 * @throws ConditionalCheckFailedException; ValidationException for what the item does not allow.
 */
export function decideAlone(rows: RowStore, write: PreparedWrite): RowChange {
  const { pk, sk } = write;
  const before = rows.get(pk, sk);
  if (!write.holds(before?.item)) throw conditionFailed(write.tellsItem ? before?.item : undefined);
  return { pk, sk, before, after: write.next(before) };
}
