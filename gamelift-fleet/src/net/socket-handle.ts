import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Of a write that the kernel did not take at once; libuv keeps it until it has. */
export interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Holds the bytes until they are gone. */
  buffer?: Uint8Array;
}

/** What a socket of Node's reads and writes through. */
export interface SocketHandle {
  /** Called after each read, with what was read unless there is a {@link useUserBuffer}. */
  onread: (arrayBuffer: unknown) => unknown;
  /** Whether reads are under way; the stream begins them anew when it is not. */
  reading: boolean;
  readStop(): number;
  /** Reads come into these bytes from now on. */
  useUserBuffer(bytes: Uint8Array): void;
  /** @returns 0, or a negative error of the system. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** Written before each `onread` and by each `writeBuffer`. */
  readonly streamBaseState: Int32Array;
  /** Where it tells how many bytes were read, or which error or end there was. */
  readonly kReadBytesOrError: number;
  /** Where it tells whether the request of a write is still in use. */
  readonly kLastWriteWasAsync: number;
}

/**
 * What lies beneath the sockets of Node and `ws`. It is private to both, so both are pinned, and the tests of
 * {@link FramePort} and {@link readFrames} hold what is expected of it.
 */
export const streamBinding = (process as unknown as { binding(name: 'stream_wrap'): StreamBinding }).binding(
  'stream_wrap',
);

/** The socket under a connection that has just been accepted. */
export function socketOf(connection: WebSocket): Socket {
  return (connection as unknown as { readonly _socket: Socket })._socket;
}

/** Its handle; undefined when the line is broken already. */
export function handleOf(socket: Socket): SocketHandle | undefined {
  return (socket as unknown as { readonly _handle: SocketHandle | null })._handle ?? undefined;
}
