import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { Fight } from '../fights.ts';
import { npcModes } from '../npc-minds.ts';
import { dismiss } from '../npcs/encounters.ts';
import { leavePlace } from '../population.ts';
import { distanceBetween, type SimState } from '../state.ts';
import { slainInEvent } from '../world-events/course.ts';

/** An NPC dies by a player's hand: who earned a share is frozen here. */
export function npcDies(state: SimState, fight: Fight, killerSlot: number): void {
  const { entities, minds, outcome, zone } = state;
  const npc = fight.npcSlot;
  const kind = zone.npcKinds[entities.kind[npc]!]!;
  entities.state[npc] = entityStates.dead;
  minds.mode[npc] = npcModes.corpse;
  minds.decayTick[npc] = state.tick + kind.decayTicks;
  forgetDeeds(state, npc);
  const place = leavePlace(state, npc);
  if (kind.encounter) dismiss(state, npc);
  if (minds.event[npc] !== 0) slainInEvent(state, npc);

  const claimants = [...fight.members]
    .filter(([slot, member]) => member.hasPart && isInReach(state, slot, npc))
    .sort(([a], [b]) => Number(b === killerSlot) - Number(a === killerSlot))
    .map(([slot, member]) => ({
      slot,
      characterId: member.characterId,
      accountId: member.accountId,
      level: member.level,
      damage: member.damageDone,
    }));
  // Whom a boss or an event has called leaves nothing: nobody shall call them again and again for it.
  if (place && claimants.length > 0) {
    const hands = new Set(claimants.map(({ slot }) => slot));
    const nearby = [...state.players.values()]
      .filter(({ slot }) => !hands.has(slot) && isInReach(state, slot, npc))
      .map(({ characterId, accountId, level }) => ({ characterId, accountId, level }));
    state.killSeq += 1;
    outcome.kills.push({
      killSeq: state.killSeq,
      npcSlot: npc,
      npcKind: entities.kind[npc]!,
      ...place,
      x: entities.x[npc]!,
      y: entities.y[npc]!,
      fightSeq: fight.fightSeq,
      tappedBy: fight.tappedBy,
      claimants,
      nearby,
    });
  }
  if (place && claimants.length === 0) outcome.unclaimed.push({ npcKind: entities.kind[npc]!, ...place });
  outcome.fights.push(state.fights.end(fight, state.tick, 'npc_died'));
}

/** What lasts on a body that is dead or gives up ends, with what it was about to do and what works for it elsewhere. */
export function forgetDeeds(state: SimState, slot: number): void {
  state.auras.clear(slot);
  state.auras.makerGone(slot);
  state.casts.end(slot);
}

/** Whether a player is near enough to a dying NPC to have a claim. */
function isInReach(state: SimState, slot: number, npc: number): boolean {
  return distanceBetween(state, slot, npc) <= balance.combat.claimMetres;
}
