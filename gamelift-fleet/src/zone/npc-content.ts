import { behaviours } from '#content/behaviours.ts';
import { npcs } from '#content/npcs.ts';
import type { Circle } from '#content/schema/area.ts';
import type { Behaviour, Encounter } from '#content/schema/behaviour.ts';
import type { Zone } from '#content/schema/zone.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Area, NpcKindSpec, SpawnSpec } from '../sim/definition.ts';
import type { ActSpec, BehaviourSpec, ConditionSpec, EncounterSpec } from '../sim/npcs/behaviour-spec.ts';

const ticks = (ms: number): number => Math.max(1, Math.round((ms * TICK_HZ) / 1_000));
const area = ({ x, y, radiusM }: Circle): Area => ({ x, y, radius: radiusM });

/** What a kind of NPC refers to by number. */
interface NpcContext {
  readonly kinds: readonly string[];
  readonly abilities: ReadonlyMap<string, number>;
}

type Rule = Behaviour['rules'][number];

function conditionSpec(condition: Rule['when'][number]): ConditionSpec {
  return condition.kind === 'fight-older' ? { kind: 'fight-older', ticks: ticks(condition.ms) } : condition;
}

function actSpec(act: Rule['act'], { abilities }: NpcContext): ActSpec {
  if (act.kind === 'use')
    return act.ability === null ? { kind: 'use' } : { kind: 'use', ability: abilities.get(act.ability)! };
  return act.kind === 'flee' ? { kind: 'flee', ticks: ticks(act.ms) } : act;
}

function behaviourSpec(behaviour: Behaviour, context: NpcContext): BehaviourSpec {
  const { id, rest, keepsAwayM, strikes, rules } = behaviour;
  return {
    id,
    rest,
    keepsAway: keepsAwayM,
    strikes,
    rules: rules.map(({ when, act, everyMs, once }) => ({
      when: when.map(conditionSpec),
      act: actSpec(act, context),
      everyTicks: Math.round((everyMs * TICK_HZ) / 1_000),
      once,
    })),
  };
}

function encounterSpec(encounter: Encounter, { kinds, abilities }: NpcContext): EncounterSpec {
  return {
    phases: encounter.phases.map(({ id, begins, text, damagePermille, summons, abilities: own }) => ({
      id,
      ...(begins.kind === 'health-below' ? { belowPermille: begins.permille } : {}),
      ...(begins.kind === 'after' ? { afterTicks: ticks(begins.ms) } : {}),
      text,
      damagePermille,
      ...(own ? { abilities: own.map((ability) => abilities.get(ability)!) } : {}),
      summons: summons.map(({ npc, count, radiusM }) => ({ kind: kinds.indexOf(npc), count, radius: radiusM })),
    })),
    enrageTicks: ticks(encounter.enrageAfterMs),
    enragePermille: encounter.enragePermille,
    enrageText: encounter.enrageText,
    resetText: encounter.resetText,
  };
}

type ContentSpawn = Zone['npcSpawns'][number];

/** Every kind that can be in a zone: who lives there, who comes in their place, whom they call, and who comes with events. */
export function kindsOf({ npcSpawns, events }: Pick<Zone, 'npcSpawns' | 'events'>): readonly string[] {
  const living = npcSpawns.flatMap(({ npc, rare }) => (rare ? [npc, rare.npc] : [npc]));
  const called = living.flatMap(
    (id) => npcs.get(id).encounter?.phases.flatMap(({ summons }) => summons.map(({ npc }) => npc)) ?? [],
  );
  const coming = events.flatMap(({ escort, phases }) => [
    ...(escort ? [escort.npc] : []),
    ...phases.flatMap(({ waves }) => waves.map(({ npc }) => npc)),
  ]);
  return [...new Set([...living, ...called, ...coming])];
}

/** The simulation's view of a spawn. */
export function spawnSpec(spawn: ContentSpawn, kinds: readonly string[]): SpawnSpec {
  const { id, npc, count, pack, patrol, rare, respawnSeconds } = spawn;
  return {
    id,
    kind: kinds.indexOf(npc),
    count,
    area: area(spawn.area),
    respawnTicks: ticks(respawnSeconds * 1_000),
    ...(pack === null ? {} : { pack }),
    ...(patrol
      ? { patrol: patrol.map(({ x, y, pauseMs }) => ({ x, y, pauseTicks: Math.round((pauseMs * TICK_HZ) / 1_000) })) }
      : {}),
    ...(rare ? { rare: { kind: kinds.indexOf(rare.npc), permille: rare.permille } } : {}),
  };
}

/** The simulation's view of a kind of NPC, among the kinds of its zone. */
export function kindSpec(id: string, context: NpcContext): NpcKindSpec {
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
    abilities: kind.abilities.map((ability) => context.abilities.get(ability)!),
    behaviour: behaviourSpec(behaviours.get(kind.behaviour), context),
    ...(kind.encounter ? { encounter: encounterSpec(kind.encounter, context) } : {}),
  };
}
