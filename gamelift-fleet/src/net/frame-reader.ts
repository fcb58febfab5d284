import type { WebSocket } from 'ws';
import { MAX_CLIENT_FRAME_BYTES } from '#shared/contract/zone-protocol.ts';
import { handleOf, socketOf, streamBinding } from './socket-handle.ts';

const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const TWO_BYTES_OF_LENGTH = 126;
const MASK_BYTES = 4;
const READ_BYTES = 64 * 1_024;

const { streamBaseState, kReadBytesOrError } = streamBinding;

/** What has just been read, of whichever socket: nobody keeps it beyond the call that tells of it. */
const read = Buffer.allocUnsafeSlow(READ_BYTES);

/** What of `ws` tells that it waits for no more of a frame or message. */
interface WsReceiver {
  readonly _bufferedBytes: number;
  readonly _state: number;
  readonly _fragmented: number;
}
const AT_A_FRAMES_BEGINNING = 0;

/** Length of the payload of the frame that begins here; -1 unless it is binary, final, masked and short enough, with a whole header. */
function payloadLength(at: number, end: number): number {
  if (end - at < 2 + MASK_BYTES || read[at] !== FINAL_BINARY) return -1;
  const length = read[at + 1]! - MASKED;
  if (length < TWO_BYTES_OF_LENGTH) return length;
  if (length > TWO_BYTES_OF_LENGTH || end - at < 4 + MASK_BYTES) return -1;
  const long = read.readUInt16BE(at + 2);
  return long <= MAX_CLIENT_FRAME_BYTES ? long : -1;
}

const headerBytes = (length: number): number => (length < TWO_BYTES_OF_LENGTH ? 2 : 4) + MASK_BYTES;

/** Whether what has been read is nothing but whole binary messages. */
function isWhole(end: number): boolean {
  let at = 0;
  while (at < end) {
    const length = payloadLength(at, end);
    if (length < 0) return false;
    at += headerBytes(length) + length;
  }
  return at === end;
}

/**
 * Takes a client's binary messages from the handle under a `ws` connection: the common case, a read that brings whole messages,
 * needs no memory, no stream and no parser. Everything else (pieces, pings, text, the end, what is wrong) is left
 * to ws, which tells of it as ever. `received` is given bytes that hold until it returns.
 *
 * Reaches for private fields; `frame-reader.test.ts` holds the contract.
 */
export function readFrames(connection: WebSocket, received: (message: Uint8Array) => void): void {
  const socket = socketOf(connection);
  const handle = handleOf(socket);
  if (!handle) return;
  const receiver = (connection as unknown as { readonly _receiver: WsReceiver })._receiver;
  /** What came with the handshake is there already. */
  let isWithWs = true;

  const isAtRest = () =>
    connection.readyState === connection.OPEN &&
    receiver._state === AT_A_FRAMES_BEGINNING &&
    receiver._bufferedBytes === 0 &&
    receiver._fragmented === 0 &&
    socket.readableLength === 0;

  const leaveToWs = (count: number) => {
    isWithWs = true;
    if (socket.destroyed || socket.push(Buffer.from(read.subarray(0, count)))) return;
    // As the socket itself does it: it reads on when ws has taken what there is.
    handle.reading = false;
    handle.readStop();
  };

  const { onread } = handle;
  handle.useUserBuffer(read);
  handle.onread = (arrayBuffer) => {
    const count = streamBaseState[kReadBytesOrError]!;
    if (count <= 0) return onread.call(handle, arrayBuffer);
    if (isWithWs) isWithWs = !isAtRest();
    if (isWithWs || !isWhole(count)) leaveToWs(count);
    else deliver(count, received);
    return undefined;
  };
}

function deliver(end: number, received: (message: Uint8Array) => void): void {
  let at = 0;
  while (at < end) {
    const length = payloadLength(at, end);
    const from = at + headerBytes(length);
    for (let byte = 0; byte < length; byte++) read[from + byte]! ^= read[from - MASK_BYTES + (byte & 3)]!;
    received(read.subarray(from, from + length));
    at = from + length;
  }
}
