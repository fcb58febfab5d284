import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleSize, bundleAllowances, bundleBudget, bundleSizes } from '#scripts/bundle-floor.ts';

const root = join(import.meta.dirname, '..');

describe('bundles', () => {
  let sizes: BundleSize[];
  beforeAll(async () => {
    if (!existsSync(join(root, 'dist/meta.json'))) throw new Error('there are no bundles: run npm run build');
    sizes = await bundleSizes(root);
  }, 60_000);

  it('are measured against floors that really hold the SDK', () => {
    const withTable = sizes.filter(({ fn }) => fn.needs.table !== undefined);
    expect(withTable.length).toBeGreaterThan(0);
    for (const { fn, floorBytes } of withTable) expect(floorBytes, fn.id).toBeGreaterThan(100_000);
  });

  it(`have at most ${bundleBudget.bytes} bytes above a bare handler with the same SDK clients`, () => {
    const over = sizes
      .filter(({ bytes, bareBytes }) => bytes - bareBytes > bundleBudget.bytes)
      .map(({ fn, bytes, bareBytes }) => `${fn.id}: ${bytes - bareBytes} above a bare handler of ${bareBytes}`);
    expect(over).toEqual([]);
  });

  it(`have at most ${bundleBudget.bytesAboveTrimmed} bytes above one that is trimmed as they are, but for those allowed more`, () => {
    const over = sizes
      .filter(({ fn, bytes, floorBytes }) => {
        return bytes - floorBytes > (bundleAllowances[fn.id] ?? bundleBudget.bytesAboveTrimmed);
      })
      .map(({ fn, bytes, floorBytes }) => `${fn.id}: ${bytes - floorBytes} above a floor of ${floorBytes}`);
    expect(over).toEqual([]);
  });
});
