import {
  type BytesField,
  type Field,
  type FlagField,
  type ListField,
  type RecordSpec,
  type ScalarName,
  scalars,
  type TextField,
} from '#shared/contract/zone-protocol.ts';
import { type ByteReader, type ByteWriter, MalformedFrame, utf8 } from './bytes.ts';

type Simplify<T> = { [K in keyof T]: T[K] };

/** The value that stands for a declared field. */
export type ValueOf<F> = F extends ScalarName
  ? number
  : F extends 'flag'
    ? true
    : F extends TextField
      ? string
      : F extends BytesField
        ? Uint8Array
        : F extends { readonly list: infer Entry }
          ? ValueOf<Entry>[]
          : F extends RecordSpec
            ? RecordValue<F>
            : never;

/** The value of a declared record: mandatory fields, and optional ones left undefined where their bit is unset. */
export type RecordValue<R extends RecordSpec> = Simplify<
  { -readonly [K in keyof R['always']]: ValueOf<R['always'][K]> } & (R extends {
    readonly optional: infer O;
  }
    ? { -readonly [K in keyof O]?: ValueOf<O[K]> | undefined }
    : unknown)
>;

interface FieldCodec {
  write(out: ByteWriter, value: unknown): void;
  read(from: ByteReader): unknown;
}

/** Writes and reads one declared record. */
export interface RecordCodec<R extends RecordSpec> {
  /**
   * Cuts texts that are too long at a whole character.
   * @throws RangeError when a number or list is out of its declared range: a defect of the caller.
   */
  write(out: ByteWriter, value: RecordValue<R>): void;
  /** @throws MalformedFrame */
  read(from: ByteReader): RecordValue<R>;
}

const isList = (field: Field | FlagField): field is ListField => typeof field === 'object' && 'list' in field;
const isBytes = (field: Field | FlagField): field is BytesField => typeof field === 'object' && 'bytes' in field;
const isText = (field: Field | FlagField): field is TextField => typeof field === 'object' && 'text' in field;

function writeInteger(out: ByteWriter, bytes: number, value: number): void {
  if (bytes === 1) out.u8(value);
  else if (bytes === 2) out.u16(value);
  else out.u32(value);
}

function readInteger(from: ByteReader, bytes: number): number {
  return bytes === 1 ? from.u8() : bytes === 2 ? from.u16() : from.u32();
}

/** The integer that stands on the wire for a value. A turn wraps round; anything else must fit. */
export function quantise(name: ScalarName, value: number): number {
  const { bytes, perUnit } = scalars[name];
  const wire = Math.round(value / perUnit);
  if (name === 'turn') return wire & 0xff;
  if (!(wire >= 0 && wire < 2 ** (8 * bytes))) throw new RangeError(`${value} does not fit a ${name}`);
  return wire;
}

function scalarCodec(name: ScalarName): FieldCodec {
  const { bytes, perUnit } = scalars[name];
  return {
    write: (out, value) => writeInteger(out, bytes, quantise(name, value as number)),
    read: (from) => readInteger(from, bytes) * perUnit,
  };
}

function textCodec({ text: { maxBytes } }: TextField): FieldCodec {
  return {
    write: (out, value) => {
      const bytes = utf8(value as string, maxBytes);
      out.u16(bytes.length);
      out.raw(bytes);
    },
    read: (from) => {
      const byteCount = from.u16();
      if (byteCount > maxBytes) throw new MalformedFrame('text is too long');
      return from.text(byteCount);
    },
  };
}

function bytesCodec({ bytes: { maxBytes } }: BytesField): FieldCodec {
  return {
    write: (out, value) => {
      const bytes = value as Uint8Array;
      if (bytes.length > maxBytes) throw new RangeError(`${bytes.length} bytes, at most ${maxBytes}`);
      out.u16(bytes.length);
      out.raw(bytes);
    },
    read: (from) => {
      const byteCount = from.u16();
      if (byteCount > maxBytes) throw new MalformedFrame('too many bytes');
      return from.raw(byteCount);
    },
  };
}

function listCodec({ list, max }: ListField): FieldCodec {
  const entry = fieldCodec(list);
  return {
    write: (out, value) => {
      const entries = value as unknown[];
      if (entries.length > max) throw new RangeError(`a list of ${entries.length}, at most ${max}`);
      out.u16(entries.length);
      for (const one of entries) entry.write(out, one);
    },
    read: (from) => {
      const count = from.u16();
      // Every entry takes at least a byte: a count that cannot be true reserves no memory.
      if (count > max || count > from.left) throw new MalformedFrame('a list is too long');
      const entries: unknown[] = [];
      for (let i = 0; i < count; i++) entries.push(entry.read(from));
      return entries;
    },
  };
}

const flagCodec: FieldCodec = { write: () => {}, read: () => true };

function fieldCodec(field: Field | FlagField): FieldCodec {
  if (field === 'flag') return flagCodec;
  if (typeof field === 'string') return scalarCodec(field);
  if (isText(field)) return textCodec(field);
  if (isBytes(field)) return bytesCodec(field);
  if (isList(field)) return listCodec(field);
  return recordCodec(field) as unknown as FieldCodec;
}

/** Builds the codec of a declared record. */
export function recordCodec<const R extends RecordSpec>(spec: R): RecordCodec<R> {
  const always = Object.entries(spec.always).map(([name, field]) => [name, fieldCodec(field)] as const);
  const optional = Object.entries(spec.optional ?? {}).map(([name, field]) => [name, fieldCodec(field)] as const);
  if (optional.length > 8) throw new RangeError('a record has at most eight optional fields');
  return {
    write: (out, value) => {
      const fields = value as Record<string, unknown>;
      for (const [name, codec] of always) codec.write(out, fields[name]);
      if (optional.length === 0) return;
      let mask = 0;
      for (let bit = 0; bit < optional.length; bit++) if (fields[optional[bit]![0]] !== undefined) mask |= 1 << bit;
      out.u8(mask);
      for (const [name, codec] of optional) if (fields[name] !== undefined) codec.write(out, fields[name]);
    },
    read: (from) => {
      const fields: Record<string, unknown> = {};
      for (const [name, codec] of always) fields[name] = codec.read(from);
      if (optional.length > 0) {
        const mask = from.u8();
        if (mask >>> optional.length !== 0) throw new MalformedFrame('unknown optional field');
        for (let bit = 0; bit < optional.length; bit++) {
          const [name, codec] = optional[bit]!;
          if (mask & (1 << bit)) fields[name] = codec.read(from);
        }
      }
      return fields as RecordValue<R>;
    },
  };
}

/** The bit of an optional field in its record's mask byte. */
export function maskBit<R extends RecordSpec>(spec: R, name: keyof NonNullable<R['optional']> & string): number {
  const bit = Object.keys(spec.optional ?? {}).indexOf(name);
  if (bit < 0) throw new RangeError(`${name} is not optional`);
  return 1 << bit;
}

/** A column of a table of entities: wire integers, or ready UTF-8 bytes for a text field. */
export type Column = ArrayLike<number> | readonly Uint8Array[];

type Leaf = { readonly bytes: number; readonly column: ArrayLike<number> } | { readonly texts: readonly Uint8Array[] };

/** The fields of a field, flattened, in the order of the wire; nested records are named `outer.inner`. */
function leavesOf(name: string, field: Field | FlagField, columns: Readonly<Record<string, Column>>): Leaf[] {
  if (field === 'flag') return [];
  if (typeof field === 'object' && 'always' in field)
    return Object.entries(field.always).flatMap(([inner, one]) => leavesOf(`${name}.${inner}`, one, columns));
  if (isList(field) || isBytes(field)) throw new RangeError(`${name}: a list has no column`);
  const column = columns[name];
  if (!column) throw new RangeError(`no column for ${name}`);
  return isText(field)
    ? [{ texts: column as readonly Uint8Array[] }]
    : [{ bytes: scalars[field].bytes, column: column as ArrayLike<number> }];
}

function writeLeaves(out: ByteWriter, leaves: readonly Leaf[], row: number): void {
  for (const leaf of leaves) {
    if ('column' in leaf) writeInteger(out, leaf.bytes, leaf.column[row]!);
    else {
      const text = leaf.texts[row]!;
      out.u16(text.length);
      out.raw(text);
    }
  }
}

/**
 * Writes rows of a struct of arrays in a record's declared layout, without an object per row: the hot path. Columns
 * hold integers as they stand on the wire ({@link quantise}). `mask` says which optional fields follow.
 */
export function columnWriter(
  spec: RecordSpec,
  columns: Readonly<Record<string, Column>>,
): (out: ByteWriter, row: number, mask: number) => void {
  const always = Object.entries(spec.always).flatMap(([name, field]) => leavesOf(name, field, columns));
  const optional = Object.entries(spec.optional ?? {}).map(([name, field]) => leavesOf(name, field, columns));
  return (out, row, mask) => {
    writeLeaves(out, always, row);
    if (optional.length === 0) return;
    out.u8(mask);
    for (let bit = 0; bit < optional.length; bit++) if (mask & (1 << bit)) writeLeaves(out, optional[bit]!, row);
  };
}
