import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverFrames } from '#fleet/protocol/messages.ts';
import { unframe } from '#fleet/testing/zone-harness.ts';
import { KeptMessages } from './kept-messages.ts';

const LIMIT = 8;
const word = (n: number) => Uint8Array.of(n & 0xff, n >> 8);

function read(frames: readonly Uint8Array[]): { seq: number; n: number }[] {
  return frames
    .flatMap((frame) => unframe(frame))
    .map((payload) => {
      const message = serverFrames.decode(payload);
      if (message.name !== 'kept') throw new Error('not numbered');
      const { seq, message: inner } = message.fields;
      return { seq, n: inner[0]! | (inner[1]! << 8) };
    });
}

describe('kept messages', () => {
  it('are numbered without a gap, kept up to the limit, and told in order behind any number', () => {
    const step = fc.oneof(fc.constant('add' as const), fc.record({ forget: fc.nat(60) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(70), (steps, claimed) => {
        const kept = new KeptMessages('own', LIMIT);
        let added = 0;
        let forgotten = 0;
        for (const one of steps) {
          if (one === 'add') kept.add(word(++added));
          else {
            kept.forget(one.forget);
            forgotten = Math.max(forgotten, Math.min(one.forget, added));
          }
        }
        expect(kept.newest).toBe(added);
        expect(kept.reach).toBeGreaterThanOrEqual(Math.max(forgotten, added - LIMIT));
        const from = kept.resumeAt(claimed);
        if (claimed >= kept.reach && claimed <= added) expect(from).toBe(claimed);
        const told = read(kept.after(from));
        expect(told).toEqual(Array.from({ length: added - from }, (_, i) => ({ seq: from + i + 1, n: from + i + 1 })));
      }),
      { numRuns: 500 },
    );
  });

  it('answer nothing to one who has everything, and the rest to one whose claim cannot be true', () => {
    const kept = new KeptMessages('zone', LIMIT);
    for (let n = 1; n <= 3; n++) kept.add(word(n));
    expect(kept.after(kept.resumeAt(3))).toEqual([]);
    expect(read(kept.after(kept.resumeAt(4))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(read(kept.after(kept.resumeAt(4_294_967_295))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});
