import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { Fight } from '../fights.ts';
import { distanceBetween, type SimState } from '../state.ts';

/**
 * Whom an NPC fights: whom it fought before, until somebody is hated clearly more – by a tenth where it can be struck
 * at once, by three tenths from afar – so that it does not turn to and fro. Who taunts it has it for a while. 0: nobody
 * is left.
 */
export function chooseTarget(state: SimState, npc: number, fight: Fight): number {
  const { entities, minds, zone } = state;
  const { attackRange } = zone.npcKinds[entities.kind[npc]!]!;
  const { meleeSwitch, rangedSwitch, meleeRange } = balance.npc;
  const { taunt } = fight;
  if (taunt && state.tick < taunt.untilTick && isFoe(state, fight, taunt.slot)) {
    minds.target[npc] = taunt.slot;
    return taunt.slot;
  }
  const before = minds.target[npc]!;
  const known = fight.members.get(before);
  const held = known && entities.state[before] !== entityStates.dead ? known.threat : 0;
  let found = held > 0 ? before : 0;
  let most = held;
  for (const [slot, { threat }] of fight.members) {
    if (slot === before || threat <= most || entities.state[slot] === entityStates.dead) continue;
    const isNear = distanceBetween(state, npc, slot) <= Math.min(attackRange, meleeRange);
    if (threat <= held * (isNear ? meleeSwitch : rangedSwitch)) continue;
    found = slot;
    most = threat;
  }
  minds.target[npc] = found;
  return found;
}

/** Whether somebody is still one whom this fight is about. */
export function isFoe({ entities }: SimState, fight: Fight, slot: number): boolean {
  return fight.members.has(slot) && entities.state[slot] !== entityStates.dead;
}
