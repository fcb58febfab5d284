import type { Quality } from '../../quality.ts';
import type { Stats } from '../../schema/attributes.ts';
import type { ClassId } from '../../schema/class.ts';
import type { BindRule, ItemTemplate } from '../../schema/item.ts';

interface WeaponRow {
  id: string;
  name: string;
  description: string;
  quality: Quality;
  level: number;
  damage: [min: number, max: number];
  rangeM: number;
  intervalMs: number;
  value: number;
  classes?: ClassId[];
  stats?: Stats;
  bind?: BindRule;
}

/** Legendary weapons tie themselves to whoever picks them up, the rest from rare on to whoever wears them. */
function bindOf(quality: Quality): BindRule {
  if (quality === 'legendary') return 'pickup';
  return quality === 'rare' || quality === 'epic' ? 'equip' : 'none';
}

function weapon(row: WeaponRow): ItemTemplate {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: 'weapon',
    quality: row.quality,
    slot: 'weapon',
    maxStack: 1,
    bind: row.bind ?? bindOf(row.quality),
    uniqueEquipped: row.quality === 'legendary',
    requiredLevel: row.level,
    classes: row.classes ?? [],
    vendorValue: row.value,
    durability: 100,
    stats: row.stats ?? {},
    weapon: {
      minDamage: row.damage[0],
      maxDamage: row.damage[1],
      rangeM: row.rangeM,
      intervalMs: row.intervalMs,
    },
    use: null,
  };
}

export const weapons: readonly ItemTemplate[] = [
  weapon({
    id: 'rebar-cleaver',
    name: 'Rebar Cleaver',
    description: 'A length of seawall rebar, sharpened on the seawall.',
    quality: 'common',
    level: 1,
    damage: [5, 9],
    rangeM: 2.5,
    intervalMs: 1800,
    value: 20,
    classes: ['breaker'],
  }),
  weapon({
    id: 'dockside-pistol',
    name: 'Dockside Pistol',
    description: 'Printed in a shipping container; fires most of the time.',
    quality: 'common',
    level: 1,
    damage: [4, 7],
    rangeM: 18,
    intervalMs: 1300,
    value: 20,
    classes: ['gunhand', 'patcher'],
  }),
  weapon({
    id: 'splice-lead',
    name: 'Splice Lead',
    description: 'A cable with opinions. Whispers bad code into good machines.',
    quality: 'common',
    level: 1,
    damage: [4, 8],
    rangeM: 14,
    intervalMs: 1500,
    value: 20,
    classes: ['ghostwright'],
  }),
  weapon({
    id: 'weld-torch',
    name: 'Weld Torch',
    description: 'Meant for hulls. Hulls complain less.',
    quality: 'common',
    level: 3,
    damage: [7, 12],
    rangeM: 3,
    intervalMs: 1700,
    value: 45,
  }),
  weapon({
    id: 'tidewatch-carbine',
    name: 'Tidewatch Carbine',
    description: 'Harbour-police issue with the serial number filed away.',
    quality: 'uncommon',
    level: 5,
    damage: [9, 15],
    rangeM: 26,
    intervalMs: 1400,
    value: 110,
    stats: { reflex: 2 },
  }),
  weapon({
    id: 'hook-and-chain',
    name: 'Hook and Chain',
    description: 'Crane rigging with a second career.',
    quality: 'uncommon',
    level: 6,
    damage: [13, 22],
    rangeM: 4,
    intervalMs: 2200,
    value: 130,
    classes: ['breaker'],
    stats: { body: 3 },
  }),
  weapon({
    id: 'murmur-needler',
    name: 'Murmur Needler',
    description: 'Quiet enough that the target hears it last.',
    quality: 'uncommon',
    level: 7,
    damage: [10, 16],
    rangeM: 20,
    intervalMs: 1200,
    value: 150,
    classes: ['gunhand', 'ghostwright'],
    stats: { reflex: 2, intellect: 2 },
  }),
  weapon({
    id: 'suture-driver',
    name: 'Suture Driver',
    description: 'Closes wounds at one setting, opens them at the other.',
    quality: 'rare',
    level: 9,
    damage: [13, 20],
    rangeM: 12,
    intervalMs: 1400,
    value: 320,
    classes: ['patcher'],
    stats: { tech: 5, maxEnergy: 20 },
  }),
  weapon({
    id: 'ember-scattergun',
    name: 'Ember Scattergun',
    description: 'Loaded with slag from the terrace foundries.',
    quality: 'rare',
    level: 11,
    damage: [21, 36],
    rangeM: 9,
    intervalMs: 2000,
    value: 410,
    classes: ['gunhand', 'breaker'],
    stats: { body: 4, critPermille: 20 },
  }),
  weapon({
    id: 'orrery-lance',
    name: 'Orrery Lance',
    description: 'Combine hardware: a focused beam and a focused invoice.',
    quality: 'rare',
    level: 14,
    damage: [25, 38],
    rangeM: 34,
    intervalMs: 1900,
    value: 560,
    stats: { tech: 6, reflex: 4 },
  }),
  weapon({
    id: 'nightglass-edge',
    name: 'Nightglass Edge',
    description: 'A blade grown from black silica in zero light.',
    quality: 'epic',
    level: 18,
    damage: [38, 60],
    rangeM: 3,
    intervalMs: 1700,
    value: 1_400,
    classes: ['breaker', 'ghostwright'],
    stats: { body: 8, reflex: 8, critPermille: 40 },
  }),
  weapon({
    id: 'litany-rifle',
    name: 'Litany Rifle',
    description: 'Each round is engraved with a line of the Choir’s source code.',
    quality: 'epic',
    level: 22,
    damage: [48, 74],
    rangeM: 40,
    intervalMs: 2100,
    value: 2_200,
    classes: ['gunhand'],
    stats: { reflex: 14, critPermille: 50 },
  }),
  weapon({
    id: 'pale-conductor',
    name: 'Pale Conductor',
    description: 'A baton that every device in the room obeys, briefly.',
    quality: 'epic',
    level: 24,
    damage: [46, 70],
    rangeM: 20,
    intervalMs: 1600,
    value: 2_500,
    classes: ['ghostwright', 'patcher'],
    stats: { intellect: 14, maxEnergy: 60, powerPermille: 30 },
  }),
  weapon({
    id: 'first-light',
    name: 'First Light',
    description: 'The prototype that the courier was built to protect. It hums when the sun is about to rise.',
    quality: 'legendary',
    level: 4,
    damage: [14, 22],
    rangeM: 22,
    intervalMs: 1300,
    value: 1_500,
    stats: { body: 3, reflex: 3, tech: 3, intellect: 3, presence: 3 },
  }),
  weapon({
    id: 'harbour-king',
    name: 'Harbour King',
    description: 'The crane-hook of Mother Rust herself. Nobody in the docks will meet your eyes again.',
    quality: 'legendary',
    level: 10,
    damage: [28, 46],
    rangeM: 4,
    intervalMs: 1900,
    value: 3_000,
    stats: { body: 12, maxHealth: 120, critPermille: 40 },
  }),
  weapon({
    id: 'last-hymn',
    name: 'Last Hymn',
    description: 'What the Choir was singing when it stopped.',
    quality: 'legendary',
    level: 28,
    damage: [72, 112],
    rangeM: 30,
    intervalMs: 1700,
    value: 12_000,
    stats: { intellect: 20, reflex: 20, powerPermille: 80, hastePermille: 40 },
  }),
];
