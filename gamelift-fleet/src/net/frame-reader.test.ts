import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_CLIENT_FRAME_BYTES } from '#shared/contract/zone-protocol.ts';
import { readFrames } from './frame-reader.ts';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const CLOSE_FRAME = 0x88;

let server: WebSocketServer;

beforeEach(async () => {
  server = new WebSocketServer({
    port: 0,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
  });
  await once(server, 'listening');
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

function frame(opcode: number, payload: Uint8Array, isFinal = true): Buffer {
  const mask = Uint8Array.of(17, 201, 3, 99);
  const short = payload.length < 126;
  const head = [(isFinal ? 0x80 : 0) | opcode, 0x80 | (short ? payload.length : 126)];
  const length = short ? [] : [payload.length >> 8, payload.length & 255];
  return Buffer.from([...head, ...length, ...mask, ...payload.map((byte, at) => byte ^ mask[at & 3]!)]);
}

/** A client without any framing of its own, and what the server has heard of it, by whom. */
async function dial({ withHandshake = Buffer.alloc(0) } = {}) {
  const { port } = server.address() as { port: number };
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.setNoDelay(true);
  const hello =
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  socket.write(Buffer.concat([Buffer.from(hello), withHandshake]));
  const heard: string[] = [];
  const by = { reader: 0, ws: 0 };
  // At once, as the zone's server does: what has come with the handshake is read right after.
  server.once('connection', (connection: WebSocket) => {
    readFrames(connection, (message) => {
      by.reader += 1;
      heard.push(`binary ${Buffer.from(message).toString('hex')}`);
    });
    connection.on('message', (data, isBinary) => {
      by.ws += 1;
      heard.push(`${isBinary ? 'binary' : 'text'} ${(data as Buffer).toString('hex')}`);
    });
    connection.on('ping', (data) => heard.push(`ping ${data.toString('hex')}`));
    connection.on('error', () => {});
    connection.on('close', (code) => heard.push(`close ${code}`));
  });
  await once(server, 'connection');
  return { socket, heard, by };
}

async function sendIn(socket: Socket, bytes: Buffer, lengths: readonly number[]): Promise<void> {
  for (let from = 0, piece = 0; from < bytes.length; piece++) {
    const length = lengths[piece % lengths.length]!;
    socket.write(bytes.subarray(from, from + length));
    from += length;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const payload = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 300 }) },
);
/** What a client says, and what is to be heard of it. */
const saying = fc.oneof(
  {
    weight: 8,
    arbitrary: payload.map((bytes) => ({ frames: [frame(BINARY, bytes)], heard: ['binary', bytes] as const })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 30 })
      .map((bytes) => ({ frames: [frame(PING, bytes)], heard: ['ping', bytes] as const })),
  },
  {
    weight: 1,
    arbitrary: fc
      .stringMatching(/^[a-z]{0,20}$/)
      .map((text) => Buffer.from(text))
      .map((bytes) => ({ frames: [frame(TEXT, bytes)], heard: ['text', bytes] as const })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(payload, payload).map(([first, last]) => ({
      frames: [frame(BINARY, first, false), frame(0, last)],
      heard: ['binary', Uint8Array.of(...first, ...last)] as const,
    })),
  },
);

describe('frames read from the handle', () => {
  it('are heard once and in order, whatever comes between them and however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(saying, { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 }),
        async (sayings, lengths) => {
          const { socket, heard } = await dial();
          await sendIn(socket, Buffer.concat(sayings.flatMap(({ frames }) => frames)), lengths);
          const expected = sayings.map(({ heard: [kind, bytes] }) => `${kind} ${Buffer.from(bytes).toString('hex')}`);
          await expect.poll(() => heard.length, { interval: 1 }).toBe(expected.length);
          expect(heard).toEqual(expected);
          socket.destroy();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('come without the help of ws when they come whole, and again after a piece has', async () => {
    const { socket, heard, by } = await dial();
    const one = frame(BINARY, Uint8Array.of(1, 2, 3));
    const say = async (bytes: Buffer, count: number) => {
      socket.write(bytes);
      await expect.poll(() => heard.length, { interval: 1 }).toBe(count);
    };
    await say(one, 1);
    await say(Buffer.concat([one, one]), 3);
    expect(by).toEqual({ reader: 3, ws: 0 });
    socket.write(one.subarray(0, 4));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await say(one.subarray(4), 4);
    await say(frame(PING, Uint8Array.of()), 5);
    expect(by.ws).toBe(1);
    const before = by.reader;
    await say(one, 6);
    expect(by.reader).toBe(before + 1);
  });

  it('are heard when they come with the handshake', async () => {
    const one = frame(BINARY, Uint8Array.of(9));
    const { heard, socket } = await dial({ withHandshake: Buffer.concat([one, one.subarray(0, 3)]) });
    socket.write(one.subarray(3));
    await expect.poll(() => heard, { interval: 1 }).toEqual(['binary 09', 'binary 09']);
  });

  it.each([
    ['too long', frame(BINARY, new Uint8Array(MAX_CLIENT_FRAME_BYTES + 1)), 1009],
    ['not masked', Buffer.from([0x82, 1, 7]), 1002],
    ['of no known kind', frame(5, Uint8Array.of(1)), 1002],
    ['with a bit that nobody has agreed on', Buffer.from([0xc2, 0x80, 0, 0, 0, 0]), 1002],
    ['the end', frame(CLOSE, Uint8Array.of(4_000 >> 8, 4_000 & 255)), 4_000],
  ])('that are %s end the connection as ws has it', async (_what, bytes, code) => {
    const { socket, heard } = await dial();
    const one = frame(BINARY, Uint8Array.of(1));
    let told = Buffer.alloc(0);
    socket.on('data', (data) => {
      told = Buffer.concat([told, data]);
    });
    socket.write(Buffer.concat([one, bytes, one]));
    await once(socket, 'end');
    expect([told.at(-4), told.readUInt16BE(told.length - 2)]).toEqual([CLOSE_FRAME, code]);
    expect(heard.filter((what) => what.startsWith('binary'))).toEqual(['binary 01']);
  });

  it('end when the line does', async () => {
    const { socket, heard } = await dial();
    socket.write(frame(BINARY, Uint8Array.of(1)));
    await expect.poll(() => heard.length, { interval: 1 }).toBe(1);
    socket.resetAndDestroy();
    await expect.poll(() => heard, { interval: 1 }).toEqual(['binary 01', 'close 1006']);
  });
});
