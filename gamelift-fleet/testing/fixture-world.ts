import type { EventSpec, ObjectSpec, ZoneDefinition } from '../src/sim/definition.ts';
import { DRONE, fixtureZone, HUNTER } from './fixture-zone.ts';

/** Indexes of the fixture's objects. */
export const TERMINAL = 0;
export const CACHE = 1;
export const LEVER = 2;
export const BEACON = 3;
export const SIREN = 4;
/** Indexes of its events. */
export const PORTER_RUN = 0;
export const SURGE = 1;

const object = (id: string, x: number, y: number, more: Partial<ObjectSpec> = {}): ObjectSpec => ({
  ...{ id, name: id, look: 'terminal', x, y, useTicks: 20, respawnTicks: 100, isCounted: true },
  effect: { kind: 'none' },
  ...more,
});

/** South of the x axis, from east to west a wall with a door in it; objects on its north side, one behind it. */
const objects: readonly ObjectSpec[] = [
  object('terminal', 20, 0),
  object('cache', 20, -12, { effect: { kind: 'loot' }, respawnTicks: 1_000 }),
  object('lever', 24, -4, { useTicks: 0, effect: { kind: 'door', obstacle: 1 } }),
  object('beacon', 40, 0, { quest: 'the-run', useTicks: 0, effect: { kind: 'event', event: PORTER_RUN } }),
  object('siren', 60, 0, { useTicks: 0, effect: { kind: 'event', event: SURGE } }),
];

const events: readonly EventSpec[] = [
  {
    id: 'porter-run',
    name: 'Porter Run',
    area: { x: 50, y: 10, radius: 30 },
    isCounted: true,
    escort: { kind: DRONE, path: [40, 45, 55].map((x) => ({ x, y: 10, pauseTicks: 0 })) },
    phases: [
      { text: 'It sets out.', waves: [], ends: { kind: 'arrived', waypoint: 1 } },
      {
        text: 'They come.',
        waves: [{ kind: HUNTER, count: 1, area: { x: 50, y: 10, radius: 0 } }],
        ends: { kind: 'arrived', waypoint: 2 },
      },
    ],
    limitTicks: 4_000,
    aloneTicks: 100,
    doneText: 'It is there.',
    failText: 'It is lost.',
  },
  {
    id: 'surge',
    name: 'Surge',
    area: { x: 60, y: 0, radius: 20 },
    isCounted: true,
    phases: [
      {
        text: 'First.',
        waves: [{ kind: DRONE, count: 2, area: { x: 62, y: 0, radius: 0 } }],
        ends: { kind: 'slain', count: 2 },
      },
      { text: 'Silence.', waves: [], ends: { kind: 'after', ticks: 40 } },
    ],
    limitTicks: 1_000,
    aloneTicks: 200,
    doneText: 'Over.',
    failText: 'Lost.',
  },
];

/** A zone with something of everything that players use and that happens, and nobody else in it. */
export function fixtureWorld(more: Partial<ZoneDefinition> = {}): ZoneDefinition {
  const wall = { minX: 10, minY: -8, maxX: 22, maxY: -7 };
  const door = { minX: 22, minY: -8, maxX: 30, maxY: -7 };
  return { ...fixtureZone([], [wall, door]), objects, events, ...more };
}
