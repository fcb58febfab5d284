import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeAmounts } from './dupes/amounts.ts';
import { describeCrashes } from './dupes/crashes.ts';
import { describeHandles } from './dupes/handles.ts';
import { describeMoney } from './dupes/money.ts';
import { describeTrade } from './dupes/trade.ts';
import { type DupeWorld, startDupeWorld } from './dupes/world.ts';
import { complaints } from './hostile/complaints.ts';

const PORT_BASE = 31_000;

/**
 * The classes of duplication that other games are known for (VALUE 6.1), each tried on the whole backend: real gateways,
 * bundles, Postgres and table, and after each try everything is counted.
 */
describe('known ways to double value', () => {
  let started: DupeWorld | undefined;
  const world = (): DupeWorld => started!;

  beforeAll(async () => {
    started = await startDupeWorld(PORT_BASE);
  });
  afterAll(() => started?.stop());

  describeMoney(world);
  describeTrade(world);
  describeAmounts(world);
  describeHandles(world);

  it('have made nothing fail: no log speaks of a server error', () => {
    expect(complaints(world().dataDir)).toEqual([]);
  });

  describeCrashes(world);
});
