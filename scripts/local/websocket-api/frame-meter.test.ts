import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameMeter } from './frame-meter.ts';

/** A masked text frame with a payload of this length. */
function frame(length: number): Buffer {
  const header =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : length < 65_536
        ? Buffer.from([0x81, 0xfe, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.from(BigInt(length).toString(16).padStart(16, '0'), 'hex')]);
  return Buffer.concat([header, Buffer.from([1, 2, 3, 4]), Buffer.alloc(length, 0xff)]);
}

const lengths = fc.array(
  fc.oneof(fc.nat(130), fc.nat(400), fc.constantFrom(999, 1_000, 1_001, 65_535, 65_536, 70_000)),
  {
    maxLength: 6,
  },
);

describe('the frame meter', () => {
  it('reports exactly the frames above its limit, wherever the stream is cut', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 5_000 }), (payloads, step) => {
        let reported = 0;
        const meter = createFrameMeter(1_000, () => reported++);
        const stream = Buffer.concat(payloads.map(frame));
        for (let at = 0; at < stream.length; at += step) meter(stream.subarray(at, at + step));
        expect(reported).toBe(payloads.filter((length) => length > 1_000).length);
      }),
    );
  });
});
