import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/**
 * Writes ready-made WebSocket frames to the socket under a `ws` connection: one system call, no copy, no masking, no
 * queue of ws's own. It reaches for a private field, so ws is pinned and `frame-port.test.ts` holds the contract:
 * frames written here and by `ws.send` arrive whole and in order. It needs compression to be off.
 */
export function writeFrames(connection: WebSocket, frames: readonly Uint8Array[]): void {
  if (connection.readyState !== connection.OPEN) return;
  const socket = (connection as unknown as { readonly _socket: Socket | null })._socket;
  if (!socket || socket.destroyed) return;
  if (frames.length === 1) {
    socket.write(frames[0]!);
    return;
  }
  socket.cork();
  for (const frame of frames) socket.write(frame);
  socket.uncork();
}
