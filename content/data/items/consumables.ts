import type { Quality } from '../../quality.ts';
import type { ItemTemplate, UseEffect } from '../../schema/item.ts';

interface ConsumableRow {
  id: string;
  name: string;
  description: string;
  quality: Quality;
  level: number;
  value: number;
  cooldownMs: number;
  effects: UseEffect[];
}

function consumable(row: ConsumableRow): ItemTemplate {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: 'consumable',
    quality: row.quality,
    slot: null,
    maxStack: 20,
    bind: 'none',
    uniqueEquipped: false,
    requiredLevel: row.level,
    classes: [],
    vendorValue: row.value,
    durability: 0,
    stats: {},
    weapon: null,
    use: { effects: row.effects, cooldownMs: row.cooldownMs },
  };
}

const MINUTE_MS = 60_000;

export const consumables: readonly ItemTemplate[] = [
  consumable({
    id: 'stitch-spray',
    name: 'Stitch Spray',
    description: 'Closes small holes in people.',
    quality: 'common',
    level: 1,
    value: 4,
    cooldownMs: 20_000,
    effects: [{ kind: 'heal', amount: 60 }],
  }),
  consumable({
    id: 'trauma-foam',
    name: 'Trauma Foam',
    description: 'Closes large holes in people.',
    quality: 'uncommon',
    level: 8,
    value: 18,
    cooldownMs: 30_000,
    effects: [{ kind: 'heal', amount: 220 }],
  }),
  consumable({
    id: 'phoenix-ampoule',
    name: 'Phoenix Ampoule',
    description: 'Illegal in every district that can afford it.',
    quality: 'rare',
    level: 18,
    value: 90,
    cooldownMs: MINUTE_MS,
    effects: [
      { kind: 'heal', amount: 600 },
      { kind: 'energy', amount: 120 },
    ],
  }),
  consumable({
    id: 'battery-gel',
    name: 'Battery Gel',
    description: 'Tastes of lemon and ozone.',
    quality: 'common',
    level: 1,
    value: 4,
    cooldownMs: 20_000,
    effects: [{ kind: 'energy', amount: 40 }],
  }),
  consumable({
    id: 'arc-cell',
    name: 'Arc Cell',
    description: 'Lick the blue end.',
    quality: 'uncommon',
    level: 8,
    value: 18,
    cooldownMs: 30_000,
    effects: [{ kind: 'energy', amount: 110 }],
  }),
  consumable({
    id: 'noodle-bowl',
    name: 'Bowl of Deepwater Noodles',
    description: 'The eel is real. Probably.',
    quality: 'common',
    level: 1,
    value: 3,
    cooldownMs: 5_000,
    effects: [{ kind: 'buff', stats: { maxHealth: 20 }, durationMs: 15 * MINUTE_MS }],
  }),
  consumable({
    id: 'jitter-patch',
    name: 'Jitter Patch',
    description: 'Everything is slower than you.',
    quality: 'uncommon',
    level: 6,
    value: 22,
    cooldownMs: 5_000,
    effects: [{ kind: 'buff', stats: { hastePermille: 60, reflex: 4 }, durationMs: 5 * MINUTE_MS }],
  }),
  consumable({
    id: 'silver-tongue',
    name: 'Silver Tongue',
    description: 'A lozenge for difficult conversations.',
    quality: 'uncommon',
    level: 5,
    value: 22,
    cooldownMs: 5_000,
    effects: [{ kind: 'buff', stats: { presence: 6 }, durationMs: 10 * MINUTE_MS }],
  }),
  consumable({
    id: 'hull-paste',
    name: 'Hull Paste',
    description: 'Subdermal armour by the tube. Sets in a minute.',
    quality: 'rare',
    level: 12,
    value: 48,
    cooldownMs: 5_000,
    effects: [{ kind: 'buff', stats: { armour: 60 }, durationMs: 10 * MINUTE_MS }],
  }),
];
