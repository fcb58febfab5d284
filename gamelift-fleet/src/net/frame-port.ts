import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Transport } from './connection.ts';
import { handleOf, type SocketHandle, socketOf, streamBinding } from './socket-handle.ts';

/** A client that does not answer the close is cut off after this. */
const CLOSE_TIMEOUT_MS = 3_000;

const { WriteWrap, streamBaseState, kLastWriteWasAsync } = streamBinding;

/** For the next write of any port: most are done at once, and leave it as it was. */
let spare = new WriteWrap();

/**
 * Writes ready-made WebSocket frames straight to the handle under a `ws` connection: one system call, no copy, no masking, no
 * queue of ws's or of a stream, and in the common case no garbage. What the kernel does not take at once, libuv
 * keeps, in order with what ws writes itself (its answer to the handshake, and the frame that closes).
 *
 * It reaches for private fields; `frame-port.test.ts` holds the contract. Compression must be off.
 */
export class FramePort implements Transport {
  private handle: SocketHandle | undefined;
  private readonly connection: WebSocket;
  private readonly socket: Socket;
  private cutOff: NodeJS.Timeout | undefined;

  constructor(connection: WebSocket) {
    this.connection = connection;
    this.socket = socketOf(connection);
    this.handle = handleOf(this.socket);
    this.socket.once('close', () => {
      this.handle = undefined;
      clearTimeout(this.cutOff);
    });
  }

  /** Bytes that this connection has been sent, its handshake among them. */
  get bytesSent(): number {
    return this.socket.bytesWritten;
  }

  /** Bytes that wait until the client has read others. */
  get waitingBytes(): number {
    return this.handle?.writeQueueSize ?? 0;
  }

  /** Says why, and writes nothing more. */
  close(code: number, reason: string): void {
    this.handle = undefined;
    this.connection.close(code, reason);
    this.cutOff = setTimeout(() => this.connection.terminate(), CLOSE_TIMEOUT_MS);
  }

  /** Writes one or more whole frames; they must never change afterwards. Without any effect once the line is closed or broken. */
  write(frames: Uint8Array): void {
    const { handle } = this;
    if (handle === undefined) return;
    const error = handle.writeBuffer(spare, frames);
    if (streamBaseState[kLastWriteWasAsync] !== 0) this.waitFor(frames);
    else if (error !== 0) this.broken();
  }

  /** The request is libuv's now. */
  private waitFor(frames: Uint8Array): void {
    const request = spare;
    spare = new WriteWrap();
    request.buffer = frames;
    request.oncomplete = (status) => {
      if (status < 0) this.broken();
    };
  }

  private broken(): void {
    this.handle = undefined;
    // Behind a frame that closes, the line has an end that is in order.
    if (!this.socket.writableEnded) this.socket.destroy();
  }
}
