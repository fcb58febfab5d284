import type { SpawnSpec, ZoneDefinition } from '#fleet/src/sim/definition.ts';
import { BENCH_ZONE } from './null-ports.ts';
import { CELL_METRES, cellsPerSide, type Scenario, sideMetres } from './scenario.ts';
import type { Walkers } from './walkers.ts';

const NPCS_PER_SPAWN = 5;
const SPAWN_RADIUS = 6;
/** So much that nobody dies: the number of those who fight stays what it is. */
const HEALTH = 60_000;

/** Where NPCs live: spread evenly, five to a place. */
export function npcPlaces(scenario: Scenario): { x: number; y: number }[] {
  const count = Math.ceil(scenario.npcs / NPCS_PER_SPAWN);
  const perRow = Math.ceil(Math.sqrt(count));
  const gap = sideMetres(scenario) / perRow;
  return Array.from({ length: count }, (_, one) => ({
    x: ((one % perRow) + 0.5) * gap,
    y: (Math.floor(one / perRow) + 0.5) * gap,
  }));
}

/** The NPC that a fighter strikes: those of a place are numbered together, from 1 on. */
export function npcStruckBy(place: number, strike: number): number {
  return place * NPCS_PER_SPAWN + (strike % NPCS_PER_SPAWN) + 1;
}

/** Where a player begins: a fighter among NPCs, everybody else where the walk begins. */
export function startOf(scenario: Scenario, walkers: Walkers, player: number): { x: number; y: number } {
  const fighters = Math.floor(scenario.players * scenario.fighting);
  if (player >= fighters) return { x: walkers.x[player]!, y: walkers.y[player]! };
  const places = npcPlaces(scenario);
  return places[player % places.length]!;
}

/** A world of the scenario's size. One may leave it everywhere at once. */
export function benchZone(scenario: Scenario): ZoneDefinition {
  const side = sideMetres(scenario);
  const middle = { x: side / 2, y: side / 2, radius: 1 };
  const spawns: SpawnSpec[] = npcPlaces(scenario).map((at, one) => ({
    id: `spawn-${one}`,
    kind: 0,
    count: Math.min(NPCS_PER_SPAWN, scenario.npcs - one * NPCS_PER_SPAWN),
    area: { ...at, radius: SPAWN_RADIUS },
    respawnTicks: 600,
  }));
  return {
    id: BENCH_ZONE,
    name: 'Bench',
    originX: 0,
    originY: 0,
    width: cellsPerSide(scenario) * CELL_METRES,
    height: cellsPerSide(scenario) * CELL_METRES,
    spawn: middle,
    graveyard: middle,
    restAreas: [{ x: side / 2, y: side / 2, radius: side }],
    obstacles: [],
    npcKinds: [
      {
        id: 'bench-drone',
        name: 'Bench Drone',
        faction: 'machines',
        rank: 'normal',
        level: 1,
        maxHealth: HEALTH,
        damageMin: 1,
        damageMax: 2,
        attackRange: 4,
        attackIntervalTicks: 20,
        speed: 0.2,
        aggroRadius: 5,
        assistRadius: 5,
        leash: 40,
        decayTicks: 40,
      },
    ],
    spawns,
    abilities: [
      {
        id: 'bench-strike',
        name: 'Strike',
        target: 'enemy',
        range: 20,
        cooldownTicks: 10,
        globalCooldownTicks: 0,
        effects: [{ kind: 'damage', min: 1, max: 3 }],
        scaling: undefined,
      },
    ],
    classes: {
      walker: {
        health: { base: HEALTH, perLevel: 0 },
        speed: 0.3,
        attributes: {},
        attributesPerLevel: {},
        abilities: [],
      },
    },
  };
}
