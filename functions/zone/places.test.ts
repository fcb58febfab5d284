import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CharacterId, deriveId } from '#shared/kernel/ids.ts';
import { MAX_NOTED_PLACES, type NotedPlace, PlacesPacker, unpackPlaces } from './places.ts';

const uint = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const metres = fc.float({ noNaN: true, min: -4_096, max: 4_096 });
const anyPlace: fc.Arbitrary<NotedPlace> = fc.record({
  characterId: fc.string().map((seed) => deriveId('chr', seed) as CharacterId),
  stay: uint,
  sequence: uint,
  x: metres,
  y: metres,
  yaw: fc.float({ noNaN: true, min: 0, max: 6 }),
  health: uint,
});

function packPlaces(places: readonly NotedPlace[]): Uint8Array {
  const packer = new PlacesPacker();
  for (const place of places) packer.add(place);
  return packer.packed();
}

describe('noted places', () => {
  it('come back as they were packed', () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 50 }), (places) => {
        expect(unpackPlaces(packPlaces(places))).toEqual(places);
      }),
    );
  });

  it('fit an item of the table, however many there are', () => {
    const [place] = fc.sample(anyPlace, 1);
    const packed = packPlaces(Array.from({ length: MAX_NOTED_PLACES + 1 }, () => place!));
    expect(unpackPlaces(packed)).toHaveLength(MAX_NOTED_PLACES);
    expect(packed.length).toBeLessThan(380_000);
  });

  it('are refused when they are cut', () => {
    const [place] = fc.sample(anyPlace, 1);
    expect(() => unpackPlaces(packPlaces([place!]).subarray(1))).toThrow(RangeError);
  });
});
