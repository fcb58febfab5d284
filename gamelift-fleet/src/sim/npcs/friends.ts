import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import { NPC } from '../entities.ts';
import { npcModes } from '../npc-minds.ts';
import type { PlayerBody } from '../players.ts';
import { distanceBetween, type SimState } from '../state.ts';
import { spawnOf } from './spawning.ts';

/** Lets an NPC fight a player; it calls nobody. */
export function takeUp(state: SimState, npc: number, player: PlayerBody): void {
  const { entities, minds, fights } = state;
  const fight = fights.begin(npc, entities.kind[npc]!, state.tick);
  const member = fights.member(fight, player.slot, player);
  if (member && member.threat === 0) member.threat = 1;
  minds.mode[npc] = npcModes.chase;
  entities.state[npc] = entityStates.fighting;
}

/**
 * Calls those to an NPC's fight who would help it: friends of its faction within `metres`, and its pack from farther
 * away. Who helps calls nobody in turn, so that a fight does not wake a whole camp. Answers how many came.
 */
export function callFriends(state: SimState, npc: number, player: PlayerBody, metres: number): number {
  const { entities, grid, minds, zone } = state;
  const { faction } = zone.npcKinds[entities.kind[npc]!]!;
  const pack = spawnOf(state, npc)?.pack;
  let came = 0;
  for (const cell of grid.seenFrom(grid.cellOf[npc]!)) {
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (other === npc || entities.sort[other] !== NPC || entities.state[other] === entityStates.dead) continue;
      if (minds.mode[other]! > npcModes.wander || minds.isFriend[other] === 1) continue;
      if (zone.npcKinds[entities.kind[other]!]!.faction !== faction) continue;
      const isOfPack = pack !== undefined && spawnOf(state, other)?.pack === pack;
      if (distanceBetween(state, npc, other) > (isOfPack ? balance.npc.packRadius : metres)) continue;
      takeUp(state, other, player);
      beginFight(state, other);
      came += 1;
    }
  }
  return came;
}

/** What an NPC notes when a fight begins: where it stands, and that all of its rules are open. */
export function beginFight(state: SimState, slot: number): void {
  const { entities, minds, fights } = state;
  minds.fightSeq[slot] = fights.of(slot)!.fightSeq;
  minds.homeX[slot] = entities.x[slot]!;
  minds.homeY[slot] = entities.y[slot]!;
  minds.homeYaw[slot] = entities.yaw[slot]!;
  minds.target[slot] = 0;
  minds.fleeTick[slot] = 0;
  minds.stuckTicks[slot] = 0;
  state.paths.forget(slot);
  minds.phase[slot] = 0;
  minds.isEnraged[slot] = 0;
  forgetRules(state, slot);
}

function forgetRules({ minds }: SimState, slot: number): void {
  const rules = minds.ruleTick.length / minds.mode.length;
  minds.ruleTick.fill(0, slot * rules, (slot + 1) * rules);
}

/** The friend of an NPC's faction within `metres`, itself included, with the smallest share of its health; 0: all are whole. */
export function mostHurtFriend(state: SimState, npc: number, metres: number): number {
  const { entities, grid, minds, zone } = state;
  const { faction } = zone.npcKinds[entities.kind[npc]!]!;
  let found = 0;
  let least = 1;
  for (const cell of grid.seenFrom(grid.cellOf[npc]!)) {
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (entities.sort[other] !== NPC || entities.state[other] === entityStates.dead) continue;
      if (minds.mode[other] === npcModes.evade || minds.isFriend[other] === 1) continue;
      if (zone.npcKinds[entities.kind[other]!]!.faction !== faction) continue;
      const share = entities.health[other]! / entities.maxHealth[other]!;
      if (share >= least || distanceBetween(state, npc, other) > metres) continue;
      found = other;
      least = share;
    }
  }
  return found;
}
