import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { FramePort } from './frame-port.ts';
import { binaryFrame, pongOf } from './ws-frame.ts';

const MEGABYTE = 1_024 * 1_024;
const socketOf = (connection: WebSocket) => (connection as unknown as { readonly _socket: Socket })._socket;

let server: WebSocketServer;

afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** Both ends of a connection. */
async function connect() {
  server = new WebSocketServer({ port: 0, perMessageDeflate: false, autoPong: false });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  client.on('error', () => {});
  const [[connection]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  return { client, connection, port: new FramePort(connection) };
}

/** Length and first byte of each message until the connection is closed, and how it was. */
async function receivedBy(client: WebSocket) {
  const received: number[][] = [];
  client.on('message', (data: Buffer) => received.push([data.length, data[0]!]));
  const [code, reason] = (await once(client, 'close')) as [number, Buffer];
  return { received, code, reason: reason.toString() };
}

describe('the frame port', () => {
  it('keeps frames whole and in order, and what ws writes at the end behind them', async () => {
    const { client, port } = await connect();
    const sizes = [1, 125, 126, 127, 65_535, 65_536, 200_000];
    for (const size of sizes) {
      port.write(binaryFrame(new Uint8Array(size).fill(size & 0xff)));
      port.write(Buffer.concat([binaryFrame(Uint8Array.of(2), Uint8Array.of(3)), binaryFrame(Uint8Array.of(4))]));
    }
    port.close(4_000, 'enough');
    const { received, code, reason } = await receivedBy(client);
    expect(received).toEqual(
      sizes.flatMap((size) => [
        [size, size & 0xff],
        [2, 2],
        [1, 4],
      ]),
    );
    expect([code, reason]).toEqual([4_000, 'enough']);
  });

  it('loses and mixes nothing that the kernel does not take at once, and counts it', async () => {
    const { client, connection, port } = await connect();
    client.pause();
    const before = port.bytesSent;
    let written = 0;
    for (let frame = 0; frame < 30; frame++) {
      const bytes = binaryFrame(new Uint8Array(MEGABYTE).fill(frame));
      port.write(bytes);
      port.write(binaryFrame(Uint8Array.of(frame)));
      written += bytes.length + 3;
    }
    expect(port.waitingBytes).toBeGreaterThan(MEGABYTE);
    client.resume();
    const end = receivedBy(client);
    const closed = once(connection, 'close');
    port.close(1_000, '');
    const { received } = await end;
    await closed;
    expect(received).toEqual(
      Array.from({ length: 30 }, (_, frame) => [
        [MEGABYTE, frame],
        [1, frame],
      ]).flat(),
    );
    expect(port.bytesSent - before).toBeGreaterThanOrEqual(written);
    expect(port.waitingBytes).toBe(0);
  });

  it('uses one request for all writes that are done at once', async () => {
    const { client, port, connection } = await connect();
    const { _handle: handle } = socketOf(connection) as unknown as {
      readonly _handle: { writeBuffer(request: object, bytes: Uint8Array): number };
    };
    const requests = new Set<object>();
    const { writeBuffer } = handle;
    handle.writeBuffer = (request, bytes) => {
      requests.add(request);
      return writeBuffer.call(handle, request, bytes);
    };
    for (let frame = 0; frame < 50; frame++) port.write(binaryFrame(Uint8Array.of(frame)));
    const end = receivedBy(client);
    port.close(1_000, '');
    expect((await end).received).toHaveLength(50);
    expect(requests.size).toBe(1);
  });

  it('answers pings beside ws', async () => {
    const { client, connection, port } = await connect();
    connection.on('ping', (data) => port.write(pongOf(data)));
    client.ping('are you there?');
    const [answer] = (await once(client, 'pong')) as [Buffer];
    expect(answer.toString()).toBe('are you there?');
  });

  it('writes to a broken line without any effect', async () => {
    const { connection, port } = await connect();
    const errors: unknown[] = [];
    connection.on('error', (error) => errors.push(error));
    socketOf(connection).destroy();
    port.write(binaryFrame(Uint8Array.of(1)));
    await once(connection, 'close');
    port.write(binaryFrame(Uint8Array.of(1)));
    expect(errors).toEqual([]);
  });

  it('ends a line of which a write tells that it is broken', async () => {
    const { client, connection, port } = await connect();
    const closed = once(connection, 'close');
    socketOf(connection).pause();
    socketOf(client).resetAndDestroy();
    await expect
      .poll(() => {
        port.write(binaryFrame(new Uint8Array(MEGABYTE)));
        return socketOf(connection)?.destroyed ?? true;
      })
      .toBe(true);
    await closed;
    expect(port.waitingBytes).toBe(0);
  });

  it('writes nothing behind the frame that closes', async () => {
    const { client, port } = await connect();
    const end = receivedBy(client);
    port.write(binaryFrame(Uint8Array.of(7)));
    port.close(4_001, 'done');
    port.write(binaryFrame(Uint8Array.of(8)));
    expect(await end).toEqual({ received: [[1, 7]], code: 4_001, reason: 'done' });
  });
});
