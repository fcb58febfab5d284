import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientFrames, greeting, serverFrames } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { ShardHarness } from '#fleet/testing/shard-harness.ts';
import { unframe } from '#fleet/testing/zone-harness.ts';
import { closeCodes } from '#shared/contract/zone-protocol.ts';

const ada = fixtureCharacter('Ada');
const BINARY = 2;
const CONTINUATION = 0;
const CLOSE_FRAME = 0x88;
let harness: ShardHarness;

beforeEach(async () => {
  harness = await new ShardHarness({ definition: fixtureZone([]) }).start();
});
afterEach(() => harness.stop());

/** A client's frame: masked, whole or a part of a message. */
function clientFrame(opcode: number, isLast: boolean, payload: Uint8Array): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, at) => byte ^ mask[at % 4]!);
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  const head = [(isLast ? 0x80 : 0) | opcode, 0x80 | length[0]!, ...length.slice(1)];
  return Buffer.from([...head, ...mask, ...masked]);
}

/** A message in as many WebSocket frames as there are cuts, and one. */
function fragments(message: Uint8Array, cuts: readonly number[]): Buffer {
  const ends = [...new Set(cuts.map((cut) => cut % (message.length + 1)))].sort((a, b) => a - b);
  const parts = [0, ...ends].map((from, i) => message.subarray(from, ends[i] ?? message.length));
  return Buffer.concat(
    parts.map((part, i) => clientFrame(i === 0 ? BINARY : CONTINUATION, i === parts.length - 1, part)),
  );
}

/** Bytes in pieces of these lengths, over and over. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield bytes.subarray(from, from + length);
    from += length;
  }
}

async function shakeHands(): Promise<Socket> {
  const socket = connect(Number(new URL(harness.url).port), '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(
    'GET /zone HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  return socket;
}

const chunking = fc.record({
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
});

describe('messages that come in pieces', () => {
  it('are the same messages, whatever the pieces of frames and of the stream', async () => {
    let tries = 0;
    await fc.assert(
      fc.asyncProperty(chunking, async ({ cuts, lengths }) => {
        const ticket = `piecemeal-${tries++}`;
        harness.ports.issueTicket(ticket, 'test-yard', ada);
        const socket = await shakeHands();
        const received: Buffer[] = [];
        socket.on('data', (data: Buffer) => received.push(data));
        const said = [greeting(ticket), { name: 'ping', fields: { clientMs: tries } }] as const;
        for (const message of said) {
          for (const piece of pieces(fragments(clientFrames.encode(message), cuts), lengths)) {
            socket.write(piece);
            await new Promise((resolve) => setImmediate(resolve));
          }
          await harness.until(() => harness.ports.tickets.size === 0 && received.length > 0);
        }
        const answers = () => unframe(Buffer.concat(received)).map((frame) => serverFrames.decode(frame));
        await harness.until(() => answers().some(({ name }) => name === 'pong'));
        const [first] = answers();
        expect(first).toMatchObject({ name: 'cold', fields: { type: 'welcome', zoneId: 'test-yard' } });
        expect(answers().find(({ name }) => name === 'pong')).toMatchObject({ fields: { clientMs: tries } });
        socket.destroy();
      }),
      { numRuns: 25 },
    );
  });

  it('end the connection when the whole is malformed, however it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunking, async ({ cuts, lengths }) => {
        const socket = await shakeHands();
        const hello = clientFrames.encode(greeting('any'));
        let heard = Buffer.alloc(0);
        socket.on('data', (data: Buffer) => {
          heard = Buffer.concat([heard, data]);
        });
        for (const piece of pieces(fragments(Uint8Array.of(...hello, 0), cuts), lengths)) socket.write(piece);
        await harness.until(() => heard.length >= 4);
        expect([heard[0], heard.readUInt16BE(2)]).toEqual([CLOSE_FRAME, closeCodes.malformed]);
        socket.destroy();
      }),
      { numRuns: 25 },
    );
  });
});
