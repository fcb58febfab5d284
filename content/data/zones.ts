import type { Zone } from '../schema/zone.ts';
import { dockEvents } from './world-events.ts';
import { dockObjects, terraceObjects } from './world-objects.ts';

type NpcSpawn = Zone['npcSpawns'][number];

function spawn(
  id: string,
  npc: string,
  count: number,
  [x, y, radiusM]: readonly [x: number, y: number, radiusM: number],
  respawnSeconds: number,
  more: Partial<Pick<NpcSpawn, 'pack' | 'patrol' | 'rare'>> = {},
): NpcSpawn {
  return { id, npc, count, area: { x, y, radiusM }, respawnSeconds, pack: null, patrol: null, rare: null, ...more };
}

function waypoint(x: number, y: number, pauseMs = 0): NonNullable<NpcSpawn['patrol']>[number] {
  return { x, y, pauseMs };
}

type Box = Zone['obstacles'][number];

/** A box by its south-west corner and its size. */
function box(minX: number, minY: number, width: number, depth: number): Box {
  return { minX, minY, maxX: minX + width, maxY: minY + depth };
}

/** Equal boxes in rows and columns, from the south-west one, with so many metres from one to the next. */
function rows(first: Box, columns: number, lines: number, eastM: number, northM: number): Box[] {
  return Array.from({ length: columns * lines }, (_, index) => {
    const east = (index % columns) * eastM;
    const north = Math.floor(index / columns) * northM;
    return box(first.minX + east, first.minY + north, first.maxX - first.minX, first.maxY - first.minY);
  });
}

export const zoneRows: readonly Zone[] = [
  {
    id: 'glasswater-docks',
    name: 'Glasswater Docks',
    summary: 'Container stacks and salt pipes at the foot of Saltglass, where everybody starts and few pay duty.',
    levelRange: { min: 1, max: 10 },
    bounds: { minX: 0, minY: 0, maxX: 600, maxY: 600 },
    spawn: { x: 70, y: 76, radiusM: 8 },
    graveyard: { x: 60, y: 120, radiusM: 6 },
    restAreas: [
      { x: 70, y: 76, radiusM: 13 },
      { x: 60, y: 120, radiusM: 10 },
    ],
    obstacles: [
      // The dry dock: a basin that is open to the west.
      box(200, 150, 60, 1.5),
      box(200, 68.5, 60, 1.5),
      box(259.5, 68.5, 2, 83),
      // The container maze.
      ...rows(box(262, 204, 12, 2.5), 4, 5, 18, 16),
      // Legs of the gantry.
      ...rows(box(327.5, 270, 3, 3), 3, 3, 27, 27),
      // The customs house: two halls with a passage between them.
      box(420, 196, 18, 14),
      box(444, 196, 18, 14),
      box(420, 150, 42, 8),
      // Press and piles of the scrapyard.
      box(452, 436, 16, 6),
      box(436, 404, 5, 12),
      box(480, 404, 5, 12),
      // The throne stands in a ring of hull plates.
      box(520, 505, 1.5, 30),
      box(526, 540, 28, 1.5),
      box(558.5, 505, 1.5, 30),
      // The customs store: three walls, and a door on its west side.
      box(150, 24, 12, 1),
      box(150, 35, 12, 1),
      box(161, 24.5, 1, 11),
    ],
    starting: true,
    npcSpawns: [
      spawn('drones-slipway', 'salvage-drone', 24, [115, 95, 35], 15),
      spawn('drones-breakwater', 'salvage-drone', 12, [90, 170, 40], 20),
      spawn('couriers-skyline', 'gilded-courier', 2, [150, 150, 60], 120),
      spawn('crawlers-drydock', 'bilge-crawler', 14, [220, 110, 50], 30, {
        rare: { npc: 'chromeback-crawler', permille: 30 },
      }),
      spawn('brawlers-container-maze', 'rustjaw-brawler', 12, [300, 240, 60], 40),
      spawn('gunners-gantry', 'rustjaw-gunner', 8, [360, 300, 50], 45),
      spawn('turncoats-customs-house', 'tidewatch-turncoat', 10, [440, 180, 50], 60),
      spawn('patrol-customs-house', 'tidewatch-turncoat', 2, [470, 140, 2], 90, {
        pack: 'customs-patrol',
        patrol: [waypoint(470, 140), waypoint(470, 225, 4_000), waypoint(412, 225), waypoint(412, 140, 4_000)],
      }),
      spawn('enforcers-scrapyard', 'rustjaw-enforcer', 3, [460, 420, 40], 180),
      spawn('mother-rust-throne', 'mother-rust', 1, [540, 520, 6], 1_800),
    ],
    points: [
      { kind: 'quest-giver', id: 'old-marlow', name: 'Old Marlow, crane operator', at: { x: 84, y: 92, radiusM: 4 } },
      { kind: 'quest-giver', id: 'sister-ilex', name: 'Sister Ilex, street surgeon', at: { x: 70, y: 70, radiusM: 4 } },
      {
        kind: 'quest-giver',
        id: 'captain-oduya',
        name: 'Captain Oduya, Tidewatch',
        at: { x: 400, y: 140, radiusM: 4 },
      },
      { kind: 'vendor', id: 'brine-and-sons', name: 'Brine & Sons, general goods', at: { x: 92, y: 72, radiusM: 4 } },
      { kind: 'landmark', id: 'glass-crane', name: 'The Glass Crane', at: { x: 120, y: 60, radiusM: 12 } },
      {
        kind: 'gate',
        id: 'terrace-lift',
        name: 'Terrace Lift',
        at: { x: 580, y: 300, radiusM: 8 },
        toZone: 'ember-terraces',
      },
    ],
    objects: dockObjects,
    events: dockEvents,
  },
  {
    id: 'ember-terraces',
    name: 'Ember Terraces',
    summary: 'Foundry steps that glow all night under the towers of the Orrery Combine.',
    levelRange: { min: 10, max: 20 },
    bounds: { minX: 0, minY: 0, maxX: 800, maxY: 800 },
    spawn: { x: 60, y: 400, radiusM: 8 },
    graveyard: { x: 40, y: 460, radiusM: 6 },
    restAreas: [
      { x: 60, y: 400, radiusM: 24 },
      { x: 40, y: 460, radiusM: 10 },
    ],
    obstacles: [
      // Slag heaps.
      ...rows(box(140, 350, 8, 5), 3, 2, 32, 44),
      // The lower gate, with one way through.
      box(352, 240, 2, 54),
      box(352, 306, 2, 54),
      // Shelves of Archive Row.
      ...rows(box(396, 388, 20, 2), 3, 5, 28, 14),
      // Feet of the crucible.
      ...rows(box(532, 232, 4, 4), 2, 2, 52, 52),
      // Director Vane's office: a room with a door to the west.
      box(700, 656, 40, 1.5),
      box(700, 622.5, 40, 1.5),
      box(738.5, 623, 1.5, 34),
    ],
    starting: false,
    npcSpawns: [
      spawn('hounds-slag-run', 'slag-hound', 16, [180, 380, 70], 30),
      spawn('sentries-lower-gate', 'combine-sentry', 14, [320, 300, 60], 40),
      spawn('analysts-archive-row', 'combine-analyst', 10, [430, 420, 50], 45),
      spawn('golems-crucible', 'foundry-golem', 3, [560, 260, 45], 180),
      spawn('director-vane-office', 'director-vane', 1, [720, 640, 6], 2_700),
    ],
    points: [
      { kind: 'quest-giver', id: 'foreman-kesh', name: 'Foreman Kesh', at: { x: 72, y: 410, radiusM: 4 } },
      {
        kind: 'quest-giver',
        id: 'auditor-lio',
        name: 'Auditor Lio, off the books',
        at: { x: 300, y: 440, radiusM: 4 },
      },
      { kind: 'vendor', id: 'cinder-canteen', name: 'The Cinder Canteen', at: { x: 64, y: 380, radiusM: 4 } },
      { kind: 'landmark', id: 'great-crucible', name: 'The Great Crucible', at: { x: 560, y: 300, radiusM: 15 } },
      {
        kind: 'gate',
        id: 'lift-down',
        name: 'Terrace Lift, upper stop',
        at: { x: 20, y: 400, radiusM: 8 },
        toZone: 'glasswater-docks',
      },
      {
        kind: 'gate',
        id: 'flooded-nave',
        name: 'The Flooded Nave',
        at: { x: 780, y: 120, radiusM: 8 },
        toZone: 'null-cathedral',
      },
    ],
    objects: terraceObjects,
    events: [],
  },
  {
    id: 'null-cathedral',
    name: 'Null Cathedral',
    summary: 'A drowned data centre where the Hollow Choir still sings to itself in the dark.',
    levelRange: { min: 20, max: 30 },
    bounds: { minX: 0, minY: 0, maxX: 700, maxY: 700 },
    spawn: { x: 350, y: 40, radiusM: 8 },
    graveyard: { x: 300, y: 30, radiusM: 6 },
    restAreas: [
      { x: 350, y: 40, radiusM: 20 },
      { x: 300, y: 30, radiusM: 10 },
    ],
    obstacles: [
      // Pillars of the narthex and the nave.
      ...rows(box(308, 120, 3, 3), 4, 6, 20, 24),
      ...rows(box(318, 420, 3, 3), 2, 6, 61, 28),
      // Basins of the cistern.
      box(150, 270, 24, 10),
      box(190, 270, 24, 10),
      box(150, 320, 24, 10),
      box(190, 320, 24, 10),
      // Racks of the server vault.
      ...rows(box(484, 350, 14, 2), 4, 5, 20, 14),
      // The apse.
      box(336, 656, 28, 2),
    ],
    starting: false,
    instance: { difficulties: ['normal', 'hard'], players: 5, minLevel: 20, reset: 'daily' },
    npcSpawns: [
      spawn('acolytes-narthex', 'choir-acolyte', 16, [340, 160, 60], 35),
      spawn('penitents-cistern', 'drowned-penitent', 12, [180, 300, 60], 40),
      spawn('seraphs-server-vault', 'choir-seraph', 3, [520, 380, 50], 240),
      spawn('the-cantor-apse', 'the-cantor', 1, [350, 640, 6], 3_600),
    ],
    points: [
      { kind: 'quest-giver', id: 'deacon-null', name: 'Deacon Null, lapsed', at: { x: 360, y: 52, radiusM: 4 } },
      { kind: 'landmark', id: 'singing-rack', name: 'The Singing Rack', at: { x: 350, y: 400, radiusM: 12 } },
      {
        kind: 'gate',
        id: 'nave-stairs',
        name: 'Nave Stairs',
        at: { x: 350, y: 10, radiusM: 8 },
        toZone: 'ember-terraces',
      },
    ],
    objects: [],
    events: [],
  },
];
