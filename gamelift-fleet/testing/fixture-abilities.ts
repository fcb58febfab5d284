import type { AbilitySpec, SpawnSpec, ZoneDefinition } from '../src/sim/definition.ts';
import { fixtureZone } from './fixture-zone.ts';

type Shape = Partial<AbilitySpec> & Pick<AbilitySpec, 'id' | 'target' | 'effects'>;

const ability = (shape: Shape): AbilitySpec => ({
  name: shape.id,
  range: 20,
  cooldownTicks: 0,
  globalCooldownTicks: 0,
  scaling: undefined,
  ...shape,
});

/** One ability for every thing that abilities do; amounts are fixed so that tests can count. */
const abilities: readonly AbilitySpec[] = [
  ...fixtureZone().abilities,
  ability({
    id: 'bolt',
    target: 'enemy',
    castTicks: 20,
    cooldownTicks: 40,
    energyCost: 10,
    effects: [{ kind: 'damage', school: 'neural', min: 10, max: 10 }],
  }),
  ability({
    id: 'beam',
    target: 'enemy',
    castTicks: 30,
    channelTicks: 10,
    energyCost: 10,
    effects: [{ kind: 'damage', school: 'neural', min: 2, max: 2 }],
  }),
  ability({
    id: 'blast',
    target: 'area',
    radius: 6,
    energyCost: 5,
    effects: [{ kind: 'damage', school: 'thermal', min: 3, max: 3 }],
  }),
  ability({
    id: 'nova',
    target: 'area',
    range: 0,
    radius: 5,
    effects: [{ kind: 'damage', school: 'thermal', min: 3, max: 3 }],
  }),
  ability({ id: 'balm', target: 'area', range: 0, radius: 5, effects: [{ kind: 'heal', min: 5, max: 5 }] }),
  ability({
    id: 'rot',
    target: 'enemy',
    effects: [{ kind: 'damage-over-time', school: 'toxic', min: 2, max: 2, everyTicks: 10, ticks: 50 }],
  }),
  ability({
    id: 'tend',
    target: 'ally',
    effects: [{ kind: 'heal-over-time', min: 3, max: 3, everyTicks: 10, ticks: 30 }],
  }),
  ability({ id: 'guard', target: 'ally', effects: [{ kind: 'shield', min: 15, max: 15, ticks: 100 }] }),
  ability({ id: 'stun', target: 'enemy', effects: [{ kind: 'control', control: 'stun', ticks: 80 }] }),
  ability({ id: 'root', target: 'enemy', effects: [{ kind: 'control', control: 'root', ticks: 40 }] }),
  ability({ id: 'slow', target: 'enemy', effects: [{ kind: 'control', control: 'slow', ticks: 40 }] }),
  ability({ id: 'hush', target: 'enemy', effects: [{ kind: 'control', control: 'silence', ticks: 40 }] }),
  ability({
    id: 'brace',
    target: 'self',
    effects: [{ kind: 'buff', stats: { maxHealth: 50, armour: 100, maxEnergy: 20 }, ticks: 60 }],
  }),
  ability({
    id: 'hurry',
    target: 'self',
    effects: [{ kind: 'buff', stats: { hastePermille: 1_000, movePermille: 500 }, ticks: 60 }],
  }),
  ability({
    id: 'expose',
    target: 'enemy',
    effects: [{ kind: 'debuff', stats: { armour: -100, powerPermille: -500 }, ticks: 60 }],
  }),
  ability({ id: 'provoke', target: 'enemy', effects: [{ kind: 'taunt', ticks: 40 }] }),
  ability({ id: 'revive', target: 'fallen', castTicks: 10, effects: [{ kind: 'resurrect', healthPermille: 300 }] }),
  ability({
    id: 'swing',
    target: 'enemy',
    usesWeapon: true,
    cooldownTicks: 30,
    range: 3,
    effects: [{ kind: 'damage', school: 'kinetic', min: 1, max: 1 }],
  }),
  ability({
    id: 'shot',
    target: 'ray',
    range: 30,
    effects: [{ kind: 'damage', school: 'thermal', min: 2, max: 2 }],
  }),
];

/** Index of an ability of {@link arena}. */
export function abilityNamed(id: string): number {
  const index = abilities.findIndex((one) => one.id === id);
  if (index < 0) throw new RangeError(`no ability ${id}`);
  return index;
}

/** Everything that there is, by its index. */
export const arenaAbilities: readonly number[] = abilities.map((_spec, index) => index);

/** The fixture zone with an ability for everything, all of them known from the first level on. */
export function arena(spawns: readonly SpawnSpec[] = []): ZoneDefinition {
  const zone = fixtureZone(spawns);
  const fighter = {
    health: { base: 100, perLevel: 10 },
    energy: { base: 50, perLevel: 0 },
    speed: 0.3,
    attributes: {},
    attributesPerLevel: {},
    abilities: arenaAbilities.map((index) => ({ ability: index, level: 1 })),
  };
  return { ...zone, abilities, classes: { ...zone.classes, patcher: fighter } };
}
