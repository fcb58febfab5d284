import type { Ability, AbilityEffect } from '../../schema/ability.ts';

interface NpcAbilityRow {
  id: string;
  name: string;
  description: string;
  target: Ability['target'];
  rangeM: number;
  radiusM?: number;
  castMs: number;
  cooldownMs: number;
  effects: AbilityEffect[];
}

/** NPCs pay with time, not with energy, and their figures are final: nothing scales them. */
function npcAbility(row: NpcAbilityRow): Ability {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    class: null,
    target: row.target,
    rangeM: row.rangeM,
    radiusM: row.radiusM ?? 0,
    castMs: row.castMs,
    cooldownMs: row.cooldownMs,
    globalCooldownMs: 1_000,
    energyCost: 0,
    scaling: null,
    effects: row.effects,
  };
}

export const npcAbilities: readonly Ability[] = [
  npcAbility({
    id: 'scatter-burst',
    name: 'Scatter Burst',
    description: 'Fires until the magazine or the patience is empty.',
    target: 'enemy',
    rangeM: 18,
    castMs: 800,
    cooldownMs: 9_000,
    effects: [{ kind: 'damage', school: 'kinetic', amount: { min: 12, max: 18 } }],
  }),
  npcAbility({
    id: 'hull-slam',
    name: 'Hull Slam',
    description: 'Throws its whole weight, and some of the floor.',
    target: 'area',
    rangeM: 0,
    radiusM: 6,
    castMs: 1_500,
    cooldownMs: 14_000,
    effects: [
      { kind: 'damage', school: 'kinetic', amount: { min: 30, max: 44 } },
      { kind: 'control', control: 'slow', durationMs: 3_000 },
    ],
  }),
  npcAbility({
    id: 'rally-the-jaws',
    name: 'Rally the Jaws',
    description: 'A scream that every Rustjaw knows.',
    target: 'self',
    rangeM: 0,
    castMs: 1_000,
    cooldownMs: 40_000,
    effects: [{ kind: 'buff', stats: { powerPermille: 250, hastePermille: 200 }, durationMs: 12_000 }],
  }),
  npcAbility({
    id: 'ember-breath',
    name: 'Ember Breath',
    description: 'Slag at the speed of breath.',
    target: 'enemy',
    rangeM: 8,
    castMs: 600,
    cooldownMs: 10_000,
    effects: [
      {
        kind: 'damage-over-time',
        school: 'thermal',
        amountPerTick: { min: 10, max: 14 },
        tickMs: 1_000,
        durationMs: 5_000,
      },
    ],
  }),
  npcAbility({
    id: 'audit-lock',
    name: 'Audit Lock',
    description: 'Freezes assets, including the moving ones.',
    target: 'enemy',
    rangeM: 20,
    castMs: 1_000,
    cooldownMs: 22_000,
    effects: [{ kind: 'control', control: 'root', durationMs: 4_000 }],
  }),
  npcAbility({
    id: 'orbital-invoice',
    name: 'Orbital Invoice',
    description: 'Payable immediately, from above.',
    target: 'area',
    rangeM: 30,
    radiusM: 7,
    castMs: 2_500,
    cooldownMs: 30_000,
    effects: [{ kind: 'damage', school: 'thermal', amount: { min: 140, max: 200 } }],
  }),
  npcAbility({
    id: 'static-wail',
    name: 'Static Wail',
    description: 'A chord that implants hear with their whole circuit.',
    target: 'area',
    rangeM: 0,
    radiusM: 10,
    castMs: 1_200,
    cooldownMs: 18_000,
    effects: [
      { kind: 'damage', school: 'neural', amount: { min: 60, max: 90 } },
      { kind: 'control', control: 'silence', durationMs: 2_500 },
    ],
  }),
  npcAbility({
    id: 'hymn-of-mending',
    name: 'Hymn of Mending',
    description: 'Old firmware, sung until the plates close again.',
    target: 'ally',
    rangeM: 20,
    castMs: 2_000,
    cooldownMs: 9_000,
    effects: [{ kind: 'heal', amount: { min: 110, max: 160 } }],
  }),
  npcAbility({
    id: 'final-chord',
    name: 'Final Chord',
    description: 'Every speaker in the cathedral, at once.',
    target: 'area',
    rangeM: 40,
    radiusM: 12,
    castMs: 3_500,
    cooldownMs: 45_000,
    effects: [{ kind: 'damage', school: 'neural', amount: { min: 320, max: 420 } }],
  }),
];
