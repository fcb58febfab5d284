/**
 * Counts the frames of one socket without decoding them: follows their headers through any pieces of the stream. Tells the
 * first bytes of each payload, as many as it needs to say what it is.
 */
export class FrameCounter {
  private readonly head = new Uint8Array(HEAD_BYTES);
  private headLength = 0;
  /** Bytes of the frame that are still to come, once its length is known. */
  private left = 0;
  frames = 0;
  bytes = 0;

  /** `seen` is told every whole frame: opcode, payload length, and its first bytes. */
  take(chunk: Uint8Array, length: number, seen: (head: Uint8Array, payloadAt: number, payload: number) => void): void {
    this.bytes += length;
    for (let at = 0; at < length; ) {
      if (this.left > 0) {
        const step = Math.min(this.left, length - at);
        const wanted = Math.min(step, HEAD_BYTES - this.headLength);
        for (let i = 0; i < wanted; i++) this.head[this.headLength++] = chunk[at + i]!;
        this.left -= step;
        at += step;
        if (this.left === 0) this.finish(seen);
        continue;
      }
      this.head[this.headLength++] = chunk[at++]!;
      const size = sizeOf(this.head, this.headLength);
      if (size === undefined) continue;
      this.left = size;
      if (size === 0) this.finish(seen);
    }
  }

  private finish(seen: (head: Uint8Array, payloadAt: number, payload: number) => void): void {
    this.frames += 1;
    const at = headerBytes(this.head[1]!);
    seen(this.head, at, sizeOf(this.head, at)!);
    this.headLength = 0;
  }
}

/** The longest header, a message id and a tick. */
const HEAD_BYTES = 10 + 5;
const headerBytes = (short: number): number => (short < 126 ? 2 : short === 126 ? 4 : 10);

/** Payload bytes, once the header is whole. */
function sizeOf(head: Uint8Array, length: number): number | undefined {
  if (length < 2 || length < headerBytes(head[1]!)) return undefined;
  const short = head[1]!;
  if (short < 126) return short;
  const view = new DataView(head.buffer, head.byteOffset);
  return short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
}
