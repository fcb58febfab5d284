import type { Fight } from '../fights.ts';
import { interruptLeave } from '../leaving.ts';
import { takeUp } from '../npcs/friends.ts';
import type { PlayerBody } from '../players.ts';
import type { SimState } from '../state.ts';

/** Makes an NPC fight a player; it calls its friends when it next thinks. */
export function engage(state: SimState, npc: number, player: PlayerBody): Fight {
  const running = state.fights.of(npc);
  if (running) return running;
  takeUp(state, npc, player);
  return state.fights.of(npc)!;
}

/** A player strikes or is struck: it does not leave, and counts as fighting for a while. */
export function stirUp(state: SimState, player: PlayerBody): void {
  player.lastHostileTick = state.tick;
  interruptLeave(state, player, 'fighting');
}
