import { METRES_PER_UNIT } from './zone-protocol.ts';

/**
 * The language in which the zone socket's records and messages are declared, as plain data. From these values come the
 * encoder, the decoder, their types, the documentation (`npm run generate`) and the fuzz grammar of the tests.
 */

/** Integers of a fixed number of bytes, little-endian, and quantised numbers: what one step of them is worth. */
export const scalars = {
  u8: { bytes: 1, perUnit: 1 },
  u16: { bytes: 2, perUnit: 1 },
  u32: { bytes: 4, perUnit: 1 },
  /** Metres from the zone's south-west corner. */
  metres: { bytes: 2, perUnit: METRES_PER_UNIT },
  /** A full turn in 256 steps; encoding wraps round. */
  turn: { bytes: 1, perUnit: (2 * Math.PI) / 256 },
} as const;
export type ScalarName = keyof typeof scalars;

/** An integer from 0 to this, seven bits a byte, lowest first; the shortest form alone is valid. */
export interface VarintField {
  readonly varint: number;
}
/** One byte: one of these numbers, nothing else. */
export interface ChoiceField {
  readonly choice: Readonly<Record<string, number>>;
}
/** One byte of flags: any of these bits, no other. */
export interface BitsField {
  readonly bits: Readonly<Record<string, number>>;
}
/** UTF-8, its length in bytes before it as a varint. */
export interface TextField {
  readonly text: { readonly maxBytes: number };
}
/** Bytes as they are, their count before them as a varint. */
export interface BytesField {
  readonly bytes: { readonly maxBytes: number };
}
/** A count as a varint, then the entries. */
export interface ListField {
  readonly list: RecordSpec;
  readonly max: number;
}
/** No bytes of its own: it is there or not. */
export type FlagField = 'flag';
export type Field =
  | ScalarName
  | VarintField
  | ChoiceField
  | BitsField
  | TextField
  | BytesField
  | ListField
  | RecordSpec;

/** Fields that are always there; then, if any are declared, a mask as a varint and those optional ones whose bit is set. */
export interface RecordSpec {
  /** Names the generated type and functions. */
  readonly name: string;
  readonly about: string;
  readonly always: Readonly<Record<string, Field>>;
  /** At most 28; the first one is bit 0. The commonest come first: seven fit the mask's first byte. */
  readonly optional?: Readonly<Record<string, Field | FlagField>>;
  /** What a reader of the documentation must know of a field beyond its name. */
  readonly notes?: Readonly<Record<string, string>>;
  /** The server writes it from columns, a row per entity or event, without an object: the hot path. */
  readonly isRow?: boolean;
}

export interface MessageSpec extends RecordSpec {
  /** First byte of the frame. */
  readonly id: number;
}

/** Keeps the literal types of a declaration. */
export const record = <const R extends RecordSpec>(spec: R): R => spec;
export const message = <const M extends MessageSpec>(spec: M): M => spec;

/** What kind a field is, for whoever walks over declarations. */
export type FieldKind =
  | { readonly kind: 'flag' }
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'varint'; readonly max: number }
  | { readonly kind: 'choice' | 'bits'; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'text' | 'bytes'; readonly maxBytes: number }
  | { readonly kind: 'list'; readonly entry: RecordSpec; readonly max: number }
  | { readonly kind: 'record'; readonly spec: RecordSpec };

export function kindOf(field: Field | FlagField): FieldKind {
  if (field === 'flag') return { kind: 'flag' };
  if (typeof field === 'string') return { kind: 'scalar', name: field };
  if ('varint' in field) return { kind: 'varint', max: field.varint };
  if ('choice' in field) return { kind: 'choice', values: field.choice };
  if ('text' in field) return { kind: 'text', maxBytes: field.text.maxBytes };
  if ('list' in field) return { kind: 'list', entry: field.list, max: field.max };
  if ('always' in field) return { kind: 'record', spec: field };
  return isByteString(field) ? { kind: 'bytes', maxBytes: field.bytes.maxBytes } : { kind: 'bits', values: field.bits };
}

const isByteString = (field: BytesField | BitsField): field is BytesField => 'bytes' in field;

/** Bytes of a varint of this value. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** Fewest and most bytes that a field takes on the wire. */
export function extentOf(field: Field | FlagField): { readonly min: number; readonly max: number } {
  const kind = kindOf(field);
  switch (kind.kind) {
    case 'flag':
      return { min: 0, max: 0 };
    case 'scalar': {
      const { bytes } = scalars[kind.name];
      return { min: bytes, max: bytes };
    }
    case 'varint':
      return { min: 1, max: varintBytes(kind.max) };
    case 'choice':
    case 'bits':
      return { min: 1, max: 1 };
    case 'text':
    case 'bytes':
      return { min: 1, max: varintBytes(kind.maxBytes) + kind.maxBytes };
    case 'list':
      return { min: 1, max: varintBytes(kind.max) + kind.max * extentOf(kind.entry).max };
    case 'record':
      return recordExtent(kind.spec);
  }
}

/** Fewest and most bytes of a record. */
export function recordExtent({ always, optional = {} }: RecordSpec): { readonly min: number; readonly max: number } {
  const must = Object.values(always).map(extentOf);
  const may = Object.values(optional).map(extentOf);
  const mask = may.length === 0 ? 0 : 1;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    min: sum(must.map(({ min }) => min)) + mask,
    max: sum([...must, ...may].map(({ max }) => max)) + (mask && varintBytes(2 ** may.length - 1)),
  };
}
