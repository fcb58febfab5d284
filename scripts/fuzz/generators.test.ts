import { describe, expect, it } from 'vitest';
import { invalidRequest, isRefused } from './invalid-request.ts';
import { type JsonSchema, violations } from './json-schema.ts';
import { operations, resolve } from './operations.ts';
import { diceOf } from './random.ts';
import { readSettings } from './settings.ts';
import { validRequest } from './valid-request.ts';

const nothingKnown = () => undefined;

describe('violations', () => {
  const cases: readonly (readonly [string, JsonSchema, unknown, unknown])[] = [
    ['type', { type: 'integer' }, 1, 1.5],
    ['null', { type: 'null' }, null, 0],
    ['enum', { enum: ['a', 'b'] }, 'b', 'c'],
    ['const', { const: 1 }, 1, '1'],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'null' }] }, null, 1],
    ['oneOf', { oneOf: [{ minimum: 1 }, { minimum: 5 }] }, 3, 7],
    ['required', { required: ['a'] }, { a: 1 }, {}],
    ['additionalProperties', { properties: { a: {} }, additionalProperties: false }, { a: 1 }, { b: 1 }],
    ['propertyNames', { propertyNames: { pattern: '^x' } }, { x: 1 }, { y: 1 }],
    ['items', { items: { type: 'string' } }, ['a'], [1]],
    ['minItems', { minItems: 1 }, [1], []],
    ['maxItems', { maxItems: 1 }, [1], [1, 2]],
    ['minLength', { minLength: 2 }, 'ab', 'a'],
    ['maxLength', { maxLength: 2 }, 'ab', 'abc'],
    ['pattern', { pattern: '^a$' }, 'a', 'b'],
    ['minimum', { minimum: 1 }, 1, 0],
    ['exclusiveMaximum', { exclusiveMaximum: 1 }, 0, 1],
  ];
  it.each(cases)('reads %s', (_keyword, schema, right, wrong) => {
    expect(violations(schema, right, resolve)).toEqual([]);
    expect(violations(schema, wrong, resolve)).not.toEqual([]);
  });

  it('passes over no keyword that it does not know', () => {
    expect(() => violations({ not: {} } as JsonSchema, 1, resolve)).toThrow('not');
  });
});

describe('dice', () => {
  it('fall alike for the same parts and else differently', () => {
    const draw = (...parts: (string | number)[]) => {
      const dice = diceOf(...parts);
      return Array.from({ length: 20 }, () => dice.int(0, 1_000));
    };
    expect(draw(1, 'a', 2)).toEqual(draw(1, 'a', 2));
    expect(draw(1, 'a', 2)).not.toEqual(draw(1, 'a', 3));
    expect(Math.min(...draw(5))).toBeGreaterThanOrEqual(0);
  });
});

describe.each(operations.map((operation) => [operation.endpoint.id, operation] as const))(
  'requests of %s',
  (id, operation) => {
    it('are valid by contract and document, or break the contract beyond doubt', () => {
      for (let index = 0; index < 40; index += 1) {
        const valid = validRequest(operation, diceOf(index, id), nothingKnown);
        expect(isRefused(operation.endpoint, valid)).toBe(false);
        if (operation.body) expect(violations(operation.body, valid.body, resolve)).toEqual([]);
        const { request } = invalidRequest(operation, valid, diceOf(index, id, 'invalid'), index);
        expect(isRefused(operation.endpoint, request), JSON.stringify(request)).toBe(true);
      }
    });
  },
);

describe('settings', () => {
  it('are a fixed seed and the amounts of npm test, unless the environment says otherwise', () => {
    expect(readSettings({})).toMatchObject({ seed: 2077, cases: 300, only: undefined, endpoint: undefined });
    expect(readSettings({ FUZZ_SEED: '5', FUZZ_CASE: 'invalid:7' })).toMatchObject({
      seed: 5,
      only: { kind: 'invalid', index: 7 },
    });
  });

  it('refuse nonsense', () => {
    expect(() => readSettings({ FUZZ_SEED: '-1' })).toThrow(RangeError);
    expect(() => readSettings({ FUZZ_CASE: 'other:1' })).toThrow(RangeError);
  });
});
