import { entityStates } from '#shared/contract/zone-protocol.ts';
import { isHeld, paceOf } from '../abilities/control.ts';
import { forgetDeeds } from '../abilities/npc-death.ts';
import { hastened } from '../abilities/stats.ts';
import { strike } from '../abilities/strike.ts';
import { balance } from '../balance.ts';
import type { NpcKindSpec } from '../definition.ts';
import type { Fight, FightResult } from '../fights.ts';
import { npcModes } from '../npc-minds.ts';
import { sees } from '../reach.ts';
import { distanceBetween, face, jumpTo, type SimState } from '../state.ts';
import { plainBehaviour } from './behaviour-spec.ts';
import { advanceEncounter, endEncounter, vanish } from './encounters.ts';
import { beginFight, callFriends } from './friends.ts';
import { followRules } from './rules.ts';
import { leashOf } from './spawning.ts';
import { chooseTarget, isFoe } from './target.ts';
import { walkAway, walkTo } from './walking.ts';

/** One tick of an NPC that fights. */
export function fightOn(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { entities, minds, tick } = state;
  const fight = state.fights.of(slot);
  if (!fight) {
    giveUp(state, slot, kind, undefined, 'npc_evaded');
    return;
  }
  if (minds.fightSeq[slot] !== fight.fightSeq) begin(state, slot, kind, fight);
  const before = minds.target[slot]!;
  const isGone = !isFoe(state, fight, before);
  const decides = (tick + slot) % balance.npc.decideEveryTicks === 0;
  const target = isGone || decides ? chooseTarget(state, slot, fight) : before;
  if (target === 0) {
    giveUp(state, slot, kind, fight, 'players_died');
    return;
  }
  const fromHome = Math.hypot(entities.x[slot]! - minds.homeX[slot]!, entities.y[slot]! - minds.homeY[slot]!);
  if (fromHome > leashOf(state, slot) || minds.stuckTicks[slot]! >= balance.npc.unreachableTicks) {
    giveUp(state, slot, kind, fight, 'npc_evaded');
    return;
  }
  if (kind.encounter) advanceEncounter(state, slot, kind.encounter, fight);
  if (state.casts.of(slot) || isHeld(state, slot, 'stun')) return;
  if (decides) followRules(state, slot, kind, fight);
  // A rule may have begun something that takes its time.
  if (state.casts.of(slot)) return;
  if (tick < minds.fleeTick[slot]!) flee(state, slot, kind, target);
  else pressOn(state, slot, kind, target);
}

function begin(state: SimState, slot: number, kind: NpcKindSpec, fight: Fight): void {
  beginFight(state, slot);
  for (const member of fight.members.keys()) {
    const player = state.players.get(member);
    if (player) callFriends(state, slot, player, kind.assistRadius);
    return;
  }
}

function flee(state: SimState, slot: number, kind: NpcKindSpec, target: number): void {
  const { entities, minds } = state;
  const from = { x: entities.x[target]!, y: entities.y[target]! };
  const { fleeSpeedFactor, leashShare } = balance.npc;
  const way = walkAway(
    state,
    slot,
    from,
    speedNow(state, slot, kind) * fleeSpeedFactor,
    leashOf(state, slot) * leashShare,
  );
  // With its back to the end of its leash it fights again.
  if (way === 'stopped') minds.fleeTick[slot] = 0;
}

function speedNow(state: SimState, slot: number, kind: NpcKindSpec): number {
  return (kind.speed * paceOf(state, slot)) / 1_000;
}

/** Comes into range, keeps its distance, strikes. */
function pressOn(state: SimState, slot: number, kind: NpcKindSpec, target: number): void {
  const { entities, minds, tick } = state;
  const { x, y } = entities;
  const { keepsAway, strikes } = kind.behaviour ?? plainBehaviour;
  const metres = distanceBetween(state, slot, target);
  if (metres > kind.attackRange || !sees(state, slot, target)) {
    const speed = speedNow(state, slot, kind);
    const way = walkTo(state, slot, x[target]!, y[target]!, speed);
    // Whom others hold fast is not lost.
    if (way !== 'stopped') minds.stuckTicks[slot] = 0;
    else if (speed > 0 || kind.speed === 0) minds.stuckTicks[slot]! += 1;
    return;
  }
  minds.stuckTicks[slot] = 0;
  const isReady = strikes && tick >= minds.attackTick[slot]!;
  if (!isReady && metres < keepsAway) {
    const { backSpeedFactor, leashShare } = balance.npc;
    const from = { x: x[target]!, y: y[target]! };
    walkAway(state, slot, from, speedNow(state, slot, kind) * backSpeedFactor, leashOf(state, slot) * leashShare);
  }
  face(state, slot, x[target]!, y[target]!);
  if (!isReady) return;
  minds.attackTick[slot] = tick + hastened(state, slot, kind.attackIntervalTicks);
  const amount = { min: kind.damageMin, max: kind.damageMax, bonus: 0 };
  strike(state, { source: slot, target, ability: 0 }, amount, 'kinetic');
}

/** Ends the fight without a victor: the NPC runs home, cannot be hurt on the way, and is whole again there. */
function giveUp(
  state: SimState,
  slot: number,
  kind: NpcKindSpec,
  fight: Fight | undefined,
  outcome: FightResult['outcome'],
): void {
  const { entities, minds } = state;
  if (fight) {
    let someDied = false;
    for (const { deaths } of fight.members.values()) someDied ||= deaths > 0;
    const result = outcome === 'players_died' && !someDied ? 'npc_evaded' : outcome;
    state.outcome.fights.push(state.fights.end(fight, state.tick, result));
  }
  forgetDeeds(state, slot);
  if (kind.encounter) endEncounter(state, slot, kind.encounter);
  if (minds.summoner[slot] !== 0) {
    vanish(state, slot);
    return;
  }
  minds.target[slot] = 0;
  minds.stuckTicks[slot] = 0;
  state.paths.forget(slot);
  if (minds.event[slot] !== 0) {
    // What it has come for is elsewhere.
    minds.mode[slot] = npcModes.idle;
    entities.state[slot] = entityStates.alive;
    return;
  }
  minds.mode[slot] = npcModes.evade;
  minds.fleeTick[slot] = 0;
  entities.state[slot] = entityStates.evading;
}

/** One tick of an NPC on its way home. */
export function goHome(state: SimState, slot: number, kind: NpcKindSpec): void {
  const { entities, minds } = state;
  const speed = kind.speed * balance.npc.evadeSpeedFactor;
  const way = walkTo(state, slot, minds.homeX[slot]!, minds.homeY[slot]!, speed);
  if (way === 'under_way') return;
  if (way === 'stopped') {
    minds.stuckTicks[slot]! += 1;
    if (!state.paths.hasNone(slot) && minds.stuckTicks[slot]! < balance.npc.homelessTicks) return;
    // Whatever keeps it from home by foot, it must not stay out of reach for ever.
    jumpTo(state, slot, minds.homeX[slot]!, minds.homeY[slot]!);
  }
  state.paths.forget(slot);
  minds.mode[slot] = npcModes.idle;
  minds.wanderTick[slot] = state.tick + balance.npc.wanderPauseMinTicks;
  entities.yaw[slot] = minds.homeYaw[slot]!;
  entities.health[slot] = entities.maxHealth[slot]!;
  entities.state[slot] = entityStates.alive;
}
