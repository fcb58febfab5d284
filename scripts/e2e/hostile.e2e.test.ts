import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftovers } from '#scripts/journey/settled.ts';
import { complaints } from './hostile/complaints.ts';
import { describeContractNegatives } from './hostile/contract-negatives.ts';
import { describeForeignThings } from './hostile/foreign-things.ts';
import { describeHttpEdges } from './hostile/http-edges.ts';
import { describeStomp } from './hostile/stomp.ts';
import { describeTokens } from './hostile/tokens.ts';
import { startWorld, type World } from './hostile/world.ts';
import { describeZone } from './hostile/zone.ts';

const PORT_BASE = 29_000;

/** The whole backend on the local cloud, from its bundles, against clients that mean no good. */
describe('hostile clients', () => {
  let started: World | undefined;
  const world = (): World => started!;

  beforeAll(async () => {
    started = await startWorld(PORT_BASE);
  });
  afterAll(() => started?.stop());

  describeTokens(world);
  describeContractNegatives(world);
  describeForeignThings(world);
  describeHttpEdges(world);
  describeStomp(world);
  describeZone(world);

  it('leave nothing behind in queues and dead-letter queues', async () => {
    expect(await leftovers(world().addresses.controlUrl)).toEqual([]);
  });

  it('have made nothing fail: no log speaks of a server error', () => {
    expect(complaints(world().dataDir)).toEqual([]);
  });
});
