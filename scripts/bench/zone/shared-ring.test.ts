import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARRIES_BYTES, RingReader, RingWriter, ringMemory } from './shared-ring.ts';

type Told = readonly [kind: number, low: number, word: number, bytes: readonly number[] | undefined];

function takeAll(ring: RingReader): Told[] {
  const told: Told[] = [];
  ring.drain((kind, low, word, bytes) => told.push([kind, low, word, bytes && [...bytes]]));
  return told;
}

describe('a ring between two threads', () => {
  it('gives whatever was put in and shown, in order, however often it goes round', () => {
    const short = fc.record({ low: fc.nat(0xff_ffff), word: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) });
    const long = fc.record({ word: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(short, long), { maxLength: 6 }), { maxLength: 40 }), (batches) => {
        const memory = ringMemory(256);
        const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
        for (const batch of batches) {
          const kept: Told[] = [];
          for (const one of batch) {
            if ('bytes' in one) {
              const { word, bytes } = one;
              if (writer.putBytes(CARRIES_BYTES, word, bytes))
                kept.push([CARRIES_BYTES, bytes.length, word, [...bytes]]);
            } else if (writer.put(1, one.low, one.word)) kept.push([1, one.low, one.word, undefined]);
          }
          expect(takeAll(reader)).toEqual([]);
          writer.publish();
          expect(takeAll(reader)).toEqual(kept);
        }
      }),
    );
  });

  it('refuses what does not fit until something has been taken', () => {
    const memory = ringMemory(64);
    const [writer, reader] = [new RingWriter(memory), new RingReader(memory)];
    for (let one = 0; one < 8; one++) expect(writer.put(1, one, 0)).toBe(true);
    expect(writer.put(1, 8, 0)).toBe(false);
    expect(writer.putBytes(CARRIES_BYTES, 0, new Uint8Array(64))).toBe(false);
    writer.publish();
    expect(takeAll(reader).map(([, low]) => low)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(writer.put(1, 9, 0)).toBe(true);
    writer.publish();
    expect(takeAll(reader)).toEqual([[1, 9, 0, undefined]]);
  });
});
