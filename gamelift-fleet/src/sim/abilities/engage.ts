import { entityStates } from '#shared/contract/zone-protocol.ts';
import { NPC } from '../entities.ts';
import type { Fight } from '../fights.ts';
import { interruptLeave } from '../leaving.ts';
import { npcModes } from '../npc-minds.ts';
import type { PlayerBody } from '../players.ts';
import { distanceBetween, type SimState } from '../state.ts';

/** Makes an NPC fight a player; when it begins to, its friends nearby do with it. */
export function engage(state: SimState, npc: number, player: PlayerBody): Fight {
  const running = state.fights.of(npc);
  if (running) {
    const member = state.fights.member(running, player.slot, player);
    if (member && member.threat === 0) member.threat = 1;
    return running;
  }
  const fight = join(state, npc, player);
  const kind = state.zone.npcKinds[state.entities.kind[npc]!]!;
  if (kind.assistRadius === 0) return fight;
  const { entities, grid, minds } = state;
  for (const cell of grid.seenFrom(grid.cellOf[npc]!)) {
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (other === npc || entities.sort[other] !== NPC || entities.state[other] === entityStates.dead) continue;
      if (minds.mode[other]! > npcModes.wander) continue;
      if (state.zone.npcKinds[entities.kind[other]!]!.faction !== kind.faction) continue;
      if (distanceBetween(state, npc, other) <= kind.assistRadius) join(state, other, player);
    }
  }
  return fight;
}

function join(state: SimState, npc: number, player: PlayerBody): Fight {
  const { entities, minds } = state;
  const fight = state.fights.begin(npc, entities.kind[npc]!, state.tick);
  const member = state.fights.member(fight, player.slot, player);
  if (member && member.threat === 0) member.threat = 1;
  minds.mode[npc] = npcModes.chase;
  entities.state[npc] = entityStates.fighting;
  return fight;
}

/** A player strikes or is struck: it does not leave, and counts as fighting for a while. */
export function stirUp(state: SimState, player: PlayerBody): void {
  player.lastHostileTick = state.tick;
  interruptLeave(state, player, 'fighting');
}
