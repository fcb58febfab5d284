import { abilities } from '#content/abilities.ts';
import { classes } from '#content/classes.ts';
import { zones } from '#content/zones.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type {
  AbilitySpec,
  Area,
  ClassSpec,
  EffectSpec,
  GateSpec,
  WeaponSpec,
  ZoneDefinition,
} from '../sim/definition.ts';
import { kindSpec, kindsOf, spawnSpec } from './npc-content.ts';
import { doorsOf, eventSpec, objectSpec } from './world-content.ts';

const ticks = (ms: number): number => Math.max(1, Math.round((ms * TICK_HZ) / 1_000));
const area = ({ x, y, radiusM }: { x: number; y: number; radiusM: number }): Area => ({ x, y, radius: radiusM });

/** What everybody can do, whatever they have learnt, with the weapon in hand or without: ability 0. */
const plainAttack: AbilitySpec = {
  id: 'plain-attack',
  name: 'Attack',
  target: 'enemy',
  range: 5,
  cooldownTicks: ticks(1_500),
  globalCooldownTicks: 0,
  usesWeapon: true,
  effects: [{ kind: 'damage', school: 'kinetic', min: 5, max: 9 }],
  scaling: { attribute: 'body', permille: 300 },
};

type ContentAbility = (typeof abilities.all)[number];

function abilitySpec(ability: ContentAbility): AbilitySpec {
  return {
    id: ability.id,
    name: ability.name,
    target: ability.target,
    range: ability.rangeM,
    radius: ability.radiusM,
    castTicks: ability.castMs === 0 ? 0 : ticks(ability.castMs),
    channelTicks: ability.channelTickMs === undefined ? 0 : ticks(ability.channelTickMs),
    cooldownTicks: ticks(ability.cooldownMs),
    globalCooldownTicks: Math.round((ability.globalCooldownMs * TICK_HZ) / 1_000),
    energyCost: ability.energyCost,
    effects: ability.effects.map(effectSpec),
    scaling: ability.scaling ? { attribute: ability.scaling.attribute, permille: ability.scaling.permille } : undefined,
  };
}

function effectSpec(effect: ContentAbility['effects'][number]): EffectSpec {
  switch (effect.kind) {
    case 'damage':
      return { kind: effect.kind, school: effect.school, ...effect.amount };
    case 'heal':
      return { kind: effect.kind, ...effect.amount };
    case 'damage-over-time': {
      const { kind, school, amountPerTick, tickMs, durationMs } = effect;
      return { kind, school, ...amountPerTick, everyTicks: ticks(tickMs), ticks: ticks(durationMs) };
    }
    case 'heal-over-time': {
      const { kind, amountPerTick, tickMs, durationMs } = effect;
      return { kind, ...amountPerTick, everyTicks: ticks(tickMs), ticks: ticks(durationMs) };
    }
    case 'shield':
      return { kind: effect.kind, ...effect.amount, ticks: ticks(effect.durationMs) };
    case 'control':
      return { kind: effect.kind, control: effect.control, ticks: ticks(effect.durationMs) };
    case 'buff':
    case 'debuff':
      return { kind: effect.kind, stats: effect.stats, ticks: ticks(effect.durationMs) };
    case 'taunt':
      return { kind: effect.kind, ticks: ticks(effect.durationMs) };
    case 'resurrect':
      return { kind: effect.kind, healthPermille: effect.healthPermille };
  }
}

/** A weapon of content as the simulation knows it. */
export function weaponSpec(weapon: ContentWeapon | undefined): WeaponSpec | undefined {
  if (!weapon) return undefined;
  const { minDamage, maxDamage, rangeM, intervalMs } = weapon;
  return { minDamage, maxDamage, range: rangeM, intervalTicks: ticks(intervalMs) };
}
interface ContentWeapon {
  readonly minDamage: number;
  readonly maxDamage: number;
  readonly rangeM: number;
  readonly intervalMs: number;
}

type ContentZone = (typeof zones.all)[number];
type Gate = Extract<ContentZone['points'][number], { kind: 'gate' }>;

/** One arrives in the gate that leads back: content has one for each. */
function gateSpec(fromZone: string, { id, at, toZone }: Gate): GateSpec {
  const target = zones.get(toZone);
  const back = target.points.find((point): point is Gate => point.kind === 'gate' && point.toZone === fromZone);
  return { id, ...area(at), toZone, minLevel: target.levelRange.min, arrival: area(back?.at ?? target.spawn) };
}

const made = new Map<string, ZoneDefinition>();

/** The simulation's view of a zone in content, the same for all of its units; undefined when there is no such zone. */
export function zoneDefinition(zoneId: string): ZoneDefinition | undefined {
  const zone = zones.find(zoneId);
  if (!zone) return undefined;
  const definition = made.get(zoneId) ?? define(zone);
  made.set(zoneId, definition);
  return definition;
}

function define(zone: ContentZone): ZoneDefinition {
  const specs = [plainAttack, ...abilities.all.map(abilitySpec)];
  const indexOf = new Map(specs.map((spec, index) => [spec.id, index]));
  const kinds = kindsOf(zone);
  return {
    id: zone.id,
    name: zone.name,
    originX: zone.bounds.minX,
    originY: zone.bounds.minY,
    width: zone.bounds.maxX - zone.bounds.minX,
    height: zone.bounds.maxY - zone.bounds.minY,
    spawn: area(zone.spawn),
    graveyard: area(zone.graveyard),
    restAreas: zone.restAreas.map(area),
    gates: zone.points.flatMap((point) => (point.kind === 'gate' ? [gateSpec(zone.id, point)] : [])),
    obstacles: [...zone.obstacles, ...doorsOf(zone)],
    objects: zone.objects.map((object) => objectSpec(object, zone)),
    events: zone.events.map((event) => eventSpec(event, kinds)),
    landmarks: zone.points.flatMap(({ kind, id, at }) => (kind === 'landmark' ? [{ id, area: area(at) }] : [])),
    npcKinds: kinds.map((id) => kindSpec(id, { kinds, abilities: indexOf })),
    spawns: zone.npcSpawns.map((spawn) => spawnSpec(spawn, kinds)),
    abilities: specs,
    classes: Object.fromEntries(
      classes.all.map((one): [string, ClassSpec] => [
        one.id,
        {
          health: one.health,
          speed: one.speedMps / TICK_HZ,
          attributes: one.attributes,
          attributesPerLevel: one.attributesPerLevel,
          energy: one.energy,
          abilities: one.abilities.map(({ ability, level }) => ({ ability: indexOf.get(ability)!, level })),
        },
      ]),
    ),
  };
}

/** Every zone that content has. */
export const allZoneIds: readonly string[] = zones.all.map((zone) => zone.id);
