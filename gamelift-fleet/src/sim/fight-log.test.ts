import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LOG_ENTRIES } from '#functions/combat/fight-log.ts';
import { logKinds } from '#shared/contract/fight-log-kinds.ts';
import { balance } from './balance.ts';
import { ANY_ABILITY, FightLog, NPC_SIDE, SOMEBODY } from './fight-log.ts';
import { SeededRandom } from './random.ts';

const { maxRows, bucketTicks } = balance.combat.log;
const START = 500;

/** Totals by kind and by whether the NPC did it: what no adding up may change. */
function totals(rows: Iterable<{ source: number; kind: string; count: number; amount: number }>) {
  const sums: Record<string, [count: number, amount: number]> = {};
  for (const { source, kind, count, amount } of rows) {
    const name = `${source === NPC_SIDE} ${kind}`;
    const [counted, summed] = sums[name] ?? [0, 0];
    sums[name] = [counted + count, summed + amount];
  }
  return sums;
}

/** A fight of so many, with so many abilities, that lasts so many ticks. */
function fightOf(fighters: number, abilities: number, ticks: number, seed: number) {
  const random = new SeededRandom(seed);
  const log = new FightLog(START);
  const blows = [];
  for (let tick = 0; tick < ticks; tick++) {
    for (let blow = random.int(0, 3); blow > 0; blow--) {
      const [source, target] = [random.int(0, fighters), random.int(0, fighters)];
      const kind = logKinds[random.int(0, logKinds.length - 1)]!;
      const amount = random.int(0, 1_000);
      log.note(START + tick, source, target, random.int(0, abilities), kind, amount);
      blows.push({ source, kind, count: 1, amount });
    }
  }
  return { log, blows };
}

describe("a fight's log", () => {
  it('adds up by second, maker, target, ability and kind', () => {
    const log = new FightLog(START);
    for (const tick of [0, 5, 19, 20]) log.note(START + tick, 1, NPC_SIDE, 3, 'hit', 10);
    log.note(START + 21, NPC_SIDE, 1, 0, 'miss', 0);
    expect([...log.rows()]).toEqual([
      { bucket: 0, source: 1, target: NPC_SIDE, ability: 3, kind: 'hit', count: 3, amount: 30 },
      { bucket: 1, source: 1, target: NPC_SIDE, ability: 3, kind: 'hit', count: 1, amount: 10 },
      { bucket: 1, source: NPC_SIDE, target: 1, ability: 0, kind: 'miss', count: 1, amount: 0 },
    ]);
  });

  it('loses nothing and stays in its bounds, however long a fight is and however many fight it', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(250), fc.nat(4_000), fc.nat(), (fighters, abilities, ticks, seed) => {
        const { log, blows } = fightOf(fighters, abilities, ticks, seed);
        expect(log.rowCount).toBeLessThan(maxRows);
        expect(totals(log.rows())).toEqual(totals(blows));
        const rows = [...log.rows()];
        expect(rows.every(({ bucket }, index) => bucket >= (rows[index - 1]?.bucket ?? 0))).toBe(true);
        expect(rows.every(({ bucket }) => bucket * log.bucketTicks < Math.max(1, ticks))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('is coarser in time first, then without abilities, at last without fighters', () => {
    const long = fightOf(2, 2, 10_000, 1).log;
    expect([long.bucketTicks > bucketTicks, long.tellsAbilities, long.tellsFighters]).toEqual([true, true, true]);
    const many = fightOf(6, 200, 6_000, 2).log;
    expect([many.tellsAbilities, many.tellsFighters]).toEqual([false, true]);
    expect([...many.rows()].every(({ ability }) => ability === ANY_ABILITY)).toBe(true);
    const crowd = fightOf(40, 200, 6_000, 3).log;
    expect([crowd.tellsAbilities, crowd.tellsFighters]).toEqual([false, false]);
    const sides = new Set([...crowd.rows()].flatMap(({ source, target }) => [source, target]));
    expect([...sides].sort((a, b) => a - b)).toEqual([NPC_SIDE, SOMEBODY]);
  });

  it('fits into what is kept of a fight', () => {
    expect(maxRows).toBeLessThanOrEqual(MAX_LOG_ENTRIES);
  });
});
