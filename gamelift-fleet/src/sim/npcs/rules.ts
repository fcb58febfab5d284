import type { NpcKindSpec } from '../definition.ts';
import type { Fight } from '../fights.ts';
import { distanceBetween, isBelow, type SimState } from '../state.ts';
import { type ActSpec, type ConditionSpec, MAX_RULES, plainBehaviour } from './behaviour-spec.ts';
import { useOne, useOwn } from './casting.ts';
import { callFriends, mostHurtFriend } from './friends.ts';

/** Of a rule that does not apply again in this fight. */
const NEVER = 0xffff_ffff;

/** Does the first thing that an NPC's rules ask for now, if any. Walks tables and makes nothing. */
export function followRules(state: SimState, npc: number, kind: NpcKindSpec, fight: Fight): void {
  const { minds, tick } = state;
  const { rules } = kind.behaviour ?? plainBehaviour;
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!;
    const at = npc * MAX_RULES + index;
    if (tick < minds.ruleTick[at]! || !allHold(state, npc, rule.when, fight)) continue;
    if (!carryOut(state, npc, rule.act)) continue;
    minds.ruleTick[at] = rule.once ? NEVER : tick + (rule.everyTicks ?? 0);
    return;
  }
}

function allHold(state: SimState, npc: number, when: readonly ConditionSpec[], fight: Fight): boolean {
  for (let index = 0; index < when.length; index++) if (!holds(state, npc, when[index]!, fight)) return false;
  return true;
}

function holds(state: SimState, npc: number, condition: ConditionSpec, fight: Fight): boolean {
  const { minds } = state;
  switch (condition.kind) {
    case 'health-below':
      return isBelow(state, npc, condition.permille);
    case 'target-within':
      return distanceBetween(state, npc, minds.target[npc]!) <= condition.metres;
    case 'target-beyond':
      return distanceBetween(state, npc, minds.target[npc]!) > condition.metres;
    case 'friend-below': {
      const friend = mostHurtFriend(state, npc, condition.metres);
      return friend !== 0 && isBelow(state, friend, condition.permille);
    }
    case 'fight-older':
      return state.tick - fight.startTick >= condition.ticks;
    case 'phase-from':
      return minds.phase[npc]! > condition.phase;
  }
}

/** Answers whether it was done. */
function carryOut(state: SimState, npc: number, act: ActSpec): boolean {
  const { minds, players, tick } = state;
  switch (act.kind) {
    case 'use':
      return act.ability === undefined ? useOwn(state, npc) : useOne(state, npc, act.ability);
    case 'flee':
      minds.fleeTick[npc] = tick + act.ticks;
      return true;
    case 'call-help': {
      const player = players.get(minds.target[npc]!);
      if (player) callFriends(state, npc, player, act.metres);
      return player !== undefined;
    }
  }
}
