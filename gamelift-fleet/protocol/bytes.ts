/** The bytes are not what the protocol says: too short, too long, or a value out of range. */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}

// A byte order mark is a character like any other: what is read is what was written.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8 bytes of the text, cut at a whole character so that they are at most `maxBytes`. */
export function utf8(text: string, maxBytes: number): Uint8Array {
  const room = new Uint8Array(maxBytes);
  return room.subarray(0, encoder.encodeInto(text, room).written);
}

/** The integer nearest to a value. @throws RangeError when it is not from 0 to `max`: a defect of the caller. */
export function wire(value: number, max: number): number {
  const rounded = Math.round(value);
  if (!(rounded >= 0 && rounded <= max)) throw new RangeError(`${value} is not from 0 to ${max}`);
  return rounded;
}

/** The same for bits: none but the declared ones. */
export function wireBits(value: number, declared: number): number {
  if ((value & ~declared) !== 0) throw new RangeError(`${value} has bits beside ${declared}`);
  return value;
}

const COPIED_ONE_BY_ONE = 64;

/** Appends little-endian integers to a buffer that grows; it is reused, so take copies of what it holds. */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1_024) {
    this.bytes = new Uint8Array(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
  }

  u32(value: number): void {
    this.reserve(4);
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value >>> 16;
    this.bytes[this.length++] = value >>> 24;
  }

  /** At most 2³²−1. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = rest | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Appends a part of other bytes. Short ones are copied one by one: a view of them would cost more. */
  part(bytes: Uint8Array, from: number, to: number): void {
    const count = to - from;
    this.reserve(count);
    if (count > COPIED_ONE_BY_ONE) this.bytes.set(bytes.subarray(from, to), this.length);
    else for (let at = 0; at < count; at++) this.bytes[this.length + at] = bytes[from + at]!;
    this.length += count;
  }

  /** Cut at a whole character. */
  text(value: string, maxBytes: number): void {
    const bytes = utf8(value, maxBytes);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** @throws RangeError */
  byteString(bytes: Uint8Array, maxBytes: number): void {
    this.varint(wire(bytes.length, maxBytes));
    this.raw(bytes);
  }

  /** A copy of everything written since the last clear. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads little-endian integers; whatever is not there or not allowed throws {@link MalformedFrame}. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  private take(count: number): number {
    const from = this.at;
    if (this.bytes.length - from < count) throw new MalformedFrame('the frame ends too early');
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u16(): number {
    const at = this.take(2);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  u32(): number {
    const at = this.take(4);
    const { bytes } = this;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  varint(max: number): number {
    const first = this.u8();
    const value = first < 128 ? first : this.longVarint(first);
    if (value > max) throw new MalformedFrame(`${value} is above ${max}`);
    return value;
  }

  private longVarint(first: number): number {
    let value = first & 127;
    let worth = 128;
    for (let count = 2; count <= 5; count++) {
      const byte = this.u8();
      value += (byte & 127) * worth;
      worth *= 128;
      if (byte > 127) continue;
      if (byte === 0) throw new MalformedFrame('a number is longer than it needs to be');
      return value;
    }
    throw new MalformedFrame('a number is too long');
  }

  /** One of 0 to `max`. */
  choice(max: number): number {
    const value = this.u8();
    if (value > max) throw new MalformedFrame(`${value} is not one of 0 to ${max}`);
    return value;
  }

  bits(declared: number): number {
    const value = this.u8();
    if ((value & ~declared) !== 0) throw new MalformedFrame(`${value} has unknown bits`);
    return value;
  }

  /** A list's count: what cannot be true, by the bytes that are left, reserves no memory. */
  count(max: number, bytesPerEntry: number): number {
    const count = this.varint(max);
    if (count * bytesPerEntry > this.left) throw new MalformedFrame('a list is longer than its frame');
    return count;
  }

  /** A copy: it outlives the frame. */
  byteString(maxBytes: number): Uint8Array {
    const length = this.varint(maxBytes);
    const at = this.take(length);
    return this.bytes.slice(at, at + length);
  }

  text(maxBytes: number): string {
    return this.utf8(this.varint(maxBytes));
  }

  /** Text of exactly so many bytes. */
  utf8(byteCount: number): string {
    const at = this.take(byteCount);
    try {
      return decoder.decode(this.bytes.subarray(at, at + byteCount));
    } catch (cause) {
      throw new MalformedFrame('text is not UTF-8', { cause });
    }
  }
}
