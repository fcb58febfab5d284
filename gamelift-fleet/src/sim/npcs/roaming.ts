import { engage } from '../abilities/engage.ts';
import { balance } from '../balance.ts';
import type { Area, NpcKindSpec, SpawnSpec, WaypointSpec } from '../definition.ts';
import { npcModes } from '../npc-minds.ts';
import { jumpTo, pointIn, type SimState } from '../state.ts';
import { nearestPrey } from './aggro.ts';
import { plainBehaviour } from './behaviour-spec.ts';
import { nearestPlayerMetres } from './crowd.ts';
import { spawnOf } from './spawning.ts';
import { walk, walkTo } from './walking.ts';

/** One tick of an NPC at peace, with players near. */
export function roam(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { minds, tick } = state;
  const spawn = spawnOf(state, slot);
  const restedTicks = tick - minds.thoughtTick[slot]!;
  minds.thoughtTick[slot] = tick;
  if (restedTicks > balance.npc.catchUpAfterTicks) catchUp(state, slot, kind, spawn, restedTicks);
  if ((tick + slot) % balance.npc.scanEveryTicks === 0) {
    const prey = state.players.get(nearestPrey(state, slot, kind));
    if (prey) {
      engage(state, slot, prey);
      return;
    }
  }
  if (!spawn || kind.speed === 0) return;
  if (spawn.patrol) patrol(state, slot, kind, spawn.patrol);
  else if ((kind.behaviour ?? plainBehaviour).rest === 'wander') wander(state, slot, kind, spawn.area);
}

function wander(state: SimState, slot: number, kind: NpcKindSpec, area: Area): void {
  const { minds, tick } = state;
  const { wanderSpeedFactor, wanderPauseMinTicks, wanderPauseMaxTicks } = balance.npc;
  if (minds.mode[slot] === npcModes.wander) {
    const way = walk(state, slot, minds.goalX[slot]!, minds.goalY[slot]!, kind.speed * wanderSpeedFactor);
    if (way === 'under_way') return;
    minds.mode[slot] = npcModes.idle;
    minds.wanderTick[slot] = tick + state.random.int(wanderPauseMinTicks, wanderPauseMaxTicks);
  } else if (tick >= minds.wanderTick[slot]!) {
    const goal = pointIn(state, area);
    minds.goalX[slot] = goal.x;
    minds.goalY[slot] = goal.y;
    minds.mode[slot] = npcModes.wander;
  }
}

/** Goes from waypoint to waypoint, round and round, and rests at each for its time. */
function patrol(state: SimState, slot: number, kind: NpcKindSpec, route: readonly WaypointSpec[]): void {
  const { minds, tick } = state;
  if (tick < minds.wanderTick[slot]!) return;
  const { x, y, pauseTicks } = route[minds.waypoint[slot]! % route.length]!;
  const way = walkTo(state, slot, x, y, kind.speed * balance.npc.patrolSpeedFactor);
  // Where no way leads it leaves the waypoint out.
  if (way !== 'arrived' && !state.paths.hasNone(slot)) return;
  state.paths.forget(slot);
  minds.waypoint[slot] = (minds.waypoint[slot]! + 1) % route.length;
  minds.wanderTick[slot] = tick + pauseTicks;
}

/** Puts an NPC that nobody has seen for a while where it would be by now; one step, however long the rest was. */
function catchUp(
  state: SimState,
  slot: number,
  kind: NpcKindSpec,
  spawn: SpawnSpec | undefined,
  restedTicks: number,
): void {
  const { minds } = state;
  if (!spawn || kind.speed === 0) return;
  if (spawn.patrol) {
    skipAlong(state, slot, kind.speed * balance.npc.patrolSpeedFactor, spawn.patrol, restedTicks);
    return;
  }
  if ((kind.behaviour ?? plainBehaviour).rest === 'stand') return;
  const at = pointIn(state, spawn.area);
  // Where a player stands it would appear out of nothing.
  if (nearestPlayerMetres(state, at) < balance.npc.unseenMetres) return;
  jumpTo(state, slot, at.x, at.y);
  minds.mode[slot] = npcModes.idle;
}

/** The place on a patrol after so many ticks: whole rounds are left out, so that at most one is counted through. */
function skipAlong(
  state: SimState,
  slot: number,
  speed: number,
  route: readonly WaypointSpec[],
  restedTicks: number,
): void {
  const { entities, minds, tick } = state;
  let roundTicks = 0;
  for (let i = 0; i < route.length; i++) {
    const [from, to] = [route[i]!, route[(i + 1) % route.length]!];
    roundTicks += Math.hypot(to.x - from.x, to.y - from.y) / speed + to.pauseTicks;
  }
  let left = roundTicks > 0 ? restedTicks % roundTicks : 0;
  let x = entities.x[slot]!;
  let y = entities.y[slot]!;
  for (let i = 0; i <= route.length && left > 0; i++) {
    const goal = route[minds.waypoint[slot]! % route.length]!;
    const metres = Math.hypot(goal.x - x, goal.y - y);
    const ticks = metres / speed;
    const share = ticks <= left || ticks === 0 ? 1 : left / ticks;
    x += (goal.x - x) * share;
    y += (goal.y - y) * share;
    left -= ticks;
    if (share < 1) break;
    minds.waypoint[slot] = (minds.waypoint[slot]! + 1) % route.length;
    minds.wanderTick[slot] = tick + Math.max(0, goal.pauseTicks - Math.round(left));
    left -= goal.pauseTicks;
  }
  // Content leads patrols through no walls; in a door it waits at the waypoint before.
  if (!state.obstacles.holds(x, y)) jumpTo(state, slot, x, y);
}
