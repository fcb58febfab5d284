import fc from 'fast-check';

const whole = fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constantFrom(0, 1_765_432_100_123, -123, 100, 4_096));
const fraction = fc.constantFrom(0.1, 0.2, 1.5, -2.25, 12.34, 0.001);
export const number = fc.oneof({ weight: 5, arbitrary: whole }, { weight: 1, arbitrary: fraction });
export const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'z', '1', '10') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('é', '漢字', '🜁', '\uffee', '\u0000', 'constructor', '__proto__', 'a\u200db'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 1_400 }).map((length) => 'x'.repeat(length)) },
);
export const texts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'é'), { minLength: 1 }).map((all) => new Set(all));
export const numbers = fc.uniqueArray(fc.constantFrom(1, 2, 22, -3, 0.5), { minLength: 1 }).map((all) => new Set(all));
const bytes = fc.constantFrom(new Uint8Array([1]), new Uint8Array([1, 2]), new Uint8Array([255]));

const scalar = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: bytes },
);
const { nested } = fc.letrec<{ nested: unknown }>((tie) => ({
  nested: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('nested'), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('nested'), { maxKeys: 3, noNullPrototype: true }),
    },
  ),
}));

/** A list that an expression can find its way in. */
export const list = fc.array(nested, { maxLength: 4 });
/** A map that an expression can find its way in. */
export const map = fc.record(
  { x: nested, y: fc.record({ z: number }, { requiredKeys: [] }), n: number },
  { requiredKeys: [], noNullPrototype: true },
);
export const anything = fc.oneof(
  { weight: 4, arbitrary: nested },
  { weight: 1, arbitrary: texts },
  { weight: 1, arbitrary: numbers },
);
