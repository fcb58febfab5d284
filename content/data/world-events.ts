import type { WorldEvent } from '../schema/world-event.ts';

type Phase = WorldEvent['phases'][number];

function waypoint(x: number, y: number, pauseMs = 0): NonNullable<WorldEvent['escort']>['path'][number] {
  return { x, y, pauseMs };
}

function wave(npc: string, count: number, [x, y, radiusM]: readonly [x: number, y: number, radiusM: number]) {
  return { npc, count, area: { x, y, radiusM } };
}

const slain = (count: number): Phase['ends'] => ({ kind: 'slain', count });

/** What happens on the docks. */
export const dockEvents: WorldEvent[] = [
  {
    id: 'porter-run',
    name: 'The Porter’s Run',
    area: { x: 70, y: 120, radiusM: 60 },
    starts: { kind: 'object' },
    escort: {
      npc: 'blind-porter',
      path: [waypoint(66, 99), waypoint(80, 112, 2_000), waypoint(78, 132), waypoint(62, 146)],
    },
    phases: [
      {
        id: 'setting-out',
        text: 'The porter shoulders its crate and sets out.',
        waves: [],
        ends: { kind: 'arrived', waypoint: 1 },
      },
      {
        id: 'smelled',
        text: 'Something in the bilge has smelled the crate.',
        waves: [wave('bilge-crawler', 2, [92, 122, 3])],
        ends: { kind: 'arrived', waypoint: 2 },
      },
      {
        id: 'last-stretch',
        text: 'They come from the breakwater. Keep them off the porter!',
        waves: [wave('bilge-crawler', 2, [80, 152, 3])],
        ends: { kind: 'arrived', waypoint: 3 },
      },
    ],
    limitSeconds: 300,
    aloneSeconds: 20,
    doneText: 'The crate is where it belongs. The porter hums.',
    failText: 'The porter’s crate lies open on the quay.',
  },
  {
    id: 'scrap-surge',
    name: 'Scrap Surge',
    area: { x: 168, y: 66, radiusM: 26 },
    starts: { kind: 'object' },
    escort: null,
    phases: [
      {
        id: 'first-wave',
        text: 'The siren wails, and the scrap begins to walk.',
        waves: [wave('salvage-drone', 4, [172, 70, 5])],
        ends: slain(4),
      },
      {
        id: 'second-wave',
        text: 'Crawlers follow the drones out of the surf.',
        waves: [wave('salvage-drone', 3, [176, 62, 5]), wave('bilge-crawler', 1, [180, 66, 3])],
        ends: slain(4),
      },
    ],
    limitSeconds: 240,
    aloneSeconds: 30,
    doneText: 'The surge is broken. The scrap lies still.',
    failText: 'The scrap rolls back into the sea, until the next siren.',
  },
  {
    id: 'tide-of-metal',
    name: 'Tide of Metal',
    area: { x: 90, y: 190, radiusM: 40 },
    starts: { kind: 'every', minutes: 30 },
    escort: null,
    phases: [
      {
        id: 'landing',
        text: 'Metal crawls over the breakwater.',
        waves: [wave('bilge-crawler', 5, [90, 190, 12])],
        ends: slain(5),
      },
    ],
    limitSeconds: 600,
    aloneSeconds: 180,
    doneText: 'The breakwater holds.',
    failText: 'The tide takes its metal back.',
  },
];
