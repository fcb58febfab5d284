import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packJson, unpackJson } from './packed-json.ts';

const long = { ids: Array.from({ length: 40 }, (_none, index) => `itm_01M8DY1GZDZSJEXG26T1YNPT${index + 10}`) };

describe('a packed document', () => {
  it('is what it was, whatever its size', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string(), fc.json()), fc.array(fc.json(), { maxLength: 60 })),
        (document) => {
          expect(unpackJson(packJson(document))).toEqual(document);
        },
      ),
    );
  });

  it('is its text as long as that is short, and a fraction of it otherwise', () => {
    expect(packJson({ a: 1 })).toBe('{"a":1}');
    const packed = packJson(long);
    expect(packed).toBeInstanceOf(Uint8Array);
    expect(packed.length).toBeLessThan(JSON.stringify(long).length / 4);
  });

  it('is read from a stream’s image too', () => {
    const packed = packJson(long) as Uint8Array;
    expect(unpackJson(Buffer.from(packed).toString('base64'))).toEqual(long);
  });

  it('that is none is refused', () => {
    for (const broken of ['', 'x', '{', undefined, new Uint8Array([1, 2, 3])]) {
      expect(() => unpackJson(broken)).toThrow();
    }
  });
});
