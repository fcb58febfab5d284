import { describe, expect, it } from 'vitest';
import { fixtureCharacter } from '#fleet/testing/fixture-zone.ts';
import { type LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';

const mal = fixtureCharacter('Mal');

async function start() {
  const world = await startZone();
  const { zone, time, ports } = world;
  const client = world.enter(mal);
  let seq = 0;
  /** Claims to be at the far end of the zone, as a client that follows every correction. */
  const jump = (who = mal, through: LoopbackClient = client) => {
    seq += 1;
    const { correction } = zone.sim.state.players.get(through.slot)!;
    const place = { x: 90, y: 90, yaw: 0, seenTick: zone.sim.tick };
    zone.input(
      who.characterId,
      through,
      (slot) => ({ kind: 'move', slot, seq, correction, ...place }),
      through.replica.tick,
    );
  };
  const pass = (ticks: number, eachTick = () => {}) => {
    for (let i = 0; i < ticks; i++) {
      eachTick();
      time.nowMs += 50;
      zone.tick();
    }
  };
  const reports = async () => {
    await zone.writer.flush();
    return [...ports.suspicions.values()];
  };
  return { ...world, client, jump, pass, reports };
}

describe('reports of suspicion', () => {
  it('tell at once of the first, and then of all that has come together, every 10 s at most', async () => {
    const { pass, jump, reports, time } = await start();
    const beganMs = time.nowMs;
    pass(10, jump);
    const [first] = await reports();
    expect(first).toMatchObject({ reportSeq: 1, accountId: mal.accountId, characterId: mal.characterId });
    expect(first!.noticed).toMatchObject([{ check: 'teleport' }]);
    pass(590, jump);
    const all = await reports();
    // 30 s: the first, and one each time that 10 s are over.
    expect(all).toHaveLength(3);
    expect(all.map(({ reportSeq }) => reportSeq)).toEqual([1, 2, 3]);
    for (const { atMs, noticed } of all) {
      expect(noticed.map(({ check }) => check)).toEqual(['teleport']);
      expect(noticed[0]!.samples.length).toBeLessThanOrEqual(3);
      for (const sample of noticed[0]!.samples) {
        expect(sample.atMs).toBeGreaterThan(beganMs);
        expect(sample.atMs).toBeLessThanOrEqual(atMs);
        expect(sample.figures).toMatchObject({ toX: 90, toY: 90 });
      }
    }
    const counted = all.reduce((sum, { noticed }) => sum + noticed[0]!.count, 0);
    expect(counted).toBeGreaterThan(300);
    expect(all.reduce((sum, { noticed }) => sum + noticed[0]!.weight, 0)).toBeCloseTo(4 * counted, -1);
  });

  it('are written when the one they are about has left, and before a drain ends', async () => {
    const { zone, pass, jump, reports } = await start();
    pass(20, jump);
    expect(await reports()).toHaveLength(1);
    zone.expel(mal.characterId, 'kicked');
    pass(220);
    expect(await reports()).toHaveLength(2);

    const other = await start();
    other.pass(20, other.jump);
    expect(await other.reports()).toHaveLength(1);
    other.zone.drain(1_000);
    expect(await other.reports()).toHaveLength(2);
  });

  it('are repeated under their number when the store does not answer, and stop with the lease', async () => {
    const { pass, jump, reports, ports, events, fence } = await start();
    ports.failures.set('reportSuspicion', [new Error('away'), new Error('away')]);
    pass(10, jump);
    expect((await reports()).map(({ reportSeq }) => reportSeq)).toEqual([1]);
    ports.leases.get(fence.zoneId)!.epoch += 1;
    pass(250, jump);
    expect(await reports()).toHaveLength(1);
    expect(events).toContain('fenced');
  });
});
