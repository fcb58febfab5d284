import { combatOutcomes, entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { EventSpec, NpcKindSpec } from '../definition.ts';
import { NPC } from '../entities.ts';
import { npcModes } from '../npc-minds.ts';
import { bringForth } from '../npcs/spawning.ts';
import { walkTo } from '../npcs/walking.ts';
import { sees } from '../reach.ts';
import { distanceBetween, face, type SimState } from '../state.ts';
import type { EventAtFirst, EventRun } from './runs.ts';

/** Puts whom an event is about at the beginning of its path, or where it was when the event is resumed. */
export function callEscort(state: SimState, run: EventRun, { escort }: EventSpec, was?: EventAtFirst['escort']): void {
  // Without room for it, nobody can be brought along: the event fails when its time is over.
  if (!escort || state.entities.full) return;
  const isThere = was !== undefined && !state.obstacles.holds(was.x, was.y);
  const slot = bringForth(state, escort.kind, isThere ? was : (escort.path[run.waypoint - 1] ?? escort.path[0]!));
  const { health, maxHealth } = state.entities;
  health[slot] = Math.min(maxHealth[slot]!, Math.max(1, was?.health ?? maxHealth[slot]!));
  state.minds.event[slot] = run.event + 1;
  state.minds.isFriend[slot] = 1;
  run.escort = slot;
}

/** One tick of the escort: it walks on while somebody goes along and nobody is after it. */
export function advanceEscort(state: SimState, run: EventRun, { escort }: EventSpec): void {
  const { tick, zone } = state;
  const { path, kind } = escort!;
  const goal = path[run.waypoint];
  if (!goal || tick < run.restTick || tick - run.seenTick > balance.events.lookEveryTicks) return;
  if (isPursued(state, run)) return;
  const way = walkTo(state, run.escort, goal.x, goal.y, zone.npcKinds[kind]!.speed * balance.events.escortSpeedFactor);
  // Before a closed door it waits until somebody opens it.
  if (way !== 'arrived') return;
  run.waypoint += 1;
  run.restTick = tick + goal.pauseTicks;
}

/** Whether anybody who came with the event lives. */
function isPursued({ entities, minds }: SimState, { event, escort }: EventRun): boolean {
  for (const slot of entities.slots())
    if (entities.sort[slot] === NPC && minds.event[slot] === event + 1 && slot !== escort)
      if (minds.mode[slot] !== npcModes.corpse) return true;
  return false;
}

/** One tick of an NPC of a wave that fights no player: it goes for the escort. Answers false when there is none. */
export function assail(state: SimState, slot: number, kind: NpcKindSpec): boolean {
  const { entities, events, minds, tick } = state;
  const escort = events.runs.get(minds.event[slot]! - 1)?.escort ?? 0;
  if (escort === 0 || entities.state[escort] === entityStates.dead) return false;
  const x = entities.x[escort]!;
  const y = entities.y[escort]!;
  if (distanceBetween(state, slot, escort) > kind.attackRange || !sees(state, slot, escort)) {
    walkTo(state, slot, x, y, kind.speed);
    return true;
  }
  face(state, slot, x, y);
  if (tick < minds.attackTick[slot]!) return true;
  minds.attackTick[slot] = tick + kind.attackIntervalTicks;
  hurtEscort(state, slot, escort, state.random.int(kind.damageMin, kind.damageMax));
  return true;
}

/** What one NPC does to another is no fight of anybody: it is seen, and kills. */
function hurtEscort(state: SimState, source: number, escort: number, amount: number): void {
  const { entities, grid, minds, outcome } = state;
  const damage = Math.min(amount, entities.health[escort]!);
  entities.health[escort]! -= damage;
  outcome.combat.add(grid.cellOf[escort]!, source, escort, 0, combatOutcomes.hit, damage);
  if (entities.health[escort]! > 0) return;
  entities.state[escort] = entityStates.dead;
  minds.mode[escort] = npcModes.corpse;
  minds.decayTick[escort] = state.tick + balance.events.fallenTicks;
}
