import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLD_MESSAGE_ID, clientMessages, serverMessages } from '#shared/contract/zone-protocol.ts';
import { clientMessage, recordArbitrary } from './arbitraries.ts';
import { ByteReader, ByteWriter, MalformedFrame } from './bytes.ts';
import { columnWriter, maskBit, quantise, recordCodec } from './codec.ts';
import { clientFrames, type ServerMessage, serverFrames } from './messages.ts';

const serverMessage = fc.oneof(
  ...Object.entries(serverMessages).map(([name, spec]) =>
    recordArbitrary(spec).map((fields) => ({ name, fields }) as ServerMessage),
  ),
);

/** What the decoder makes of any bytes: a message, or the one error that it may throw. */
function outcomeOf(frame: Uint8Array): 'message' | 'refused' {
  try {
    clientFrames.decode(frame);
    return 'message';
  } catch (error) {
    if (error instanceof MalformedFrame) return 'refused';
    throw error;
  }
}

describe('frame codec', () => {
  it('reads back every client message as it was', () => {
    fc.assert(
      fc.property(clientMessage, (message) => {
        expect(clientFrames.decode(clientFrames.encode(message))).toEqual(message);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back every server message as it was', () => {
    fc.assert(
      fc.property(serverMessage, (message) => {
        expect(serverFrames.decode(serverFrames.encode(message))).toEqual(message);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses every proper prefix of a message', () => {
    fc.assert(
      fc.property(clientMessage, fc.nat(), (message, cut) => {
        const frame = clientFrames.encode(message);
        expect(outcomeOf(frame.subarray(0, cut % frame.length))).toBe('refused');
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses bytes after a message', () => {
    fc.assert(
      fc.property(clientMessage, fc.uint8Array({ minLength: 1, maxLength: 8 }), (message, extra) => {
        fc.pre(message.name !== 'cold');
        expect(outcomeOf(Uint8Array.of(...clientFrames.encode(message), ...extra))).toBe('refused');
      }),
    );
  });

  it('answers mutated frames with a message or a refusal, nothing else', () => {
    fc.assert(
      fc.property(
        clientMessage,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        (message, mutations) => {
          const frame = clientFrames.encode(message);
          for (const [at, value] of mutations) frame[at % frame.length] = value;
          expect(['message', 'refused']).toContain(outcomeOf(frame));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('answers random bytes with a message or a refusal, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(['message', 'refused']).toContain(outcomeOf(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads mutated server frames without any other error', () => {
    fc.assert(
      fc.property(serverMessage, fc.nat(), fc.integer({ min: 0, max: 255 }), (message, at, value) => {
        const frame = serverFrames.encode(message);
        frame[at % frame.length] = value;
        try {
          serverFrames.decode(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrame);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a list that claims more entries than there are bytes', () => {
    const frame = serverFrames.encode({ name: 'tick', fields: { tick: 1, reset: 0, cells: [] } });
    frame[frame.length - 2] = 0xff;
    expect(() => serverFrames.decode(frame)).toThrow(MalformedFrame);
  });

  it('refuses unknown JSON messages and fields', () => {
    const cold = (json: string) => Uint8Array.of(COLD_MESSAGE_ID, ...new TextEncoder().encode(json));
    expect(outcomeOf(cold('{"type":"chat","text":"hi"}'))).toBe('message');
    expect(outcomeOf(cold('{"type":"chat","text":"hi","to":"x"}'))).toBe('refused');
    expect(outcomeOf(cold('{"type":"grant","item":"x"}'))).toBe('refused');
    expect(outcomeOf(cold('null'))).toBe('refused');
  });

  it('gives every message an id of its own', () => {
    const ids = [...Object.values(clientMessages), ...Object.values(serverMessages)].map(({ id }) => id);
    expect(new Set([...ids, COLD_MESSAGE_ID]).size).toBe(ids.length + 1);
  });
});

describe('quantise', () => {
  it('refuses what does not fit', () => {
    expect(() => quantise('metres', -0.1)).toThrow(RangeError);
    expect(() => quantise('u8', 256)).toThrow(RangeError);
    expect(() => quantise('metres', Number.NaN)).toThrow(RangeError);
  });

  it('wraps turns round', () => {
    expect(quantise('turn', 2 * Math.PI)).toBe(0);
    expect(quantise('turn', -Math.PI / 2)).toBe(192);
  });
});

describe('columnWriter', () => {
  const spec = {
    always: { id: 'u16', name: { text: { maxBytes: 8 } } },
    optional: { health: 'u32', place: { always: { x: 'metres', y: 'metres' } }, dead: 'flag' },
  } as const;

  it('writes the same bytes as the record codec', () => {
    fc.assert(
      fc.property(
        fc.nat(65_535),
        fc.string({ maxLength: 8, unit: 'binary-ascii' }),
        fc.nat(2 ** 31),
        fc.nat(65_535),
        fc.nat(65_535),
        fc.nat(7),
        (id, name, health, x, y, mask) => {
          const rows = columnWriter(spec, {
            id: [id],
            name: [new TextEncoder().encode(name)],
            health: [health],
            'place.x': [x],
            'place.y': [y],
          });
          const out = new ByteWriter();
          rows(out, 0, mask);
          const read = recordCodec(spec).read(new ByteReader(out.copy()));
          expect(read).toEqual({
            id,
            name,
            ...(mask & maskBit(spec, 'health') ? { health } : {}),
            ...(mask & maskBit(spec, 'place') ? { place: { x: x / 16, y: y / 16 } } : {}),
            ...(mask & maskBit(spec, 'dead') ? { dead: true } : {}),
          });
        },
      ),
    );
  });

  it('refuses a record field without a column', () => {
    expect(() => columnWriter(spec, { id: [1] })).toThrow(/no column for name/);
  });
});
