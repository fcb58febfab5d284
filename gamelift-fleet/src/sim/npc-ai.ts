import { NPC } from './entities.ts';
import { npcModes } from './npc-minds.ts';
import { fightOn, goHome } from './npcs/fighting.ts';
import { roam } from './npcs/roaming.ts';
import type { SimState } from './state.ts';
import { assail } from './world-events/escort.ts';

/** Lets every NPC think that has something to do: those far from all players rest unless they are busy. */
export function thinkNpcs(state: SimState): void {
  const { entities, grid, minds } = state;
  for (const slot of entities.slots()) {
    if (entities.sort[slot] !== NPC) continue;
    const kind = state.zone.npcKinds[entities.kind[slot]!]!;
    const mode = minds.mode[slot];
    if (mode === npcModes.chase) fightOn(state, slot, kind);
    else if (mode === npcModes.evade) goHome(state, slot, kind);
    else if (mode === npcModes.corpse || minds.isFriend[slot] === 1) continue;
    else if (minds.event[slot] !== 0 && assail(state, slot, kind)) continue;
    else if (grid.hasPlayersNear(grid.cellOf[slot]!)) roam(state, slot, kind);
  }
}
