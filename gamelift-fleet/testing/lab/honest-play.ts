import { setImmediate as nextTurn } from 'node:timers/promises';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { ZoneClient } from '../../client/zone-client.ts';
import { LineKeys } from '../../src/net/side-lines.ts';
import type { SpawnSpec } from '../../src/sim/definition.ts';
import type { Box } from '../../src/sim/obstacles.ts';
import { SeededRandom } from '../../src/sim/random.ts';
import type { SuspicionReport } from '../../src/sim/suspicion.ts';
import { DRONE, fixtureCharacter, fixtureZone, HUNTER } from '../fixture-zone.ts';
import { startZone } from '../zone-harness.ts';
import { VirtualSocket, type Weather } from './virtual-link.ts';
import { VirtualTime } from './virtual-time.ts';

const TICK_MS = 1_000 / TICK_HZ;
const ATTACK_REACH_METRES = 4;

/** Lines of the worst kind that one can still play with. */
export const badWeathers: readonly Weather[] = [
  { roundTripMs: 20, jitterMs: 60, lossPercent: 5 },
  { roundTripMs: 120, jitterMs: 40, lossPercent: 3, stall: { everyMs: 30_000, forMs: 2_500 } },
  { roundTripMs: 300, jitterMs: 100, lossPercent: 5, stall: { everyMs: 60_000, forMs: 6_000 } },
  { roundTripMs: 80, jitterMs: 10, lossPercent: 0, stall: { everyMs: 90_000, forMs: 9_000 } },
];

const boxes: readonly Box[] = [
  { minX: -10, minY: 4, maxX: -2, maxY: 6 },
  { minX: 14, minY: 0, maxX: 15, maxY: 20 },
  { minX: -20, minY: -20, maxX: -12, maxY: -12 },
  { minX: 20, minY: 20, maxX: 40, maxY: 21 },
  { minX: 6, minY: -14, maxX: 8, maxY: -4 },
];

const spawns: readonly SpawnSpec[] = [
  { id: 'drones', kind: DRONE, count: 40, area: { x: 0, y: 0, radius: 40 }, respawnTicks: 200 },
  { id: 'hunters', kind: HUNTER, count: 4, area: { x: 30, y: -30, radius: 12 }, respawnTicks: 400 },
];

export interface HonestPlay {
  readonly playedMinutes: number;
  readonly suspicions: readonly SuspicionReport[];
  /** What the checks have noticed without adding up to a report, by check. */
  readonly noticed: ReadonlyMap<string, number>;
  readonly corrections: ReadonlyMap<string, number>;
  readonly reconnects: number;
  /** Clients that did not come back: 0, or the others play alone. */
  readonly ends: number;
  /** How often messages that must not be missed were lost. */
  readonly gaps: number;
  readonly mostSideLines: number;
  readonly deaths: number;
  readonly actions: number;
}

/** One honest bot for each weather: roams, runs into walls, fights, dies, idles, loses its line and comes back. */
export async function playHonestly(minutes: number, seed = 1): Promise<HonestPlay> {
  const time = new VirtualTime();
  const suspicions: SuspicionReport[] = [];
  const corrections = new Map<string, number>();
  const noticed = new Map<string, number>();
  let reconnects = 0;
  let ends = 0;
  let gaps = 0;
  let mostSideLines = 0;
  let deaths = 0;
  let actions = 0;
  const { zone } = await startZone({
    definition: fixtureZone(spawns, boxes),
    suspected: (report) => void suspicions.push(report),
  });
  const { state } = zone.sim;
  const keys = new LineKeys();

  for (const [index, weather] of badWeathers.entries()) {
    const random = new SeededRandom(seed * 1_000 + index);
    const character = fixtureCharacter(`Bot${index}`);
    let sockets = 0;
    let socket: VirtualSocket;
    const open = () => {
      sockets += 1;
      const salt = seed * 10_000 + index * 1_000 + sockets;
      return new VirtualSocket(time, weather, salt, { gate: async () => ({ zone, character }), keys });
    };
    const door = () => {
      socket = open();
      return socket;
    };
    const client = new ZoneClient(door(), 'ticket', {
      nowMs: () => time.nowMs,
      delay: (ms) => new Promise((resolve) => time.at(time.nowMs + ms, () => resolve())),
      reconnect: async () => ({ socket: door(), ticket: 'ticket' }),
      sideLine: open,
    });
    client.on('closed', () => {
      ends += 1;
    });
    client.on('gap', () => {
      gaps += 1;
    });
    client.on('correction', ({ reason }) => void corrections.set(reason, (corrections.get(reason) ?? 0) + 1));
    client.on('resumed', () => {
      reconnects += 1;
    });
    let restingSteps = 0;
    let attackInSteps = 0;
    let wasDead = false;
    const play = () => {
      if (!client.self) return;
      if (client.isDead !== wasDead) {
        wasDead = client.isDead;
        if (wasDead) deaths += 1;
      }
      if (client.isDead) {
        if (random.int(0, 40) === 0) client.release();
        return;
      }
      attackInSteps -= 1;
      if (attackInSteps <= 0) {
        const here = client.place;
        const near = [...client.replica.entities.values()].find((entity) => {
          const at = client.placeOf(entity);
          return entity.sort === 1 && Math.hypot(at.x - here.x, at.y - here.y) < ATTACK_REACH_METRES;
        });
        // Some players hold the key down.
        attackInSteps = random.int(2, 30);
        if (near) {
          void client.attack(near.id);
          actions += 1;
        }
      }
      restingSteps -= 1;
      if (restingSteps > 0 || random.int(0, 25) !== 0) return;
      const isResting = random.int(0, 12) === 0;
      restingSteps = isResting ? random.int(20, 400) : 0;
      const angle = random.unit() * 2 * Math.PI;
      const home = Math.hypot(client.place.x, client.place.y) > 60;
      if (isResting) client.steer(0, 0);
      else if (home) client.steer(-client.place.x, -client.place.y);
      else client.steer(Math.cos(angle), Math.sin(angle));
    };
    // A client's clock is never quite the server's: up to one in a thousand fast or slow.
    const periodMs = TICK_MS * (1 + (random.unit() - 0.5) / 500);
    time.every(periodMs, random.unit() * TICK_MS, () => {
      play();
      client.step();
      mostSideLines = Math.max(mostSideLines, client.sideLines);
    });
    time.every(60_000, 60_000 * random.unit() + 20_000, () => {
      if (random.int(0, 3) === 0) socket.cut();
    });
  }
  time.every(TICK_MS, TICK_MS, () => zone.tick());
  // The zone's writes, the gate and the waits before coming back are promises.
  for (let ms = 0; ms <= minutes * 60_000; ms += 100) {
    time.runUntil(ms);
    await nextTurn();
  }
  for (const { suspicion } of state.players.values())
    for (const { check, count } of suspicion.explain()) noticed.set(check, (noticed.get(check) ?? 0) + count);
  return {
    playedMinutes: minutes * badWeathers.length,
    suspicions,
    noticed,
    corrections,
    reconnects,
    ends,
    gaps,
    mostSideLines,
    deaths,
    actions,
  };
}
