import { entityStates } from '#shared/contract/zone-protocol.ts';
import type { SpawnSpec } from '../definition.ts';
import { NPC } from '../entities.ts';
import { NO_SPAWN_POINT, npcModes } from '../npc-minds.ts';
import type { SimState } from '../state.ts';

/** The spawn that an NPC belongs to; undefined when it was called up. */
export function spawnOf({ minds, spawnPoints, zone }: SimState, npc: number): SpawnSpec | undefined {
  const point = spawnPoints[minds.spawnPoint[npc]!];
  return point && zone.spawns[point.spawn];
}

/** How far from home an NPC fights. */
export function leashOf({ entities, minds, zone }: SimState, npc: number): number {
  const leader = minds.summoner[npc] || npc;
  return zone.npcKinds[entities.kind[leader]!]!.leash;
}

/** Puts a fresh NPC into the zone and answers its slot. The caller has seen that there is room. */
export function bringForth(
  state: SimState,
  npcKind: number,
  at: { readonly x: number; readonly y: number },
  spawnPoint: number = NO_SPAWN_POINT,
): number {
  const { entities, grid, minds, zone } = state;
  const kind = zone.npcKinds[npcKind]!;
  const { x, y } = at;
  const slot = entities.add({
    sort: NPC,
    kind: npcKind,
    level: kind.level,
    // The kind's name is in the welcome.
    name: '',
    x,
    y,
    yaw: state.random.unit() * 2 * Math.PI,
    health: kind.maxHealth,
    maxHealth: kind.maxHealth,
  });
  entities.state[slot] = entityStates.alive;
  grid.insert(slot, x, y, false);
  minds.mode[slot] = npcModes.idle;
  minds.spawnPoint[slot] = spawnPoint;
  minds.summoner[slot] = 0;
  minds.summonerLife[slot] = 0;
  minds.homeX[slot] = x;
  minds.homeY[slot] = y;
  minds.homeYaw[slot] = entities.yaw[slot]!;
  minds.goalX[slot] = x;
  minds.goalY[slot] = y;
  minds.wanderTick[slot] = state.tick + state.random.int(0, 100);
  minds.waypoint[slot] = 0;
  minds.thoughtTick[slot] = state.tick;
  minds.attackTick[slot] = 0;
  minds.fightSeq[slot] = 0;
  minds.target[slot] = 0;
  minds.fleeTick[slot] = 0;
  minds.stuckTicks[slot] = 0;
  minds.phase[slot] = 0;
  minds.isEnraged[slot] = 0;
  minds.decayTick[slot] = 0;
  minds.event[slot] = 0;
  minds.isFriend[slot] = 0;
  state.controls.forget(slot);
  state.paths.forget(slot);
  return slot;
}
