import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { bundleOf, functionsOf } from '#shared/contract/domain.ts';
import { pipelineErrors } from '#shared/contract/errors.ts';

const root = join(import.meta.dirname, '..');

describe('the bundle of an endpoint', () => {
  // A code whose catalogue was left out is answered with 500 in the cloud, and nowhere else.
  it('holds the catalogue of every error that its contract declares', () => {
    const unknown = domains.flatMap(functionsOf).flatMap((fn) => {
      if (fn.kind !== 'endpoint') return [];
      const text = readFileSync(join(root, bundleOf(fn), 'index.mjs'), 'utf8');
      // What the pipeline itself may answer is in every bundle.
      const own = fn.errors.filter((code) => !(code in pipelineErrors));
      const keys = own.map((code) => code.slice(code.indexOf('.') + 1));
      return keys.filter((key) => !text.includes(`${key}:{status:`)).map((key) => `${fn.id}: ${key}`);
    });
    expect(unknown).toEqual([]);
  });
});
