import { describe, expect, it } from 'vitest';
import { type RecordSpec, record } from '#shared/contract/zone-fields.ts';
import { zoneCodec } from './zone-codec.ts';
import { fingerprintOf, recordsOf } from './zone-schema.ts';

const spec = {
  name: 'Thing',
  about: 'A thing.',
  always: { id: 'u16', name: { text: { maxBytes: 8 } } },
  optional: { health: { varint: 100 }, state: { choice: { up: 0, down: 1 } } },
  notes: { id: 'Its number' },
} as const satisfies RecordSpec;

describe('the fingerprint of a declaration', () => {
  const before = fingerprintOf({ messages: { spec } });

  it.each<[string, RecordSpec]>([
    ['its prose', { ...spec, about: 'Another text.', notes: { id: 'Another note' } }],
    ['the name of its type', { ...spec, name: 'Item' }],
    ['the way in which the server writes it', { ...spec, isRow: true }],
  ])('stays when only %s changes', (_what, changed) => {
    expect(fingerprintOf({ messages: { spec: changed } })).toBe(before);
  });

  it.each<[string, RecordSpec]>([
    ['a type', { ...spec, always: { ...spec.always, id: 'u32' } }],
    ['a limit', { ...spec, always: { ...spec.always, name: { text: { maxBytes: 9 } } } }],
    ['the order of fields', { ...spec, always: { name: spec.always.name, id: 'u16' } }],
    ['the name of a field', { ...spec, always: { id: 'u16', title: spec.always.name } }],
    ['a number of a choice', { ...spec, optional: { ...spec.optional, state: { choice: { down: 0, up: 1 } } } }],
    ['a further field', { ...spec, optional: { ...spec.optional, yaw: 'turn' } }],
    ['whether a field is optional', { ...spec, optional: { state: spec.optional.state } }],
  ])('changes with %s', (_what, changed) => {
    expect(fingerprintOf({ messages: { spec: changed } })).not.toBe(before);
  });
});

describe('records', () => {
  it('come after those that they consist of, each once', () => {
    const inner = record({ name: 'Inner', about: '', always: { x: 'u8' } });
    const outer = record({ name: 'Outer', about: '', always: { one: inner, many: { list: inner, max: 3 } } });
    expect(recordsOf([outer, inner]).map(({ name }) => name)).toEqual(['Inner', 'Outer']);
  });

  it('must not share a name', () => {
    const other = { ...spec, always: {} };
    expect(() => recordsOf([spec, other])).toThrow(/two records are called Thing/);
  });
});

describe('the generated codec', () => {
  it('is the same source every time', () => {
    expect(zoneCodec()).toBe(zoneCodec());
  });
});
