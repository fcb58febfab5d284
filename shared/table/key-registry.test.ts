import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defineKeys } from './define-keys.ts';
import { keyRegistry } from './key-registry.ts';

const shapeOf = (template: string) => template.replace(/\{\w+\}/g, '*');

describe('the key registry', () => {
  const all = keyRegistry.flatMap(({ domain, entities }) =>
    Object.entries(entities).map(([entity, spec]) => ({ name: `${domain}.${entity}`, spec })),
  );

  it('lists every file of shared/table/keys', () => {
    const files = readdirSync(new URL('./keys', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));
    expect(keyRegistry.map(({ domain }) => domain).sort()).toEqual(files.sort());
  });

  it('gives no two entities the same key shape', () => {
    const shapes = all.map(({ spec }) => `${shapeOf(spec.pk)} | ${shapeOf(spec.sk)}`);
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([]);
  });

  it('starts every partition key with a word of its own kind, so that no value can reach into another', () => {
    for (const { name, spec } of all) expect(spec.pk, name).toMatch(/^[A-Z]+#/);
  });

  it('states what each key is read for', () => {
    for (const { name, spec } of all) expect(spec.access.length, name).toBeGreaterThan(0);
  });
});

describe('defineKeys', () => {
  const keys = defineKeys('sample', {
    thing: { pk: 'THING#{id}', sk: 'PART#{part}', gsi1: { pk: 'OWNER#{owner}', sk: '{id}' }, access: ['get'] },
  });

  it('fills key and index templates', () => {
    expect(keys.thing.primary({ id: 'a', part: 3 })).toEqual({ pk: 'THING#a', sk: 'PART#3' });
    expect(keys.thing.index('gsi1', { owner: 'o', id: 'a' })).toEqual({ gsi1pk: 'OWNER#o', gsi1sk: 'a' });
    expect(keys.thing.sortPrefix).toBe('PART#');
  });

  it('refuses values that would change the key’s shape', () => {
    expect(() => keys.thing.primary({ id: 'a#PART', part: 1 })).toThrow(TypeError);
    expect(() => keys.thing.primary({ id: '', part: 1 })).toThrow(TypeError);
  });
});
