import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { handleOf, streamBinding } from '#fleet/src/net/socket-handle.ts';
import { binaryFrame } from '#fleet/src/net/ws-frame.ts';
import { type BenchServer, samePaths } from './bench-server.ts';
import type { Scenario } from './scenario.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** About what the zone tells of one entity in view in a tick; the size hardly matters. */
const BYTES_PER_ENTITY = 1.5;
const BYTES_OF_A_FRAME = 30;

/** The limit: one ready frame per client and tick, and nothing else; by the sockets' streams, or beneath them as the zone does. */
export async function startRawServer(scenario: Scenario, by: 'stream' | 'handle'): Promise<BenchServer> {
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = streamBinding;
  let request = new WriteWrap();
  const writeBeneath = (socket: Socket) => {
    handleOf(socket)?.writeBuffer(request, frame);
    if (streamBaseState[kLastWriteWasAsync] !== 0) request = new WriteWrap();
  };
  const sockets = new Set<Socket>();
  const payload = new Uint8Array(Math.round(BYTES_OF_A_FRAME + BYTES_PER_ENTITY * scenario.inView)).fill(1);
  const frame = binaryFrame(payload);
  const http = createServer();
  http.on('upgrade', (request, stream) => {
    const socket = stream as Socket;
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.setNoDelay(true);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    sockets.add(socket);
  });
  return {
    listen: async () => {
      await new Promise<void>((resolve) => {
        http.listen(0, '127.0.0.1', 4_096, resolve);
      });
      return { port: (http.address() as AddressInfo).port, paths: samePaths(scenario, '/') };
    },
    tick: () => {
      for (const socket of sockets)
        if (by === 'stream') socket.write(frame);
        else writeBeneath(socket);
    },
    connections: () => sockets.size,
  };
}
