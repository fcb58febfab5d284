import type { Quality } from '../../quality.ts';
import type { Stats } from '../../schema/attributes.ts';
import type { ClassId } from '../../schema/class.ts';
import type { EquipmentSlot, ItemTemplate } from '../../schema/item.ts';

interface ArmourRow {
  id: string;
  name: string;
  description: string;
  slot: Extract<EquipmentSlot, 'head' | 'torso' | 'hands' | 'legs' | 'feet'>;
  quality: Quality;
  level: number;
  value: number;
  stats: Stats;
  classes?: ClassId[];
}

function piece(row: ArmourRow): ItemTemplate {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: 'armour',
    quality: row.quality,
    slot: row.slot,
    maxStack: 1,
    bind: row.quality === 'legendary' ? 'pickup' : row.quality === 'common' ? 'none' : 'equip',
    uniqueEquipped: row.quality === 'legendary',
    requiredLevel: row.level,
    classes: row.classes ?? [],
    vendorValue: row.value,
    durability: 120,
    stats: row.stats,
    weapon: null,
    use: null,
  };
}

export const armour: readonly ItemTemplate[] = [
  piece({
    id: 'tarpaulin-coat',
    name: 'Tarpaulin Coat',
    description: 'Keeps out the rain, and the occasional knife.',
    slot: 'torso',
    quality: 'common',
    level: 1,
    value: 15,
    stats: { armour: 8 },
  }),
  piece({
    id: 'dockhand-boots',
    name: 'Dockhand Boots',
    description: 'Steel toes, rubber soles, someone else’s initials.',
    slot: 'feet',
    quality: 'common',
    level: 1,
    value: 10,
    stats: { armour: 4 },
  }),
  piece({
    id: 'welders-mask',
    name: 'Welder’s Mask',
    description: 'The world looks better through green glass.',
    slot: 'head',
    quality: 'common',
    level: 2,
    value: 18,
    stats: { armour: 6 },
  }),
  piece({
    id: 'cargo-trousers',
    name: 'Cargo Trousers',
    description: 'Eleven pockets, nine of them dry.',
    slot: 'legs',
    quality: 'common',
    level: 2,
    value: 16,
    stats: { armour: 6 },
  }),
  piece({
    id: 'insulated-gloves',
    name: 'Insulated Gloves',
    description: 'For live wires and live lobsters.',
    slot: 'hands',
    quality: 'common',
    level: 3,
    value: 18,
    stats: { armour: 5 },
  }),
  piece({
    id: 'rustjaw-plate',
    name: 'Rustjaw Plate',
    description: 'Hull scrap on chains, painted with teeth.',
    slot: 'torso',
    quality: 'uncommon',
    level: 5,
    value: 90,
    stats: { armour: 26, body: 3 },
  }),
  piece({
    id: 'signal-hood',
    name: 'Signal Hood',
    description: 'Woven with antenna thread; picks up three stations and a prayer.',
    slot: 'head',
    quality: 'uncommon',
    level: 6,
    value: 95,
    stats: { armour: 14, intellect: 3, resistNeural: 10 },
    classes: ['ghostwright', 'patcher'],
  }),
  piece({
    id: 'quickstep-greaves',
    name: 'Quickstep Greaves',
    description: 'Springs in the shins. Mind the ceilings.',
    slot: 'legs',
    quality: 'uncommon',
    level: 7,
    value: 110,
    stats: { armour: 20, reflex: 3 },
  }),
  piece({
    id: 'tidewatch-vest',
    name: 'Tidewatch Vest',
    description: 'Ballistic weave with the harbour crest torn off.',
    slot: 'torso',
    quality: 'rare',
    level: 10,
    value: 300,
    stats: { armour: 48, body: 5, maxHealth: 40, resistThermal: 20 },
  }),
  piece({
    id: 'gecko-gauntlets',
    name: 'Gecko Gauntlets',
    description: 'They hold on to anything, including grudges.',
    slot: 'hands',
    quality: 'rare',
    level: 12,
    value: 340,
    stats: { armour: 26, reflex: 6, critPermille: 15 },
  }),
  piece({
    id: 'foundry-treads',
    name: 'Foundry Treads',
    description: 'Soles that do not mind molten floors.',
    slot: 'feet',
    quality: 'rare',
    level: 13,
    value: 360,
    stats: { armour: 28, body: 4, movePermille: 30 },
  }),
  piece({
    id: 'orrery-visor',
    name: 'Orrery Visor',
    description: 'Shows where everything will be in a second’s time, more or less.',
    slot: 'head',
    quality: 'epic',
    level: 18,
    value: 1_100,
    stats: { armour: 44, reflex: 9, tech: 6, critPermille: 30 },
  }),
  piece({
    id: 'choir-vestment',
    name: 'Choir Vestment',
    description: 'Fibre-optic cloth that still repeats its last sermon.',
    slot: 'torso',
    quality: 'epic',
    level: 23,
    value: 1_900,
    stats: { armour: 92, intellect: 12, maxEnergy: 80, resistShock: 60 },
  }),
  piece({
    id: 'drowned-saint-shroud',
    name: 'Shroud of the Drowned Saint',
    description: 'The water parts for it. So do crowds.',
    slot: 'torso',
    quality: 'legendary',
    level: 20,
    value: 9_000,
    stats: { armour: 110, body: 14, presence: 14, maxHealth: 200, resistThermal: 60, resistToxic: 60 },
  }),
];
