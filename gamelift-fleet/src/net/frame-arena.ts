import { ByteWriter } from '#fleet/protocol/bytes.ts';
import { LONGEST_HEADER, writeHeader } from './ws-frame.ts';

const CHUNK_BYTES = 256 * 1_024;

/**
 * Makes WebSocket frames in place, many in one piece of fresh memory: no byte of it is written twice, so that frames may wait
 * in any number of sockets. A piece goes when the last of its frames has been sent.
 */
export class FrameArena {
  private readonly writer = new ByteWriter(0);
  private payloadAt = 0;

  /** Begins a frame of at most so many bytes; they are to be written behind what the writer holds. */
  begin(maxBytes: number): ByteWriter {
    const { writer } = this;
    if (writer.length + LONGEST_HEADER + maxBytes > writer.bytes.length) {
      writer.bytes = new Uint8Array(Math.max(CHUNK_BYTES, LONGEST_HEADER + maxBytes));
      writer.length = 0;
    }
    this.payloadAt = writer.length + LONGEST_HEADER;
    writer.length = this.payloadAt;
    return writer;
  }

  /** The frame around what has been written since its beginning. */
  end(): Uint8Array {
    const { bytes, length } = this.writer;
    const header = writeHeader(bytes, this.payloadAt, length - this.payloadAt);
    return bytes.subarray(this.payloadAt - header, length);
  }
}
