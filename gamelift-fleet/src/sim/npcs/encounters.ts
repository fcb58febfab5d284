import { entityStates } from '#shared/contract/zone-protocol.ts';
import { NPC } from '../entities.ts';
import type { Fight } from '../fights.ts';
import { npcModes } from '../npc-minds.ts';
import { isBelow, pointIn, type SimState } from '../state.ts';
import type { EncounterSpec, PhaseSpec, SummonSpec } from './behaviour-spec.ts';
import { beginFight, takeUp } from './friends.ts';
import { bringForth } from './spawning.ts';

/** Lets the phases of a boss begin that are due, each once in a fight and in their order, and its rage. */
export function advanceEncounter(state: SimState, boss: number, encounter: EncounterSpec, fight: Fight): void {
  const { minds } = state;
  for (let next = minds.phase[boss]!; next < encounter.phases.length; next++) {
    const phase = encounter.phases[next]!;
    if (!isDue(state, boss, phase, fight)) break;
    minds.phase[boss] = next + 1;
    say(state, boss, 'boss_phase', phase.text);
    for (const summons of phase.summons) call(state, boss, summons);
  }
  if (minds.isEnraged[boss] === 1 || state.tick - fight.startTick < encounter.enrageTicks) return;
  minds.isEnraged[boss] = 1;
  say(state, boss, 'boss_enraged', encounter.enrageText);
}

function isDue(state: SimState, boss: number, phase: PhaseSpec, fight: Fight): boolean {
  const { belowPermille, afterTicks } = phase;
  if (belowPermille === undefined && afterTicks === undefined) return true;
  if (belowPermille !== undefined && isBelow(state, boss, belowPermille)) return true;
  return afterTicks !== undefined && state.tick - fight.startTick >= afterTicks;
}

function say(state: SimState, boss: number, event: 'boss_phase' | 'boss_enraged' | 'boss_reset', text: string): void {
  const { entities, outcome } = state;
  outcome.bossNews.push({ slot: boss, npcKind: entities.kind[boss]!, event, text });
}

/** Helpers of a boss come and fight at once. There are as many as there is room for. */
function call(state: SimState, boss: number, { kind, count, radius }: SummonSpec): void {
  const { entities, minds, players } = state;
  const prey = players.get(minds.target[boss]!);
  if (!prey) return;
  for (let i = 0; i < count && !entities.full; i++) {
    const slot = bringForth(state, kind, pointIn(state, { x: entities.x[boss]!, y: entities.y[boss]!, radius }));
    minds.summoner[slot] = boss;
    minds.summonerLife[slot] = entities.incarnation[boss]!;
    takeUp(state, slot, prey);
    beginFight(state, slot);
    // It goes as far as its boss does: nobody gets rid of it by a walk.
    minds.homeX[slot] = minds.homeX[boss]!;
    minds.homeY[slot] = minds.homeY[boss]!;
  }
}

/** A boss has given up: it begins anew the next time, alone. */
export function endEncounter(state: SimState, boss: number, encounter: EncounterSpec): void {
  if (state.minds.phase[boss]! > 0) say(state, boss, 'boss_reset', encounter.resetText);
  state.minds.phase[boss] = 0;
  state.minds.isEnraged[boss] = 0;
  dismiss(state, boss);
}

/** Takes away those whom a boss has called. */
export function dismiss(state: SimState, boss: number): void {
  const { entities, minds } = state;
  const life = entities.incarnation[boss]!;
  for (const slot of entities.slots())
    if (entities.sort[slot] === NPC && minds.summoner[slot] === boss && minds.summonerLife[slot] === life)
      vanish(state, slot);
}

/** Takes an NPC away with this tick; nobody has killed it. */
export function vanish(state: SimState, slot: number): void {
  const { entities, minds, fights } = state;
  const fight = fights.of(slot);
  if (fight) state.outcome.fights.push(fights.end(fight, state.tick, 'npc_evaded'));
  entities.state[slot] = entityStates.dead;
  minds.mode[slot] = npcModes.corpse;
  // A dead helper's body goes with the others too.
  minds.decayTick[slot] = state.tick;
}
