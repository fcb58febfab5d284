import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { functionOf, temporaryFolder } from '../testing/fixtures.ts';
import { keepBundles } from './keep-bundles.ts';

it('keeps bundles when their source is taken away, and forgets those of an earlier start', () => {
  const folder = join(temporaryFolder(), 'code');
  const [early] = keepBundles([functionOf('export const early = 1;')], folder);
  const fn = functionOf('export const handler = 1;');
  const [one, two] = keepBundles([fn, { ...fn, name: 'same bundle' }], folder);
  rmSync(dirname(fn.moduleFile), { recursive: true });
  expect(readFileSync(one!.moduleFile, 'utf8')).toBe('export const handler = 1;');
  expect(two!.moduleFile).toBe(one!.moduleFile);
  expect(() => readFileSync(early!.moduleFile)).toThrow(/ENOENT/);
});
