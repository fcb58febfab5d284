import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** The socket under a connection; undefined once it is gone. */
function socketOf(connection: WebSocket): Socket | undefined {
  return (connection as unknown as { readonly _socket: Socket | null })._socket ?? undefined;
}

/** Bytes that this connection has been sent, its handshake among them; 0 once it is gone. */
export function bytesSent(connection: WebSocket): number {
  return socketOf(connection)?.bytesWritten ?? 0;
}

/**
 * Writes ready-made WebSocket frames to the socket under a `ws` connection: one system call, no copy, no masking, no
 * queue of ws's own. It reaches for a private field, so ws is pinned and `frame-port.test.ts` holds the contract:
 * frames written here and by `ws.send` arrive whole and in order. It needs compression to be off.
 */
export function writeFrames(connection: WebSocket, frames: readonly Uint8Array[]): void {
  if (connection.readyState !== connection.OPEN) return;
  const socket = socketOf(connection);
  // A destroyed socket takes writes and drops them: asking each time would cost a twentieth of the write.
  if (!socket) return;
  if (frames.length === 1) {
    socket.write(frames[0]!);
    return;
  }
  socket.cork();
  for (const frame of frames) socket.write(frame);
  socket.uncork();
}
