import type { LootTable } from '../schema/loot-table.ts';

type Guaranteed = LootTable['guaranteed'][number];
type Weighted = LootTable['weighted'][number];

/** Dropped every time. */
function always(item: string, min: number, max = min): Guaranteed {
  return { item, count: { min, max } };
}

/** Drawn with this weight against all the others of its table. */
function chance(weight: number, item: string, min = 1, max = min): Weighted {
  return { item, weight, count: { min, max } };
}

/** Weight of a draw that yields nothing. */
function nothing(weight: number): Weighted {
  return { item: null, weight, count: { min: 1, max: 1 } };
}

export const lootTableRows: readonly LootTable[] = [
  {
    id: 'dock-cache',
    guaranteed: [always('scrap-alloy', 2, 4), always('stitch-spray', 1)],
    rolls: { min: 1, max: 2 },
    maxRepeats: 1,
    weighted: [
      nothing(250),
      chance(260, 'copper-braid', 1, 3),
      chance(200, 'battery-gel'),
      chance(120, 'noodle-bowl', 1, 2),
      chance(90, 'dockhand-boots'),
      chance(80, 'insulated-gloves'),
    ],
  },
  {
    id: 'combine-strongbox',
    guaranteed: [always('optic-bundle', 1, 2), always('logic-wafer', 1, 2)],
    rolls: { min: 1, max: 2 },
    maxRepeats: 1,
    weighted: [nothing(300), chance(260, 'arc-cell', 1, 2), chance(200, 'trauma-foam'), chance(60, 'fusion-bead')],
  },
  {
    id: 'salvage-drone',
    guaranteed: [always('scrap-alloy', 1, 3), always('drone-memory-core', 1)],
    rolls: { min: 1, max: 2 },
    maxRepeats: 1,
    weighted: [
      nothing(400),
      chance(260, 'copper-braid', 1, 2),
      chance(140, 'stitch-spray'),
      chance(90, 'battery-gel'),
      chance(60, 'dockhand-boots'),
      chance(45, 'welders-mask'),
      chance(5, 'first-light'),
    ],
  },
  {
    id: 'gilded-courier',
    guaranteed: [always('first-light', 1), always('logic-wafer', 1, 2)],
    rolls: { min: 1, max: 1 },
    maxRepeats: 1,
    weighted: [chance(600, 'battery-gel', 1, 3), chance(400, 'silver-tongue')],
  },
  {
    id: 'bilge-crawler',
    guaranteed: [always('salt-crystal', 1, 4)],
    rolls: { min: 1, max: 2 },
    maxRepeats: 2,
    weighted: [
      nothing(300),
      chance(300, 'polymer-resin', 1, 2),
      chance(160, 'servo-joint'),
      chance(120, 'noodle-bowl'),
      chance(70, 'cargo-trousers'),
      chance(50, 'insulated-gloves'),
    ],
  },
  {
    id: 'rustjaw-rank-and-file',
    guaranteed: [always('rustjaw-tally', 1)],
    rolls: { min: 1, max: 3 },
    maxRepeats: 2,
    weighted: [
      nothing(250),
      chance(260, 'scrap-alloy', 2, 5),
      chance(180, 'stitch-spray', 1, 2),
      chance(110, 'jitter-patch'),
      chance(80, 'weld-torch'),
      chance(50, 'rustjaw-plate'),
      chance(40, 'gutter-optics'),
      chance(30, 'hook-and-chain'),
    ],
  },
  {
    id: 'tidewatch-turncoat',
    guaranteed: [always('tidewatch-warrant', 1)],
    rolls: { min: 1, max: 3 },
    maxRepeats: 1,
    weighted: [
      nothing(220),
      chance(220, 'logic-wafer', 1, 2),
      chance(180, 'trauma-foam'),
      chance(120, 'tidewatch-carbine'),
      chance(110, 'signal-hood'),
      chance(80, 'second-hand-cortex'),
      chance(70, 'murmur-needler'),
    ],
  },
  {
    id: 'rustjaw-enforcer',
    guaranteed: [always('rustjaw-tally', 2, 4), always('servo-joint', 1, 2)],
    rolls: { min: 2, max: 3 },
    maxRepeats: 1,
    weighted: [
      chance(300, 'quickstep-greaves'),
      chance(260, 'stevedore-spine'),
      chance(220, 'hook-and-chain'),
      chance(120, 'suture-driver'),
      chance(100, 'tidewatch-vest'),
    ],
  },
  {
    id: 'mother-rust',
    guaranteed: [always('rustjaw-tally', 5, 8), always('tidewatch-vest', 1)],
    rolls: { min: 3, max: 4 },
    maxRepeats: 1,
    weighted: [
      chance(300, 'suture-driver'),
      chance(280, 'ember-scattergun'),
      chance(220, 'optic-bundle', 1, 3),
      chance(150, 'lattice-cortex'),
      chance(50, 'harbour-king'),
    ],
  },
  {
    id: 'slag-hound',
    guaranteed: [always('ceramic-plate', 1, 2)],
    rolls: { min: 1, max: 2 },
    maxRepeats: 2,
    weighted: [
      nothing(250),
      chance(320, 'coolant-flask', 1, 2),
      chance(200, 'servo-joint', 1, 2),
      chance(130, 'hull-paste'),
      chance(60, 'foundry-treads'),
      chance(40, 'foundry-keycard'),
    ],
  },
  {
    id: 'combine-staff',
    guaranteed: [always('combine-ledger-shard', 1)],
    rolls: { min: 1, max: 3 },
    maxRepeats: 1,
    weighted: [
      nothing(220),
      chance(260, 'logic-wafer', 1, 3),
      chance(180, 'arc-cell', 1, 2),
      chance(120, 'optic-bundle'),
      chance(80, 'gecko-gauntlets'),
      chance(80, 'hawkline-optics'),
      chance(60, 'orrery-lance'),
    ],
  },
  {
    id: 'foundry-golem',
    guaranteed: [always('foundry-keycard', 1), always('ceramic-plate', 3, 6)],
    rolls: { min: 2, max: 3 },
    maxRepeats: 1,
    weighted: [
      chance(320, 'fusion-bead', 1, 2),
      chance(260, 'foundry-treads'),
      chance(220, 'mercy-weave'),
      chance(140, 'ember-scattergun'),
      chance(60, 'nightglass-edge'),
    ],
  },
  {
    id: 'director-vane',
    guaranteed: [always('combine-ledger-shard', 4, 6), always('orrery-visor', 1)],
    rolls: { min: 3, max: 4 },
    maxRepeats: 1,
    weighted: [
      chance(300, 'nightglass-edge'),
      chance(260, 'quiet-room'),
      chance(240, 'fusion-bead', 2, 4),
      chance(150, 'orrery-lance'),
      chance(50, 'drowned-saint-shroud'),
    ],
  },
  {
    id: 'choir-faithful',
    guaranteed: [],
    rolls: { min: 2, max: 3 },
    maxRepeats: 2,
    weighted: [
      nothing(200),
      chance(260, 'optic-bundle'),
      chance(220, 'phoenix-ampoule'),
      chance(140, 'hymn-recording'),
      chance(110, 'fusion-bead'),
      chance(40, 'choir-vestment'),
      chance(20, 'choir-fragment'),
      chance(10, 'litany-rifle'),
    ],
  },
  {
    id: 'choir-seraph',
    guaranteed: [always('hymn-recording', 1), always('choir-fragment', 1)],
    rolls: { min: 2, max: 3 },
    maxRepeats: 1,
    weighted: [
      chance(320, 'phoenix-ampoule', 1, 2),
      chance(240, 'choir-vestment'),
      chance(200, 'pale-conductor'),
      chance(180, 'litany-rifle'),
      chance(30, 'black-sun-retina'),
    ],
  },
  {
    id: 'the-cantor',
    guaranteed: [always('choir-fragment', 3, 5), always('choir-vestment', 1)],
    rolls: { min: 3, max: 5 },
    maxRepeats: 1,
    weighted: [
      chance(300, 'litany-rifle'),
      chance(300, 'pale-conductor'),
      chance(180, 'fusion-bead', 3, 6),
      chance(120, 'black-sun-retina'),
      chance(100, 'last-hymn'),
    ],
  },
];
