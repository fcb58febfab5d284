import { type AccountId, type CharacterId, deriveId, type SessionId, type Slug } from '#shared/kernel/ids.ts';
import type { Admission } from '../src/persist/character-ports.ts';
import type { NpcKindSpec, SpawnSpec, ZoneDefinition } from '../src/sim/definition.ts';
import type { Box } from '../src/sim/obstacles.ts';

export const DRONE = 0;
export const HUNTER = 1;

const drone: NpcKindSpec = {
  id: 'test-drone',
  name: 'Test Drone',
  faction: 'machines',
  rank: 'normal',
  level: 1,
  maxHealth: 20,
  damageMin: 1,
  damageMax: 2,
  attackRange: 2.5,
  attackIntervalTicks: 20,
  speed: 0.2,
  aggroRadius: 0,
  assistRadius: 0,
  leash: 30,
  decayTicks: 40,
};

const hunter: NpcKindSpec = {
  ...drone,
  id: 'test-hunter',
  name: 'Test Hunter',
  rank: 'elite',
  level: 3,
  maxHealth: 120,
  damageMin: 8,
  damageMax: 12,
  speed: 0.25,
  aggroRadius: 10,
  assistRadius: 8,
};

/** A zone of 200 × 200 m with peaceful drones by the spawn and hunters in the far corner, and no walls, unless told otherwise. */
export function fixtureZone(spawns?: readonly SpawnSpec[], obstacles: readonly Box[] = []): ZoneDefinition {
  return {
    id: 'test-yard',
    name: 'Test Yard',
    originX: -50,
    originY: -50,
    width: 200,
    height: 200,
    spawn: { x: 0, y: 0, radius: 3 },
    graveyard: { x: -40, y: -40, radius: 2 },
    restAreas: [{ x: 0, y: 0, radius: 5 }],
    obstacles,
    npcKinds: [drone, hunter],
    spawns: spawns ?? [
      { id: 'drones', kind: DRONE, count: 4, area: { x: 6, y: 6, radius: 4 }, respawnTicks: 300 },
      { id: 'hunters', kind: HUNTER, count: 3, area: { x: 120, y: 120, radius: 10 }, respawnTicks: 600 },
    ],
    abilities: [
      {
        id: 'plain-attack',
        name: 'Attack',
        target: 'enemy',
        range: 5,
        cooldownTicks: 10,
        globalCooldownTicks: 0,
        effects: [{ kind: 'damage', min: 5, max: 9 }],
        scaling: undefined,
      },
      {
        id: 'mend',
        name: 'Mend',
        target: 'ally',
        range: 15,
        cooldownTicks: 40,
        globalCooldownTicks: 10,
        effects: [{ kind: 'heal', min: 10, max: 10 }],
        scaling: { attribute: 'tech', permille: 1_000 },
      },
    ],
    classes: {
      patcher: {
        health: { base: 100, perLevel: 10 },
        speed: 0.3,
        attributes: { tech: 5 },
        attributesPerLevel: { tech: 1 },
        abilities: [{ ability: 1, level: 2 }],
      },
    },
  };
}

/** A character that may enter, the same for the same name. */
export function fixtureCharacter(name: string, level = 1): Admission {
  return {
    accountId: deriveId('acc', name) as AccountId,
    sessionId: deriveId('ses', name) as SessionId,
    characterId: deriveId('chr', name) as CharacterId,
    name,
    level,
    classId: 'patcher' as Slug,
  };
}
