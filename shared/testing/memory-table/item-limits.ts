import { type Item, takeRecord, typeOf, type Value } from './attribute-values.ts';
import { validationError } from './errors.ts';
import { indexNames, type KeyNames, keyNamesOf } from './row-store.ts';

export const MAX_ITEM_BYTES = 409_600;
const MAX_PARTITION_KEY_BYTES = 2_048;
const MAX_SORT_KEY_BYTES = 1_024;

const { partitionKey, sortKey } = keyNamesOf(undefined);

/** The primary key of an item. */
export interface PrimaryKey {
  readonly pk: string;
  readonly sk: string;
}

const NO_EMPTY_KEY = 'The AttributeValue for a key attribute cannot contain an empty string value.';

function keyText(name: string, value: Value | undefined, maxBytes: number): string {
  if (value === undefined) throw validationError('One of the required keys was not given a value');
  if (typeof value !== 'string') {
    throw validationError(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
    );
  }
  if (value === '') throw validationError(`One or more parameter values are not valid. ${NO_EMPTY_KEY} Key: ${name}`);
  if (Buffer.byteLength(value) > maxBytes) {
    throw validationError(
      'Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes',
    );
  }
  return value;
}

/** @throws ValidationException for a key that is missing, empty, too long or no text. */
export function primaryKeyOf(item: Item): PrimaryKey {
  return {
    pk: keyText(partitionKey, item[partitionKey], MAX_PARTITION_KEY_BYTES),
    sk: keyText(sortKey, item[sortKey], MAX_SORT_KEY_BYTES),
  };
}

/** The `Key` of a request. */
export function takeKey(key: Readonly<Record<string, unknown>>): PrimaryKey {
  const taken = takeRecord(key);
  if (Object.keys(taken).length !== 2) throw validationError('The provided key element does not match the schema');
  return primaryKeyOf(taken);
}

function refuseIndexKey(name: string, value: Value | undefined, maxBytes: number): void {
  if (value === undefined) return;
  if (typeof value !== 'string') {
    throw validationError(
      `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: S Actual: ${typeOf(value)}`,
    );
  }
  if (value === '') {
    throw validationError(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${NO_EMPTY_KEY} IndexKey: ${name}`,
    );
  }
  if (Buffer.byteLength(value) > maxBytes) {
    throw validationError('One or more parameter values were invalid: Size limit exceeded');
  }
}

/** @throws ValidationException when an attribute that keys an index cannot. */
export function refuseIndexKeys(item: Item): void {
  for (const index of indexNames) {
    const names: KeyNames = keyNamesOf(index);
    refuseIndexKey(names.partitionKey, item[names.partitionKey], MAX_PARTITION_KEY_BYTES);
    refuseIndexKey(names.sortKey, item[names.sortKey], MAX_SORT_KEY_BYTES);
  }
}
