import { onWire } from '#shared/contract/zone-protocol.ts';
import { Auras } from './abilities/auras.ts';
import { Casts } from './abilities/casts.ts';
import { ControlMemory } from './abilities/control-memory.ts';
import { Duels } from './abilities/duels.ts';
import { Feuds } from './abilities/feuds.ts';
import type { Readiness } from './abilities/readiness.ts';
import { balance } from './balance.ts';
import type { Area, ClassSpec, ZoneDefinition } from './definition.ts';
import { Entities, PLAYER } from './entities.ts';
import { Fights } from './fights.ts';
import { Grid } from './grid.ts';
import { History } from './history.ts';
import { LandmarkVisits } from './landmarks.ts';
import { NpcMinds } from './npc-minds.ts';
import { NpcPaths } from './npcs/paths.ts';
import { walkGraphOf } from './npcs/walk-graph.ts';
import { Obstacles } from './obstacles.ts';
import { TickOutcome } from './outcome.ts';
import type { PlayerBody } from './players.ts';
import { SeededRandom } from './random.ts';
import { Parties } from './ties.ts';
import { WorldEvents } from './world-events/runs.ts';
import { WorldObjects } from './world-objects/objects.ts';

/** One NPC that should be alive at a spawn. */
export interface SpawnPoint {
  readonly spawn: number;
  /** Slot of the living NPC; 0: none. */
  slot: number;
  /** When the next one appears, while there is none. */
  respawnTick: number;
  /** How often it was put off because players stood there. */
  waited: number;
}

/** The whole state of a simulated zone. Phases are functions over it. */
export interface SimState {
  readonly zone: ZoneDefinition;
  readonly random: SeededRandom;
  readonly entities: Entities;
  readonly grid: Grid;
  readonly obstacles: Obstacles;
  readonly history: History;
  readonly minds: NpcMinds;
  readonly paths: NpcPaths;
  readonly fights: Fights;
  readonly visits: LandmarkVisits;
  /** Fights and duels between players. */
  readonly feuds: Feuds;
  readonly duels: Duels;
  readonly auras: Auras;
  readonly casts: Casts;
  readonly controls: ControlMemory;
  /** Of NPCs that have used abilities, by slot. */
  readonly npcReadiness: Map<number, Readiness>;
  readonly players: Map<number, PlayerBody>;
  readonly slotOfCharacter: Map<string, number>;
  readonly parties: Parties;
  readonly spawnPoints: readonly SpawnPoint[];
  readonly objects: WorldObjects;
  readonly events: WorldEvents;
  readonly outcome: TickOutcome;
  /** Who does the act at hand, and where it stood then, between two of its steps of one tick. Slot 0: nobody. */
  readonly actFrom: { slot: number; x: number; y: number };
  tick: number;
  killSeq: number;
  /** Counts the deaths of players in this simulation. */
  deathSeq: number;
  /** Counts the uses of objects in this simulation. */
  useSeq: number;
}

export function newState(zone: ZoneDefinition, seed: number, capacity: number): SimState {
  return {
    zone,
    random: new SeededRandom(seed),
    entities: new Entities(capacity),
    grid: new Grid(zone, capacity),
    obstacles: new Obstacles(zone, zone.obstacles),
    history: new History(capacity),
    minds: new NpcMinds(capacity),
    paths: new NpcPaths(walkGraphOf(zone), capacity),
    fights: new Fights(),
    visits: new LandmarkVisits(),
    feuds: new Feuds(),
    duels: new Duels(),
    auras: new Auras(capacity),
    casts: new Casts(capacity),
    controls: new ControlMemory(capacity),
    npcReadiness: new Map(),
    players: new Map(),
    slotOfCharacter: new Map(),
    parties: new Parties(),
    spawnPoints: zone.spawns.flatMap((spec, spawn) =>
      Array.from({ length: spec.count }, () => ({ spawn, slot: 0, respawnTick: 0, waited: 0 })),
    ),
    objects: new WorldObjects(zone.objects?.length ?? 0),
    events: new WorldEvents(zone.events ?? []),
    outcome: new TickOutcome(),
    actFrom: { slot: 0, x: 0, y: 0 },
    tick: 0,
    killSeq: 0,
    deathSeq: 0,
    useSeq: 0,
  };
}

/** Puts an entity elsewhere, and into the cell there. */
export function place(state: SimState, slot: number, x: number, y: number): void {
  const { entities, grid } = state;
  entities.x[slot] = x;
  entities.y[slot] = y;
  grid.move(slot, x, y, entities.sort[slot] === PLAYER);
}

/** Puts an entity elsewhere at one stroke: there is no way on which it could have been struck. */
export function jumpTo(state: SimState, slot: number, x: number, y: number): void {
  place(state, slot, x, y);
  state.history.jumped(slot, state.tick);
}

/** Turns an entity towards a point. */
export function face(state: SimState, slot: number, x: number, y: number): void {
  const dx = x - state.entities.x[slot]!;
  const dy = y - state.entities.y[slot]!;
  if (dx === 0 && dy === 0) return;
  const yaw = Math.atan2(dy, dx);
  state.entities.yaw[slot] = yaw < 0 ? yaw + 2 * Math.PI : yaw;
}

export function distanceBetween(state: SimState, a: number, b: number): number {
  const { x, y } = state.entities;
  return Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
}

/** Whether somebody has less than this share of its health, in thousandths. */
export function isBelow({ entities }: SimState, slot: number, permille: number): boolean {
  return entities.health[slot]! * 1_000 < entities.maxHealth[slot]! * permille;
}

const POINT_TRIES = 8;

/** A random point of an area, inside the zone and in no obstacle, as it stands on the wire. */
export function pointIn(state: SimState, area: Area): { x: number; y: number } {
  const { zone, random, obstacles } = state;
  for (let i = 0; i < POINT_TRIES; i++) {
    const angle = random.unit() * 2 * Math.PI;
    const distance = Math.sqrt(random.unit()) * area.radius;
    const x = Math.min(zone.originX + zone.width, Math.max(zone.originX, area.x + Math.cos(angle) * distance));
    const y = Math.min(zone.originY + zone.height, Math.max(zone.originY, area.y + Math.sin(angle) * distance));
    const point = { x: onWire(x, zone.originX), y: onWire(y, zone.originY) };
    if (!obstacles.holds(point.x, point.y)) return point;
  }
  // Content keeps the middle of its areas free.
  return { x: onWire(area.x, zone.originX), y: onWire(area.y, zone.originY) };
}

/** Whether somebody stands where players may leave at once and strike nobody. */
export function isInRestArea({ entities, zone }: SimState, slot: number): boolean {
  return zone.restAreas.some(({ x, y, radius }) => Math.hypot(entities.x[slot]! - x, entities.y[slot]! - y) <= radius);
}

export function isFighting(state: SimState, player: PlayerBody): boolean {
  return state.tick - player.lastHostileTick < balance.combat.calmAfterTicks;
}

/** The class of a player; admission has checked that it exists. */
export function classOf(state: SimState, classId: string): ClassSpec {
  const found = state.zone.classes[classId];
  if (!found) throw new RangeError(`unknown class ${classId}`);
  return found;
}
