import { abilities } from '#content/abilities.ts';
import { classes } from '#content/classes.ts';
import { npcs } from '#content/npcs.ts';
import { zones } from '#content/zones.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { AbilitySpec, Area, ClassSpec, NpcKindSpec, ZoneDefinition } from '../sim/definition.ts';

const ticks = (ms: number): number => Math.max(1, Math.round((ms * TICK_HZ) / 1_000));
const area = ({ x, y, radiusM }: { x: number; y: number; radiusM: number }): Area => ({ x, y, radius: radiusM });

/** What everybody can do, whatever they have learnt: ability 0. */
const plainAttack: AbilitySpec = {
  id: 'plain-attack',
  name: 'Attack',
  target: 'enemy',
  range: 5,
  cooldownTicks: ticks(1_500),
  globalCooldownTicks: 0,
  effects: [{ kind: 'damage', min: 5, max: 9 }],
  scaling: { attribute: 'body', permille: 300 },
};

type ContentAbility = (typeof abilities.all)[number];

/** Abilities whose effects the simulation knows: instant damage or healing of one target. Others stay out of the zone. */
function abilitySpec(ability: ContentAbility): AbilitySpec | undefined {
  if (ability.class === null || ability.castMs > 0 || ability.radiusM > 0 || ability.target === 'area')
    return undefined;
  const effects: AbilitySpec['effects'][number][] = [];
  for (const effect of ability.effects) {
    if (effect.kind !== 'damage' && effect.kind !== 'heal') return undefined;
    effects.push({ kind: effect.kind, ...effect.amount });
  }
  return {
    id: ability.id,
    name: ability.name,
    target: ability.target,
    range: ability.rangeM,
    cooldownTicks: ticks(ability.cooldownMs),
    globalCooldownTicks: Math.round((ability.globalCooldownMs * TICK_HZ) / 1_000),
    effects,
    scaling: ability.scaling ? { attribute: ability.scaling.attribute, permille: ability.scaling.permille } : undefined,
  };
}

function kindSpec(id: string): NpcKindSpec {
  const kind = npcs.get(id);
  return {
    id: kind.id,
    name: kind.name,
    faction: kind.faction,
    rank: kind.rank,
    level: kind.level,
    maxHealth: kind.health,
    damageMin: kind.damage.min,
    damageMax: kind.damage.max,
    attackRange: kind.attackRangeM,
    attackIntervalTicks: ticks(kind.attackIntervalMs),
    speed: kind.speedMps / TICK_HZ,
    aggroRadius: kind.aggroRadiusM,
    assistRadius: kind.assistRadiusM,
    leash: kind.leashM,
    decayTicks: ticks(kind.decaySeconds * 1_000),
  };
}

/** The simulation's view of a zone in content; undefined when there is no such zone. */
export function zoneDefinition(zoneId: string): ZoneDefinition | undefined {
  const zone = zones.find(zoneId);
  if (!zone) return undefined;
  const specs = [plainAttack, ...abilities.all.map(abilitySpec).filter((spec) => spec !== undefined)];
  const indexOf = new Map(specs.map((spec, index) => [spec.id, index]));
  const kinds = [...new Set(zone.npcSpawns.map((spawn) => spawn.npc))];
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
    obstacles: zone.obstacles,
    npcKinds: kinds.map(kindSpec),
    spawns: zone.npcSpawns.map((spawn) => ({
      id: spawn.id,
      kind: kinds.indexOf(spawn.npc),
      count: spawn.count,
      area: area(spawn.area),
      respawnTicks: ticks(spawn.respawnSeconds * 1_000),
    })),
    abilities: specs,
    classes: Object.fromEntries(
      classes.all.map((one): [string, ClassSpec] => [
        one.id,
        {
          health: one.health,
          speed: one.speedMps / TICK_HZ,
          attributes: one.attributes,
          attributesPerLevel: one.attributesPerLevel,
          abilities: one.abilities.flatMap(({ ability, level }) => {
            const index = indexOf.get(ability);
            return index === undefined ? [] : [{ ability: index, level }];
          }),
        },
      ]),
    ),
  };
}

/** Every zone that content has. */
export const allZoneIds: readonly string[] = zones.all.map((zone) => zone.id);
