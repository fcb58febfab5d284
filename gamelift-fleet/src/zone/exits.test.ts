import { describe, expect, it } from 'vitest';
import { clientFrames, greeting } from '#fleet/protocol/messages.ts';
import { fixtureCharacter, fixtureZone } from '#fleet/testing/fixture-zone.ts';
import { LoopbackClient, startZone } from '#fleet/testing/zone-harness.ts';
import { type CloseReason, closeCodes } from '#shared/contract/zone-protocol.ts';
import { Connection } from '../net/connection.ts';
import { LineKeys } from '../net/side-lines.ts';
import type { LeaveReason } from '../persist/character-ports.ts';
import type { EvictOrder } from '../persist/order-ports.ts';
import { balance } from '../sim/balance.ts';
import type { SimInput } from '../sim/simulation.ts';
import { orders } from './orders.ts';

const { lingerTicks, leaveTicks } = balance.presence;
const { putOutTicks } = balance.idleness;
const ada = fixtureCharacter('Ada');
const STEPS = 10;
const STEP_METRES = 0.25;

type Started = Awaited<ReturnType<typeof startZone>>;
interface Walked extends Started {
  readonly client: LoopbackClient;
}

/** Ada has entered 30 m off the rest area, and walked on since it was last saved. */
async function walked(at = { x: 30, y: 0 }): Promise<Walked> {
  const started = await startZone({ definition: fixtureZone([]) });
  const { zone, enter } = started;
  const client = enter({ ...ada, state: { zoneId: zone.id, ...at, yaw: 0, health: 90 } });
  for (let seq = 1; seq <= STEPS; seq++) {
    const x = at.x + seq * STEP_METRES;
    const move = (slot: number): SimInput => ({ kind: 'move', slot, seq, correction: 0, x, y: at.y, yaw: 0 });
    zone.input(ada.characterId, client, move, client.replica.tick);
    zone.tick();
  }
  await zone.writer.flush();
  return { ...started, client };
}

/** Ticks while Ada's client does what clients do by themselves. */
function idle({ zone, client }: Walked, ticks: number): void {
  for (let i = 0; i < ticks; i++) {
    zone.input(ada.characterId, client, (slot) => ({ kind: 'release', slot }), client.replica.tick);
    zone.tick();
  }
}

const order = (reason: EvictOrder['reason']): EvictOrder => ({
  commandId: 'c',
  kind: 'evict',
  sessionId: ada.sessionId,
  characterId: ada.characterId,
  reason,
});

interface Way {
  readonly what: string;
  readonly go: (walked: Walked) => void;
  /** Until the body is out, at most. */
  readonly ticks: number;
  readonly closed: CloseReason | undefined;
  readonly told: LeaveReason;
}

const byOrder = (Object.keys(orders) as EvictOrder['reason'][]).map((reason): Way => {
  const { closeReason, manner, leaveReason } = orders[reason];
  return {
    what: `ordered out: ${reason}`,
    go: ({ zone }) => void zone.obey(order(reason)),
    ticks: manner === 'now' ? 1 : leaveTicks + 1,
    closed: closeReason,
    told: leaveReason ?? 'left',
  };
});

const ways: readonly Way[] = [
  {
    what: 'its own wish',
    go: ({ zone, client }) => zone.wishToLeave(ada.characterId, client),
    ticks: leaveTicks + 1,
    closed: 'left',
    told: 'left',
  },
  {
    what: 'a broken connection',
    go: ({ zone, client }) => zone.disconnect(ada.characterId, client),
    ticks: lingerTicks + 1,
    closed: undefined,
    told: 'lost',
  },
  {
    what: 'a wish, and then a broken connection',
    go: ({ zone, client }) => {
      zone.wishToLeave(ada.characterId, client);
      zone.disconnect(ada.characterId, client);
    },
    ticks: leaveTicks + 1,
    closed: undefined,
    told: 'left',
  },
  {
    what: 'a client too slow to be kept',
    go: ({ zone }) => {
      for (let i = 0; i < 240; i++) zone.tick();
    },
    ticks: lingerTicks + 1,
    closed: 'too_slow',
    told: 'lost',
  },
  {
    what: 'an ended session, found when presence was written',
    go: ({ zone }) => zone.expel(ada.characterId, 'session_ended', ada.sessionId),
    ticks: 1,
    closed: 'session_ended',
    told: 'removed',
  },
  ...byOrder,
  {
    what: 'nobody playing it',
    go: (all) => {
      while (all.client.closedWith === undefined) idle(all, 1);
    },
    ticks: leaveTicks + 1,
    closed: 'afk',
    told: 'afk',
  },
  { what: 'a drain', go: ({ zone }) => zone.drain(1_000), ticks: 1, closed: 'moving', told: 'moving' },
  {
    what: 'a drain while its session has ended',
    go: ({ zone }) => {
      void zone.obey(order('logout'));
      zone.tick();
      zone.drain(1_000);
    },
    ticks: 1,
    closed: 'logout',
    told: 'logout',
  },
];

describe('every way out of the zone', () => {
  it.each(ways)('saves where the character was last, and tells why: $what', async ({ go, ticks, closed, told }) => {
    const all = await walked();
    const { zone, ports, client } = all;
    go(all);
    let body = zone.sim.snapshot(client.slot)!;
    for (let tick = 0; tick <= ticks && zone.players > 0; tick++) {
      body = zone.sim.snapshot(client.slot) ?? body;
      if (client.closedWith === undefined) idle(all, 1);
      else zone.tick();
    }
    await zone.writer.flush();
    expect(zone.players).toBe(0);
    expect(zone.sim.state.players.size).toBe(0);
    expect(client.closedWith).toBe(closed);
    const { x, y, yaw, health } = body;
    expect(x).toBe(30 + STEPS * STEP_METRES);
    expect(ports.states.get(ada.characterId)).toMatchObject({ x, y, yaw, health });
    expect(ports.present.has(ada.characterId)).toBe(false);
    expect(ports.departures).toMatchObject([{ characterId: ada.characterId, reason: told }]);
    if (told === 'afk') expect(ports.departures[0]!.idleMs).toBeGreaterThanOrEqual(putOutTicks * 50);
    else expect(ports.departures[0]!.idleMs).toBeUndefined();
  });

  it('is as long as it must be: the body can be attacked meanwhile, and is seen to leave', async () => {
    const all = await walked();
    const { zone } = all;
    void zone.obey(order('logout'));
    expect(all.client.closedWith).toBe('logout');
    for (let tick = 0; tick < leaveTicks; tick++) zone.tick();
    expect(zone.players).toBe(1);
    zone.tick();
    expect(zone.players).toBe(0);
  });

  it('is short for who rests', async () => {
    const all = await walked({ x: 0, y: 0 });
    await all.zone.obey(order('logout'));
    all.zone.tick();
    await all.zone.writer.flush();
    expect(all.zone.players).toBe(0);
    expect(all.ports.states.get(ada.characterId)).toMatchObject({ x: STEPS * STEP_METRES });
  });

  it('saves one whose connection broke a limit', async () => {
    const started = await startZone({ definition: fixtureZone([]) });
    const { zone, ports } = started;
    const closes: number[] = [];
    const connection = new Connection({
      gate: async () => ({ zone, character: { ...ada, state: { zoneId: zone.id, x: 30, y: 5, yaw: 0, health: 50 } } }),
      keys: new LineKeys(),
      nowMs: () => 0,
      report: () => {},
      transport: { write: () => {}, close: (code) => closes.push(code) },
    });
    connection.received(clientFrames.encode(greeting('t')));
    await Promise.resolve();
    await Promise.resolve();
    zone.tick();
    for (let i = 0; i < 300; i++) connection.received(clientFrames.encode({ name: 'release', fields: {} }));
    expect(closes).toEqual([closeCodes.flooding]);
    for (let tick = 0; tick <= lingerTicks; tick++) zone.tick();
    await zone.writer.flush();
    expect(zone.players).toBe(0);
    expect(ports.states.get(ada.characterId)).toMatchObject({ x: 30, y: 5, reason: 'leave' });
    expect(ports.departures).toMatchObject([{ reason: 'lost' }]);
  });

  it('that a crash cuts short loses at most half a minute of walking', async () => {
    const all = await walked();
    const { zone, ports, client } = all;
    const places: number[] = [];
    for (let seq = STEPS + 1; seq <= 1_500; seq++) {
      const x = zone.sim.snapshot(client.slot)!.x + 0.05;
      const move = (slot: number): SimInput => ({ kind: 'move', slot, seq, correction: 0, x, y: 0, yaw: 0 });
      zone.input(ada.characterId, client, move, client.replica.tick);
      zone.tick();
      places.push(zone.sim.snapshot(client.slot)!.x);
    }
    await zone.writer.flush();
    // The process is gone: its heir has what was saved, and no more is written by the dead.
    const saved = ports.states.get(ada.characterId)!;
    const ticksLost = places.length - 1 - places.lastIndexOf(saved.x);
    expect(places).toContain(saved.x);
    expect(ticksLost).toBeLessThanOrEqual(600);
  });
});

describe('a body that waits', () => {
  it('is taken over by another session of the account, and the old session ends nothing any more', async () => {
    const all = await walked();
    const { zone, client } = all;
    const slot = client.slot;
    void zone.obey(order('superseded'));
    expect(client.closedWith).toBe('superseded');
    for (let tick = 0; tick < 100; tick++) zone.tick();
    const fresh = new LoopbackClient();
    const session = fixtureCharacter('another').sessionId;
    zone.admit({ ...ada, sessionId: session }, fresh);
    zone.tick();
    expect(fresh.slot).toBe(slot);
    await zone.obey(order('revoked'));
    for (let tick = 0; tick < leaveTicks; tick++) {
      zone.input(ada.characterId, fresh, (own) => ({ kind: 'release', slot: own }), fresh.replica.tick);
      zone.tick();
    }
    expect(fresh.closedWith).toBeUndefined();
    expect(zone.players).toBe(1);
  });

  it('waits no longer than for its own connection when the zone is full', async () => {
    const started = await startZone({ definition: fixtureZone([]), maxPlayers: 1 });
    const { zone, enter } = started;
    const first = enter(ada);
    zone.disconnect(ada.characterId, first);
    zone.tick();
    expect(enter(fixtureCharacter('Bob')).closedWith).toBe('zone_full');
    expect(enter(ada).closedWith).toBeUndefined();
  });
});
