import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { writeFrames } from './frame-port.ts';
import { binaryFrame } from './ws-frame.ts';

describe('the frame port', () => {
  it('keeps frames whole and in order beside those of ws itself', async () => {
    const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
    const sizes = [1, 125, 126, 127, 65_535, 65_536, 200_000];
    server.on('connection', (socket) => {
      for (const size of sizes) {
        writeFrames(socket, [binaryFrame(new Uint8Array(size).fill(size & 0xff))]);
        socket.send(new Uint8Array(size).fill(1));
        writeFrames(socket, [binaryFrame(Uint8Array.of(2), Uint8Array.of(3)), binaryFrame(Uint8Array.of(4))]);
      }
      socket.close();
    });
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    const received: number[][] = [];
    client.on('message', (data: Buffer) => received.push([data.length, data[0]!]));
    await once(client, 'close');
    expect(received).toEqual(
      sizes.flatMap((size) => [
        [size, size & 0xff],
        [size, 1],
        [2, 2],
        [1, 4],
      ]),
    );
    server.close();
  });

  it('writes to a broken line without any effect', async () => {
    const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
    const errors: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      server.on('connection', (socket) => {
        socket.on('error', (error) => errors.push(error));
        (socket as unknown as { readonly _socket: { destroy(): void } })._socket.destroy();
        for (let i = 0; i < 3; i++) writeFrames(socket, [binaryFrame(Uint8Array.of(1))]);
        socket.on('close', () => {
          writeFrames(socket, [binaryFrame(Uint8Array.of(1)), binaryFrame(Uint8Array.of(2))]);
          resolve();
        });
      });
    });
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    client.on('error', () => {});
    await done;
    expect(errors).toEqual([]);
    server.close();
  });
});
