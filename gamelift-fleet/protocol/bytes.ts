/** The bytes are not what the protocol says: too short, too long, or a value out of range. */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** UTF-8 bytes of the text, cut at a whole character so that they are at most `maxBytes`. */
export function utf8(text: string, maxBytes: number): Uint8Array {
  const room = new Uint8Array(maxBytes);
  return room.subarray(0, encoder.encodeInto(text, room).written);
}

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

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Overwrites two bytes that were written before: for counts that are known only after their entries. */
  patchU16(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >>> 8;
  }

  /** A copy of everything written since the last clear. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads little-endian integers; every read beyond the end throws {@link MalformedFrame}. */
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
    if (this.left < count) throw new MalformedFrame('the frame ends too early');
    const from = this.at;
    this.at += count;
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

  /** A copy: it outlives the frame. */
  raw(byteCount: number): Uint8Array {
    const at = this.take(byteCount);
    return new Uint8Array(this.bytes.subarray(at, at + byteCount));
  }

  text(byteCount: number): string {
    const at = this.take(byteCount);
    try {
      return decoder.decode(this.bytes.subarray(at, at + byteCount));
    } catch (cause) {
      throw new MalformedFrame('text is not UTF-8', { cause });
    }
  }
}
