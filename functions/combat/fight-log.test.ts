import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logKinds } from '#shared/contract/fight-log-kinds.ts';
import { deriveId } from '#shared/kernel/ids.ts';
import { packJson } from '#shared/table/packed-json.ts';
import { MAX_LOG_ENTRIES, packLog, unpackLog } from './fight-log.ts';

const fighter = fc.option(
  fc.oneof(
    fc.constant('npc' as const),
    fc.nat(40).map((who) => deriveId('chr', who)),
  ),
  { nil: undefined },
);
const entry = fc.record({
  span: fc.nat(600),
  source: fighter,
  target: fighter,
  ability: fc.option(fc.constantFrom('plain-attack', 'arc-lash'), { nil: undefined }),
  kind: fc.constantFrom(...logKinds),
  count: fc.integer({ min: 1, max: 500 }),
  amount: fc.nat(1_000_000),
});
const log = fc.record({
  spanMs: fc.constantFrom(1_000, 2_000, 64_000),
  tellsAbilities: fc.boolean(),
  tellsFighters: fc.boolean(),
  entries: fc.array(entry, { maxLength: 200 }),
});

describe("a fight's log", () => {
  it('is the same after it was packed', () => {
    fc.assert(
      fc.property(log, (one) => {
        expect(unpackLog(packLog(one))).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });

  it('stays small in the table, however much it holds', () => {
    const entries = fc.sample(entry, { numRuns: MAX_LOG_ENTRIES, seed: 4 });
    const longest = { spanMs: 1_000, tellsAbilities: true, tellsFighters: true, entries };
    expect(Buffer.byteLength(packJson(packLog(longest)))).toBeLessThan(16_384);
    expect(() => packLog({ ...longest, entries: [...entries, entries[0]!] })).toThrow(RangeError);
  });
});
