import type { Quality } from '../../quality.ts';
import type { Stats } from '../../schema/attributes.ts';
import type { ClassId } from '../../schema/class.ts';
import type { EquipmentSlot, ItemTemplate } from '../../schema/item.ts';

interface ImplantRow {
  id: string;
  name: string;
  description: string;
  slot: Extract<EquipmentSlot, `implant-${string}`>;
  quality: Quality;
  level: number;
  value: number;
  stats: Stats;
  classes?: ClassId[];
}

/** Implants grow into their wearer: once worn they are bound, and they do not wear out. */
function implant(row: ImplantRow): ItemTemplate {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: 'implant',
    quality: row.quality,
    slot: row.slot,
    maxStack: 1,
    bind: row.quality === 'legendary' ? 'pickup' : 'equip',
    uniqueEquipped: true,
    requiredLevel: row.level,
    classes: row.classes ?? [],
    vendorValue: row.value,
    durability: 0,
    stats: row.stats,
    weapon: null,
    use: null,
  };
}

export const implants: readonly ItemTemplate[] = [
  implant({
    id: 'second-hand-cortex',
    name: 'Second-hand Cortex',
    description: 'Previous owner’s phone numbers included.',
    slot: 'implant-neural',
    quality: 'common',
    level: 3,
    value: 60,
    stats: { intellect: 2 },
  }),
  implant({
    id: 'gutter-optics',
    name: 'Gutter Optics',
    description: 'Sees in the dark, and sees dark things.',
    slot: 'implant-ocular',
    quality: 'common',
    level: 3,
    value: 60,
    stats: { critPermille: 10 },
  }),
  implant({
    id: 'stevedore-spine',
    name: 'Stevedore Spine',
    description: 'Rated for two tonnes, bolted on in an afternoon.',
    slot: 'implant-chassis',
    quality: 'uncommon',
    level: 6,
    value: 140,
    stats: { body: 4, maxHealth: 30 },
  }),
  implant({
    id: 'lattice-cortex',
    name: 'Lattice Cortex',
    description: 'Thoughts arrive in alphabetical order.',
    slot: 'implant-neural',
    quality: 'uncommon',
    level: 8,
    value: 170,
    stats: { intellect: 4, maxEnergy: 20, resistNeural: 15 },
  }),
  implant({
    id: 'hawkline-optics',
    name: 'Hawkline Optics',
    description: 'Range-finding irises, adjustable colour.',
    slot: 'implant-ocular',
    quality: 'rare',
    level: 12,
    value: 420,
    stats: { reflex: 5, critPermille: 35 },
    classes: ['gunhand', 'breaker'],
  }),
  implant({
    id: 'mercy-weave',
    name: 'Mercy Weave',
    description: 'Nanofilament that knits its wearer while they argue.',
    slot: 'implant-chassis',
    quality: 'rare',
    level: 14,
    value: 480,
    stats: { tech: 6, maxHealth: 70, resistToxic: 30 },
  }),
  implant({
    id: 'quiet-room',
    name: 'Quiet Room',
    description: 'A firewall shaped like a place you once felt safe in.',
    slot: 'implant-neural',
    quality: 'epic',
    level: 20,
    value: 1_600,
    stats: { intellect: 12, presence: 6, powerPermille: 30 },
  }),
  implant({
    id: 'black-sun-retina',
    name: 'Black Sun Retina',
    description: 'It shows what the Choir sees. Do not look for long.',
    slot: 'implant-ocular',
    quality: 'legendary',
    level: 26,
    value: 10_000,
    stats: { reflex: 16, intellect: 16, critPermille: 90 },
  }),
];
