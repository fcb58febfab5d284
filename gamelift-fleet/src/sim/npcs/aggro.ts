import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { NpcKindSpec } from '../definition.ts';
import { PLAYER } from '../entities.ts';
import { sees } from '../reach.ts';
import { distanceBetween, type SimState } from '../state.ts';

/** Radius within which an NPC attacks a player by itself. */
export function aggroRadius(kind: NpcKindSpec, playerLevel: number): number {
  if (kind.aggroRadius === 0) return 0;
  const { aggroPerLevel, aggroMin, aggroMax } = balance.npc;
  const radius = kind.aggroRadius + (kind.level - playerLevel) * aggroPerLevel;
  return Math.min(aggroMax, Math.max(aggroMin, radius));
}

/** The nearest player that an NPC attacks by itself; 0: none. */
export function nearestPrey(state: SimState, slot: number, kind: NpcKindSpec): number {
  if (kind.aggroRadius === 0) return 0;
  const { entities, grid } = state;
  let nearest = 0;
  let nearestMetres = Number.POSITIVE_INFINITY;
  for (const cell of grid.seenFrom(grid.cellOf[slot]!)) {
    if (grid.players[cell] === 0) continue;
    for (let other = grid.first(cell); other !== 0; other = grid.after(other)) {
      if (entities.sort[other] !== PLAYER || entities.state[other] === entityStates.dead) continue;
      const metres = distanceBetween(state, slot, other);
      if (metres >= nearestMetres || metres > aggroRadius(kind, entities.level[other]!)) continue;
      if (!sees(state, slot, other)) continue;
      nearest = other;
      nearestMetres = metres;
    }
  }
  return nearest;
}
