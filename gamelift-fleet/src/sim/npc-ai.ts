import { entityStates } from '#shared/contract/zone-protocol.ts';
import { isHeld, paceOf } from './abilities/control.ts';
import { engage } from './abilities/engage.ts';
import { forgetDeeds } from './abilities/npc-death.ts';
import { hastened } from './abilities/stats.ts';
import { strike } from './abilities/strike.ts';
import { balance } from './balance.ts';
import type { NpcKindSpec } from './definition.ts';
import { NPC, PLAYER } from './entities.ts';
import type { Fight, FightResult } from './fights.ts';
import { npcModes } from './npc-minds.ts';
import type { PlayerBody } from './players.ts';
import { distanceBetween, face, place, pointIn, type SimState } from './state.ts';

/** Lets every NPC think that has something to do: those far from all players rest unless they are busy. */
export function thinkNpcs(state: SimState): void {
  const { entities, grid, minds } = state;
  for (const slot of entities.slots()) {
    if (entities.sort[slot] !== NPC) continue;
    const kind = state.zone.npcKinds[entities.kind[slot]!]!;
    const mode = minds.mode[slot];
    if (mode === npcModes.chase) fight(state, slot, kind);
    else if (mode === npcModes.evade) goHome(state, slot, kind);
    else if (mode !== npcModes.corpse && grid.hasPlayersNear(grid.cellOf[slot]!)) roam(state, slot, kind);
  }
}

/** Radius within which an NPC attacks a player by itself. */
export function aggroRadius(kind: NpcKindSpec, playerLevel: number): number {
  if (kind.aggroRadius === 0) return 0;
  const { aggroPerLevel, aggroMin, aggroMax } = balance.npc;
  const radius = kind.aggroRadius + (kind.level - playerLevel) * aggroPerLevel;
  return Math.min(aggroMax, Math.max(aggroMin, radius));
}

function roam(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { minds, tick } = state;
  if ((tick + slot) % balance.npc.scanEveryTicks === 0) {
    const prey = nearestPrey(state, slot, kind);
    if (prey) {
      engage(state, slot, prey);
      return;
    }
  }
  if (minds.mode[slot] === npcModes.wander) {
    if (!walk(state, slot, minds.goalX[slot]!, minds.goalY[slot]!, kind.speed * balance.npc.wanderSpeedFactor)) return;
    minds.mode[slot] = npcModes.idle;
    minds.wanderTick[slot] = tick + state.random.int(balance.npc.wanderPauseMinTicks, balance.npc.wanderPauseMaxTicks);
  } else if (tick >= minds.wanderTick[slot]! && kind.speed > 0) {
    const spawn = state.zone.spawns[state.spawnPoints[minds.spawnPoint[slot]!]!.spawn]!;
    const goal = pointIn(state, spawn.area);
    minds.goalX[slot] = goal.x;
    minds.goalY[slot] = goal.y;
    minds.mode[slot] = npcModes.wander;
  }
}

function nearestPrey(state: SimState, slot: number, kind: NpcKindSpec): PlayerBody | undefined {
  const { entities, grid } = state;
  let nearest: PlayerBody | undefined;
  let nearestMetres = Number.POSITIVE_INFINITY;
  for (const cell of grid.seenFrom(grid.cellOf[slot]!)) {
    if (grid.players[cell] === 0) continue;
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (entities.sort[other] !== PLAYER || entities.state[other] === entityStates.dead) continue;
      const metres = distanceBetween(state, slot, other);
      if (metres >= nearestMetres || metres > aggroRadius(kind, entities.level[other]!)) continue;
      nearest = state.players.get(other);
      nearestMetres = metres;
    }
  }
  return nearest;
}

function fight(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { entities, minds } = state;
  const running = state.fights.of(slot);
  const target =
    running && state.fights.mostHated(running, state.tick, (one) => entities.state[one] === entityStates.dead);
  if (!running || target === undefined) {
    giveUp(state, slot, running, 'players_died');
    return;
  }
  const fromHome = Math.hypot(entities.x[slot]! - minds.homeX[slot]!, entities.y[slot]! - minds.homeY[slot]!);
  if (fromHome > kind.leash) {
    giveUp(state, slot, running, 'npc_evaded');
    return;
  }
  if (state.casts.of(slot) || isHeld(state, slot, 'stun')) return;
  const { x, y } = entities;
  if (distanceBetween(state, slot, target) > kind.attackRange) {
    walk(state, slot, x[target]!, y[target]!, (kind.speed * paceOf(state, slot)) / 1_000);
    return;
  }
  face(state, slot, x[target]!, y[target]!);
  if (state.tick < minds.attackTick[slot]!) return;
  minds.attackTick[slot] = state.tick + hastened(state, slot, kind.attackIntervalTicks);
  const amount = { min: kind.damageMin, max: kind.damageMax, bonus: 0 };
  strike(state, { source: slot, target, ability: 0 }, amount, 'kinetic');
}

/** Ends the fight without a victor: the NPC runs home, cannot be hurt on the way, and is whole again there. */
function giveUp(state: SimState, slot: number, running: Fight | undefined, outcome: FightResult['outcome']): void {
  if (running) {
    const someDied = [...running.members.values()].some((member) => member.deaths > 0);
    const result = outcome === 'players_died' && !someDied ? 'npc_evaded' : outcome;
    state.outcome.fights.push(state.fights.end(running, state.tick, result));
  }
  forgetDeeds(state, slot);
  state.minds.mode[slot] = npcModes.evade;
  state.entities.state[slot] = entityStates.evading;
}

function goHome(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { entities, minds } = state;
  const speed = kind.speed * balance.npc.evadeSpeedFactor;
  if (!walk(state, slot, minds.homeX[slot]!, minds.homeY[slot]!, speed)) return;
  minds.mode[slot] = npcModes.idle;
  minds.wanderTick[slot] = state.tick + balance.npc.wanderPauseMinTicks;
  entities.health[slot] = entities.maxHealth[slot]!;
  entities.state[slot] = entityStates.alive;
}

/** One tick's way towards a point; answers whether it is reached. */
function walk(state: SimState, slot: number, toX: number, toY: number, speed: number): boolean {
  const { x, y } = state.entities;
  const dx = toX - x[slot]!;
  const dy = toY - y[slot]!;
  const metres = Math.hypot(dx, dy);
  face(state, slot, toX, toY);
  if (metres <= speed) {
    place(state, slot, toX, toY);
    return true;
  }
  if (speed === 0) return false;
  place(state, slot, x[slot]! + (dx / metres) * speed, y[slot]! + (dy / metres) * speed);
  return false;
}
