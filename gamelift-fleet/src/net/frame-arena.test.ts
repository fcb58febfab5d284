import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameArena } from './frame-arena.ts';
import { binaryFrame } from './ws-frame.ts';

describe('the frame arena', () => {
  it('makes the frames that are made one by one, and leaves those alone that it has made', () => {
    const payloads = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.uint8Array({ maxLength: 300 }) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(125, 126, 65_535, 65_536, 300_000).map((size) => new Uint8Array(size).fill(7)),
        },
      ),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(payloads, fc.nat(50), (some, spareBytes) => {
        const arena = new FrameArena();
        const made = some.map((payload) => {
          arena.begin(payload.length + spareBytes).raw(payload);
          return arena.end();
        });
        for (const [at, payload] of some.entries()) expect(Buffer.compare(made[at]!, binaryFrame(payload))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('forgets what a frame was begun with when another one is begun', () => {
    const arena = new FrameArena();
    arena.begin(10).u8(1);
    arena.begin(10).u8(2);
    expect([...arena.end()]).toEqual([...binaryFrame(Uint8Array.of(2))]);
  });
});
