import type { Item, Value } from './attribute-values.ts';
import { numberBytes } from './decimal.ts';

/** Bytes that a list or a map takes by itself, and each of its entries besides. */
const CONTAINER_BYTES = 3;
const ENTRY_BYTES = 1;

/** Bytes of a value, as DynamoDB counts them. */
export function valueBytes(value: Value): number {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
    case 'bigint':
      return numberBytes(value);
    case 'boolean':
      return 1;
    default:
      break;
  }
  if (value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  let bytes = 0;
  if (value instanceof Set) {
    for (const member of value) bytes += valueBytes(member);
    return bytes;
  }
  if (Array.isArray(value)) {
    for (const entry of value) bytes += ENTRY_BYTES + valueBytes(entry);
    return CONTAINER_BYTES + bytes;
  }
  for (const name in value) bytes += ENTRY_BYTES + Buffer.byteLength(name) + valueBytes((value as Item)[name]!);
  return CONTAINER_BYTES + bytes;
}

/** Bytes of an item: its names and its values. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name]!);
  return bytes;
}
