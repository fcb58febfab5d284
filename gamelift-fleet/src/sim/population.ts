import { balance } from './balance.ts';
import type { SpawnSpec } from './definition.ts';
import { NPC } from './entities.ts';
import { NO_SPAWN_POINT, npcModes } from './npc-minds.ts';
import { nearestPlayerMetres, playersAround } from './npcs/crowd.ts';
import { bringForth } from './npcs/spawning.ts';
import { pointIn, type SimState } from './state.ts';

/** Takes away corpses whose time is over and brings back NPCs that are due. */
export function populate(state: SimState): void {
  const { entities, grid, minds, tick } = state;
  const slots = entities.slots();
  // Backwards, since a removal puts the last slot in the place of the removed one.
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    if (entities.sort[slot] !== NPC || minds.mode[slot] !== npcModes.corpse || tick < minds.decayTick[slot]!) continue;
    state.auras.clear(slot);
    state.auras.makerGone(slot);
    state.casts.end(slot);
    state.npcReadiness.delete(slot);
    grid.remove(slot, false);
    entities.remove(slot);
  }
  for (let index = 0; index < state.spawnPoints.length; index++) {
    const point = state.spawnPoints[index]!;
    if (point.slot === 0 && tick >= point.respawnTick && !entities.full) spawn(state, index);
  }
}

function spawn(state: SimState, index: number): void {
  const point = state.spawnPoints[index]!;
  const spec = state.zone.spawns[point.spawn]!;
  const at = unseenPoint(state, spec, point.waited);
  if (!at) {
    // Where players stand it waits for its moment, but not for ever.
    point.waited += 1;
    point.respawnTick = state.tick + balance.respawn.waitTicks;
    return;
  }
  point.waited = 0;
  const { rare } = spec;
  const isRare = rare !== undefined && state.random.int(1, 1_000) <= rare.permille;
  const npcKind = isRare ? rare.kind : spec.kind;
  const slot = bringForth(state, npcKind, at, index);
  point.slot = slot;
  if (spec.patrol) state.minds.waypoint[slot] = index % spec.patrol.length;
  state.outcome.spawned.push({ slot, npcKind, spawnId: spec.id });
}

/** A place that no player sees from close by; after some waiting, the one farthest from all of a few. */
function unseenPoint(state: SimState, spec: SpawnSpec, waited: number): { x: number; y: number } | undefined {
  const { tries, unseenMetres, maxWaits } = balance.respawn;
  let best: { x: number; y: number } | undefined;
  let most = -1;
  for (let i = 0; i < tries; i++) {
    const at = pointIn(state, spec.area);
    const metres = nearestPlayerMetres(state, at);
    if (metres >= unseenMetres) return at;
    if (metres > most) {
      best = at;
      most = metres;
    }
  }
  return waited >= maxWaits ? best : undefined;
}

/** An NPC that a process before this one has seen die stays dead for so long yet. */
export function stayDead(state: SimState, spawnId: string, index: number, ticks: number): void {
  const spawn = state.zone.spawns.findIndex(({ id }) => id === spawnId);
  const first = state.spawnPoints.findIndex((point) => point.spawn === spawn);
  const point = state.spawnPoints[first + index];
  if (spawn >= 0 && point?.spawn === spawn) point.respawnTick = Math.max(point.respawnTick, state.tick + ticks);
}

/** An NPC is dead: sets when its place is filled again. Undefined: it had none. */
export function leavePlace(
  state: SimState,
  npc: number,
): { readonly spawnId: string; readonly respawnTicks: number } | undefined {
  const { minds, spawnPoints, zone } = state;
  const point = spawnPoints[minds.spawnPoint[npc]!];
  if (minds.spawnPoint[npc] === NO_SPAWN_POINT || !point) return undefined;
  const spec = zone.spawns[point.spawn]!;
  const ticks = ticksUntilBack(state, npc, spec);
  point.slot = 0;
  point.respawnTick = state.tick + ticks;
  return { spawnId: spec.id, respawnTicks: ticks };
}

/** Bosses keep their time; others come back sooner where many hunt them, and not all of a spawn at once. */
function ticksUntilBack(state: SimState, npc: number, spec: SpawnSpec): number {
  const kind = state.zone.npcKinds[state.entities.kind[npc]!]!;
  if (kind.rank === 'boss') return spec.respawnTicks;
  const { areaMarginMetres, spread } = balance.respawn;
  const ticks = respawnTicks(spec.respawnTicks, playersAround(state, spec.area, areaMarginMetres));
  return spec.count === 1 ? ticks : Math.round(ticks * (1 + state.random.unit() * spread));
}

/** More players around a spawn than it is made for shorten the time until an NPC is back. */
export function respawnTicks(baseTicks: number, players: number): number {
  const { fullTimeUpToPlayers, minTicks } = balance.respawn;
  const share = players > fullTimeUpToPlayers ? fullTimeUpToPlayers / players : 1;
  return Math.max(minTicks, Math.round(baseTicks * share));
}

export interface Population {
  readonly resting: number;
  readonly fighting: number;
  readonly evading: number;
  readonly dead: number;
  /** Places that wait for their NPC. */
  readonly due: number;
}

/** The zone's NPCs as figures. */
export function populationOf({ entities, minds, spawnPoints }: SimState): Population {
  const count = { resting: 0, fighting: 0, evading: 0, dead: 0, due: 0 };
  for (const slot of entities.slots()) {
    if (entities.sort[slot] !== NPC) continue;
    const mode = minds.mode[slot];
    if (mode === npcModes.chase) count.fighting += 1;
    else if (mode === npcModes.evade) count.evading += 1;
    else if (mode === npcModes.corpse) count.dead += 1;
    else count.resting += 1;
  }
  for (const point of spawnPoints) if (point.slot === 0) count.due += 1;
  return count;
}
