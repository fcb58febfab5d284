import {
  type Field,
  type FlagField,
  kindOf,
  type MessageSpec,
  type RecordSpec,
  scalars,
} from '#shared/contract/zone-fields.ts';

/** Where in a frame what kind of thing stands. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: 'id' | 'number' | 'varint' | 'choice' | 'bits' | 'length' | 'count' | 'mask' | 'content';
}

export interface MarkedFrame {
  readonly bytes: Uint8Array;
  readonly marks: readonly Mark[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Encodes a message by walking over its declaration, and notes what stands where: slow, and independent of the
 * generated encoder, which tests hold against it.
 */
export function markedFrame(spec: MessageSpec, fields: Fields): MarkedFrame {
  const bytes: number[] = [];
  const marks: Mark[] = [];
  const put = (kind: Mark['kind'], added: ArrayLike<number>): void => {
    marks.push({ kind, from: bytes.length, to: bytes.length + added.length });
    for (let i = 0; i < added.length; i++) bytes.push(added[i]!);
  };
  const putField = (field: Field | FlagField, value: unknown): void => {
    const kind = kindOf(field);
    switch (kind.kind) {
      case 'flag':
        break;
      case 'scalar': {
        const { bytes: count, perUnit } = scalars[kind.name];
        const steps = Math.round((value as number) / perUnit) % 2 ** (8 * count);
        put(
          'number',
          Array.from({ length: count }, (_, i) => Math.floor(steps / 2 ** (8 * i)) % 256),
        );
        break;
      }
      case 'varint':
        put('varint', varint(value as number));
        break;
      case 'choice':
      case 'bits':
        put(kind.kind, [value as number]);
        break;
      case 'text':
      case 'bytes': {
        const content = kind.kind === 'text' ? new TextEncoder().encode(value as string) : (value as Uint8Array);
        put('length', varint(content.length));
        put('content', content);
        break;
      }
      case 'list': {
        const entries = value as readonly Fields[];
        put('count', varint(entries.length));
        for (const entry of entries) putRecord(kind.entry, entry);
        break;
      }
      case 'record':
        putRecord(kind.spec, value as Fields);
    }
  };
  const putRecord = ({ always, optional }: RecordSpec, values: Fields): void => {
    for (const [name, field] of Object.entries(always)) putField(field, values[name]);
    if (!optional) return;
    const names = Object.keys(optional);
    put('mask', varint(names.reduce((mask, name, bit) => mask + (values[name] === undefined ? 0 : 2 ** bit), 0)));
    for (const [name, field] of Object.entries(optional)) if (values[name] !== undefined) putField(field, values[name]);
  };
  put('id', [spec.id]);
  putRecord(spec, fields);
  return { bytes: Uint8Array.from(bytes), marks };
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

interface Dice {
  /** An integer of this range, both ends in it. */
  int(min: number, max: number): number;
}

/** What is wrong in many a decoder: too large, longer than it needs to be, without an end. */
const hostileNumbers = [
  [0],
  [1],
  [127],
  [128, 0],
  [255, 0],
  [128, 128, 128, 0],
  [255, 255, 3],
  [255, 255, 255, 255, 15],
  [255, 255, 255, 255, 31],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
] as const;

type Mutation = (frame: MarkedFrame, dice: Dice, other: MarkedFrame) => Uint8Array;

const within = (bytes: Uint8Array, dice: Dice): number => dice.int(0, Math.max(0, bytes.length - 1));
function splice(bytes: Uint8Array, from: number, to: number, into: ArrayLike<number>): Uint8Array {
  const spliced = new Uint8Array(bytes.length - (to - from) + into.length);
  spliced.set(bytes.subarray(0, from));
  spliced.set(into, from);
  spliced.set(bytes.subarray(to), from + into.length);
  return spliced;
}

const mutations: readonly Mutation[] = [
  // A bit, a byte.
  ({ bytes }, dice) => bytes.with(within(bytes, dice), dice.int(0, 255)),
  ({ bytes }, dice) => {
    const at = within(bytes, dice);
    return bytes.with(at, bytes[at]! ^ (1 << dice.int(0, 7)));
  },
  // Too short, too long.
  ({ bytes }, dice) => bytes.slice(0, within(bytes, dice)),
  ({ bytes }, dice) =>
    splice(
      bytes,
      bytes.length,
      bytes.length,
      Array.from({ length: dice.int(1, 9) }, () => dice.int(0, 255)),
    ),
  ({ bytes }, dice) => {
    const at = within(bytes, dice);
    return splice(bytes, at, Math.min(bytes.length, at + dice.int(1, 4)), []);
  },
  ({ bytes }, dice) => {
    const at = within(bytes, dice);
    return splice(bytes, at, at, bytes.subarray(at, at + dice.int(1, 8)));
  },
  // Lies at the places where numbers rule what is read next.
  ({ bytes, marks }, dice) => {
    const rulers = marks.filter(({ kind }) => kind !== 'number' && kind !== 'content');
    const { from, to } = rulers[dice.int(0, rulers.length - 1)]!;
    return splice(bytes, from, to, hostileNumbers[dice.int(0, hostileNumbers.length - 1)]!);
  },
  // Numbers at their ends.
  ({ bytes, marks }, dice) => {
    const { from, to } = marks[dice.int(0, marks.length - 1)]!;
    const filler = dice.int(0, 1) * 255;
    return bytes.map((byte, at) => (at >= from && at < to ? filler : byte));
  },
  // Another message's id, and the end of another message.
  ({ bytes }, dice, other) => bytes.with(0, dice.int(0, 3) === 0 ? dice.int(0, 255) : other.bytes[0]!),
  ({ bytes }, dice, other) =>
    splice(bytes, within(bytes, dice), bytes.length, other.bytes.subarray(within(other.bytes, dice))),
];

/** A frame with one to three things wrong with it, by the declaration: now and then one that is right after all. */
export function mutate(frame: MarkedFrame, dice: Dice, other: MarkedFrame): Uint8Array {
  const any = (): Mutation => mutations[dice.int(0, mutations.length - 1)]!;
  let bytes = any()(frame, dice, other);
  // Further mutations no longer know what stands where.
  for (let more = dice.int(0, 2); more > 0 && bytes.length > 0; more--)
    bytes = any()({ bytes, marks: [{ from: 0, to: bytes.length, kind: 'id' }] }, dice, other);
  return bytes;
}
