import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageSpec, recordExtent } from '#shared/contract/zone-fields.ts';
import { clientMessages, serverMessages } from '#shared/contract/zone-messages.ts';
import {
  COLD_MESSAGE_ID,
  MAX_CLIENT_FRAME_BYTES,
  MAX_ENTITIES,
  MAX_SERVER_FRAME_BYTES,
  PROTOCOL_VERSION,
} from '#shared/contract/zone-protocol.ts';
import { entityRecord } from '#shared/contract/zone-records.ts';
import { SeededRandom } from '../src/sim/random.ts';
import { clientBinary, clientMessage, serverBinary } from './arbitraries.ts';
import { MalformedFrame } from './bytes.ts';
import { type MarkedFrame, markedFrame, mutate } from './fuzz-grammar.ts';
import { SCHEMA_FINGERPRINT } from './generated-codec.ts';
import { clientFrames, type FrameCodec, greeting, isForeignHello, serverFrames } from './messages.ts';

type AnyMessage = { readonly name: string; readonly fields: unknown };

interface Side {
  readonly side: string;
  readonly codec: FrameCodec<AnyMessage>;
  readonly messages: Readonly<Record<string, MessageSpec>>;
  readonly arbitrary: fc.Arbitrary<AnyMessage>;
}
const sides: readonly Side[] = [
  { side: 'client', codec: clientFrames as never, messages: clientMessages, arbitrary: clientBinary as never },
  { side: 'server', codec: serverFrames as never, messages: serverMessages, arbitrary: serverBinary as never },
];

/** What a decoder makes of any bytes: a message, or undefined for the one error that it may throw. */
function read<M>(codec: FrameCodec<M>, frame: Uint8Array): M | undefined {
  try {
    return codec.decode(frame);
  } catch (error) {
    if (error instanceof MalformedFrame) return undefined;
    throw error;
  }
}

/** Frames as the declaration says, with what stands where. */
function corpus({ messages, arbitrary }: Side, count: number, seed: number): MarkedFrame[] {
  return fc
    .sample(arbitrary, { seed, numRuns: count })
    .map(({ name, fields }) => markedFrame(messages[name]!, fields as Record<string, unknown>));
}

describe.each(sides)('frames of the $side', (side) => {
  const { codec, messages, arbitrary } = side;

  it('are read back as they were', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are, byte for byte, what walking over the declaration gives', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        const walked = markedFrame(messages[message.name]!, message.fields as Record<string, unknown>);
        expect(Buffer.from(codec.encode(message))).toEqual(Buffer.from(walked.bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused when anything is missing at their end', () => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        const frame = codec.encode(message);
        for (let cut = 0; cut < frame.length; cut++) expect(read(codec, frame.subarray(0, cut))).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it('are refused with bytes after the message', () => {
    fc.assert(
      fc.property(arbitrary, fc.uint8Array({ minLength: 1, maxLength: 8 }), (message, extra) => {
        expect(read(codec, Uint8Array.of(...codec.encode(message), ...extra))).toBeUndefined();
      }),
    );
  });

  it('are one message or refused after 200,000 mutations, and what is read is exactly what is written for it', () => {
    const frames = corpus(side, 2_000, 5);
    const dice = new SeededRandom(7);
    let refused = 0;
    let taken = 0;
    for (let i = 0; i < 200_000; i++) {
      const frame = mutate(frames[i % frames.length]!, dice, frames[dice.int(0, frames.length - 1)]!);
      const message = read(codec, frame);
      if (!message) refused += 1;
      else if (message.name !== 'cold') {
        taken += 1;
        if (Buffer.compare(codec.encode(message), frame) !== 0) expect(codec.encode(message)).toEqual(frame);
      }
    }
    expect(refused).toBeGreaterThan(50_000);
    expect(taken).toBeGreaterThan(10_000);
  }, 120_000);

  it('are one message or refused when they are noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        read(codec, bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it('have an id each, within their half', () => {
    const ids = Object.values(messages).map(({ id }) => id);
    expect(new Set([...ids, COLD_MESSAGE_ID]).size).toBe(ids.length + 1);
    expect(ids.every((id) => id >= 0x80 === (side.side === 'server'))).toBe(true);
  });
});

describe('sizes', () => {
  it('of what clients send stay below the limit of the socket', () => {
    for (const spec of Object.values(clientMessages))
      expect(recordExtent(spec).max + 1).toBeLessThanOrEqual(MAX_CLIENT_FRAME_BYTES);
  });

  it('of a first view with everybody in it stay below the limit of a frame', () => {
    expect(MAX_ENTITIES * recordExtent(entityRecord).max).toBeLessThan(0.8 * MAX_SERVER_FRAME_BYTES);
  });

  it('above the limit are refused, whatever is in it', () => {
    const frame = new Uint8Array(MAX_CLIENT_FRAME_BYTES + 1).fill(0x20);
    frame.set([COLD_MESSAGE_ID, ...new TextEncoder().encode('{"type":"chat","text":"hi"}')]);
    expect(read(clientFrames, frame.subarray(0, MAX_CLIENT_FRAME_BYTES))).toMatchObject({ name: 'cold' });
    expect(read(clientFrames, frame)).toBeUndefined();
  });

  it('that a list only claims reserve nothing', () => {
    const frame = Uint8Array.of(serverMessages.tick.id, 1, 0, 0, 0, 1, 0, 2, 0xff, 0x5d);
    expect(read(serverFrames, frame)).toBeUndefined();
  });
});

describe('values', () => {
  const input = { seq: 1, seenTick: 1, correction: 0, x: 0, y: 0, yaw: 0 };
  const encodedYaw = (yaw: number) => clientFrames.encode({ name: 'input', fields: { ...input, yaw } }).at(-1);

  it.each([
    ['a place beyond the corner', { x: -0.1 }],
    ['a place that is no number', { y: Number.NaN }],
    ['a place too far away', { x: 4_096 }],
    ['a number that has no room', { seq: 2 ** 32 }],
  ])('that do not fit are a defect of the caller: %s', (_what, wrong) => {
    expect(() => clientFrames.encode({ name: 'input', fields: { ...input, ...wrong } })).toThrow(RangeError);
  });

  it('of turns wrap round', () => {
    expect([2 * Math.PI, -Math.PI / 2].map(encodedYaw)).toEqual([0, 192]);
  });

  it('of text are cut at a whole character and keep a byte order mark', () => {
    const ticketOf = (ticket: string) => {
      const read = clientFrames.decode(clientFrames.encode(greeting(ticket)));
      return read.name === 'hello' && read.fields.ticket;
    };
    expect(ticketOf('é'.repeat(300))).toBe('é'.repeat(256));
    expect(ticketOf('\uFEFFticket')).toBe('\uFEFFticket');
  });
});

describe('the rare messages', () => {
  const cold = (json: string) => read(clientFrames, Uint8Array.of(COLD_MESSAGE_ID, ...new TextEncoder().encode(json)));

  it('are read back as they were', () => {
    fc.assert(
      fc.property(clientMessage, (message) => {
        expect(clientFrames.decode(clientFrames.encode(message))).toEqual(message);
      }),
    );
  });

  it.each([
    '{"type":"chat","text":"hi","to":"x"}',
    '{"type":"grant","item":"x"}',
    '{"type":"chat","text":""}',
    '{"type":"chat"}',
    '{"__proto__":{"type":"chat","text":"hi"}}',
    'null',
    '[]',
    '{',
    '',
  ])('are refused when they are not what is declared: %s', (json) => {
    expect(cold('{"type":"chat","text":"hi"}')).toMatchObject({ name: 'cold' });
    expect(cold(json)).toBeUndefined();
  });
});

describe('the handshake', () => {
  it('tells another version or another declaration by the first bytes, whatever follows them', () => {
    const tail = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), tail, (version, rest) => {
        const frame = Uint8Array.of(clientMessages.hello.id, version & 0xff, version >>> 8, ...rest);
        fc.pre(version !== PROTOCOL_VERSION);
        expect(isForeignHello(frame)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), tail, (schema, rest) => {
        const frame = Buffer.from([clientMessages.hello.id, PROTOCOL_VERSION, 0, 0, 0, 0, 0, ...rest]);
        frame.writeUInt32LE(schema, 3);
        expect(isForeignHello(frame)).toBe(schema !== SCHEMA_FINGERPRINT);
      }),
    );
  });

  it('knows its own hello, and takes nothing else for one', () => {
    expect(isForeignHello(clientFrames.encode(greeting('ticket')))).toBe(false);
    for (const frame of [[], [1], [1, 3], [2, 9, 9], [0x99, 9, 9, 9]])
      expect(isForeignHello(Uint8Array.from(frame))).toBe(false);
  });
});

describe('the wire', () => {
  // Bytes that clients in the field know. Who changes them raises PROTOCOL_VERSION.
  it('is what version 5 says', () => {
    expect(PROTOCOL_VERSION).toBe(5);
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const input = { seq: 300, seenTick: 70_000, correction: 2, x: 10.5, y: 20, yaw: Math.PI };
    expect(hex(clientFrames.encode({ name: 'input', fields: input }))).toBe('022c0100007011010002a800400180');
    const action = { actionSeq: 7, ability: 3, target: 300, seenTick: 9, view: 96 };
    expect(hex(clientFrames.encode({ name: 'action', fields: action }))).toBe('03070003ac02090000006000');
    const aimed = { ...action, target: 0, aim: { x: 10.5, y: 20 } };
    expect(hex(clientFrames.encode({ name: 'action', fields: aimed }))).toBe('0307000300090000006001a8004001');
    const cells = [
      { cell: 200, steps: Uint8Array.of(0x88, 0xc4), changed: [{ at: 1, yaw: Math.PI, health: 300 }] },
      { cell: 5, left: [{ at: 0, to: 6 }], combat: [{ source: 1, target: 2, ability: 0, outcome: 1, amount: 12 }] },
    ];
    expect(hex(serverFrames.encode({ name: 'tick', fields: { tick: 1, cells } }))).toBe(
      '810100000002c80103' + '0288c4' + '01010380ac02' + '0560' + '010102' + '00010c' + '010006' + '00',
    );
  });
});
