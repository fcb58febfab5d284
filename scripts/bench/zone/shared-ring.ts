/** Positions count records' units; each is 8 bytes, so that a record without bytes is one. */
const UNIT_BYTES = 8;
const WORDS_PER_UNIT = 2;
/** The two positions stand in cache lines of their own: each is written by another thread. */
const HEAD_BYTES = 128;
/** Index of the position up to which records can be taken; who waits for records waits for it to change. */
export const WRITTEN = 0;
const TAKEN = 16;

const KIND_SHIFT = 24;
const LOW_BITS = 0xff_ffff;
/** What follows in the ring is at its beginning again. */
const SKIP = 0;
/** Records of this kind and above carry bytes, and their number of bytes in place of `low`. */
export const CARRIES_BYTES = 0x40;

/** Memory of a ring of so many bytes, a power of two. */
export function ringMemory(bytes: number): SharedArrayBuffer {
  if (bytes < UNIT_BYTES || (bytes & (bytes - 1)) !== 0) throw new RangeError(`a ring of ${bytes} bytes`);
  return new SharedArrayBuffer(HEAD_BYTES + bytes);
}

/** The two positions of a ring; see {@link WRITTEN}. */
export const ringHead = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, HEAD_BYTES / 4);

class RingMemory {
  readonly head: Int32Array;
  protected readonly words: Int32Array;
  protected readonly bytes: Buffer;
  /** A power of two: positions run on, and these bits of them say where in the ring. */
  protected readonly units: number;
  protected at = 0;

  constructor(memory: SharedArrayBuffer) {
    this.head = ringHead(memory);
    this.words = new Int32Array(memory, HEAD_BYTES);
    this.bytes = Buffer.from(memory, HEAD_BYTES);
    this.units = (memory.byteLength - HEAD_BYTES) / UNIT_BYTES;
  }
}

/** The end of a ring at which one thread puts records in. What does not fit is refused: nothing waits, nothing grows. */
export class RingWriter extends RingMemory {
  private taken = 0;

  /** A record of a kind from 1 on, a number of 24 bits and one of 32. Answers false when the ring is full. */
  put(kind: number, low: number, word: number): boolean {
    if (!this.hasRoom(1)) return false;
    this.record(this.at & (this.units - 1), (kind << KIND_SHIFT) | low, word);
    this.at = (this.at + 1) >>> 0;
    return true;
  }

  /** A record with bytes, which are copied. Answers false when the ring is too full for it. */
  putBytes(kind: number, word: number, bytes: Uint8Array): boolean {
    const units = 1 + Math.ceil(bytes.length / UNIT_BYTES);
    let start = this.at & (this.units - 1);
    const skipped = start + units > this.units ? this.units - start : 0;
    if (!this.hasRoom(skipped + units)) return false;
    if (skipped > 0) {
      this.record(start, SKIP, 0);
      start = 0;
    }
    this.record(start, (kind << KIND_SHIFT) | bytes.length, word);
    this.bytes.set(bytes, (start + 1) * UNIT_BYTES);
    this.at = (this.at + skipped + units) >>> 0;
    return true;
  }

  /** Shows the other thread all that has been put in. It is not woken. */
  publish(): void {
    Atomics.store(this.head, WRITTEN, this.at | 0);
  }

  private record(unit: number, first: number, second: number): void {
    this.words[unit * WORDS_PER_UNIT] = first;
    this.words[unit * WORDS_PER_UNIT + 1] = second;
  }

  private hasRoom(units: number): boolean {
    if ((this.at + units - this.taken) >>> 0 <= this.units) return true;
    this.taken = Atomics.load(this.head, TAKEN) >>> 0;
    return (this.at + units - this.taken) >>> 0 <= this.units;
  }
}

/** `bytes` are a copy of the taker's own; unset for records without any. */
export type Take = (kind: number, low: number, word: number, bytes: Buffer | undefined) => void;

/** The end of a ring at which another thread takes records out, in their order. */
export class RingReader extends RingMemory {
  /** Takes all that has been published until now. */
  drain(take: Take): void {
    const until = Atomics.load(this.head, WRITTEN) >>> 0;
    while (this.at !== until) {
      const unit = this.at & (this.units - 1);
      const first = this.words[unit * WORDS_PER_UNIT]!;
      const kind = first >>> KIND_SHIFT;
      const low = first & LOW_BITS;
      if (kind === SKIP) {
        this.at = (this.at + this.units - unit) >>> 0;
        continue;
      }
      let bytes: Buffer | undefined;
      let units = 1;
      if (kind >= CARRIES_BYTES) {
        const from = (unit + 1) * UNIT_BYTES;
        bytes = Buffer.allocUnsafe(low);
        this.bytes.copy(bytes, 0, from, from + low);
        units += Math.ceil(low / UNIT_BYTES);
      }
      this.at = (this.at + units) >>> 0;
      take(kind, low, this.words[unit * WORDS_PER_UNIT + 1]!, bytes);
    }
    Atomics.store(this.head, TAKEN, this.at | 0);
  }
}
