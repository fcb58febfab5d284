import { entityStates } from '#shared/contract/zone-protocol.ts';
import { balance } from '../balance.ts';
import type { EventSpec } from '../definition.ts';
import { NPC } from '../entities.ts';
import { npcModes } from '../npc-minds.ts';
import { vanish } from '../npcs/encounters.ts';
import { bringForth } from '../npcs/spawning.ts';
import { pointIn, type SimState } from '../state.ts';
import { advanceEscort, callEscort } from './escort.ts';
import type { EventAtFirst, EventRun } from './runs.ts';

/** Begins an event unless it is under way. */
export function beginEvent(state: SimState, event: number): void {
  const { events, tick } = state;
  if (events.runs.has(event)) return;
  const run: EventRun = {
    ...{ event, startTick: tick, phase: 0, phaseTick: tick, slain: 0, seenTick: tick },
    ...{ escort: 0, waypoint: 1, restTick: 0, followers: new Set<string>() },
  };
  events.runs.set(event, run);
  tell(state, run, 'began', specOf(state, run).phases[0]!.text);
  callEscort(state, run, specOf(state, run));
  callWaves(state, run);
}

/**
 * Lets an event go on that was under way in a life before: those of its present phase come again who were not slain, and
 * nobody need be there at once.
 */
export function resumeEvent(state: SimState, { eventId, escort, followers, ...left }: EventAtFirst): void {
  const { events, tick, zone } = state;
  const event = zone.events?.findIndex(({ id }) => id === eventId) ?? -1;
  const spec = zone.events?.[event];
  if (!spec) return;
  const run: EventRun = {
    ...{ event, startTick: left.startTick, phaseTick: left.phaseTick, slain: left.slain, seenTick: tick },
    phase: Math.min(left.phase, spec.phases.length - 1),
    ...{ escort: 0, waypoint: escort?.waypoint ?? 1, restTick: 0, followers: new Set(followers) },
  };
  events.runs.set(event, run);
  callEscort(state, run, spec, escort);
  callWaves(state, run);
}

function specOf({ zone }: SimState, { event }: EventRun): EventSpec {
  return zone.events![event]!;
}

/** Lets events begin that are due, and those under way go on or end. Costs nothing where there are none. */
export function advanceEvents(state: SimState): void {
  const { events, players, tick, zone } = state;
  for (let event = 0; event < events.dueTick.length; event++) {
    const { everyTicks } = zone.events![event]!;
    // It waits for somebody to see it.
    if (everyTicks === undefined || tick < events.dueTick[event]! || players.size === 0) continue;
    events.dueTick[event] = tick + everyTicks;
    beginEvent(state, event);
  }
  for (const run of events.runs.values()) advance(state, run, specOf(state, run));
}

function advance(state: SimState, run: EventRun, spec: EventSpec): void {
  const { tick } = state;
  if ((tick + run.event) % balance.events.lookEveryTicks === 0) follow(state, run, spec);
  const isLost = run.escort !== 0 && state.entities.state[run.escort] === entityStates.dead;
  if (isLost || tick - run.startTick > spec.limitTicks || tick - run.seenTick > spec.aloneTicks) {
    end(state, run, spec, false);
    return;
  }
  if (run.escort !== 0) advanceEscort(state, run, spec);
  if (!isPhaseOver(state, run, spec)) return;
  run.phase += 1;
  if (run.phase === spec.phases.length) {
    end(state, run, spec, true);
    return;
  }
  run.phaseTick = tick;
  run.slain = 0;
  tell(state, run, 'phase', spec.phases[run.phase]!.text);
  callWaves(state, run);
}

/** Notes who is near; who only comes by later is not blamed for how it ends. */
function follow(state: SimState, run: EventRun, spec: EventSpec): void {
  const { entities, players } = state;
  for (const { slot, characterId } of players.values()) {
    if (!isNear(state, run, spec, slot)) continue;
    if (run.phase === 0) run.followers.add(characterId);
    if (entities.state[slot] !== entityStates.dead) run.seenTick = state.tick;
  }
}

/** Whether somebody is where the event is: with whom it is about, or in its area. */
function isNear({ entities }: SimState, { escort }: EventRun, { area }: EventSpec, slot: number): boolean {
  const { x, y } = entities;
  const [atX, atY, radius] =
    escort === 0 ? [area.x, area.y, area.radius] : [x[escort]!, y[escort]!, balance.events.nearMetres];
  return Math.hypot(x[slot]! - atX, y[slot]! - atY) <= radius;
}

function isPhaseOver({ tick }: SimState, run: EventRun, { phases }: EventSpec): boolean {
  const { ends } = phases[run.phase]!;
  if (ends.kind === 'slain') return run.slain >= ends.count;
  return ends.kind === 'after' ? tick - run.phaseTick >= ends.ticks : run.waypoint > ends.waypoint;
}

/** As many come as there is room for, without those who have been slain before. */
function callWaves(state: SimState, run: EventRun): void {
  let slain = run.slain;
  for (const { kind, count, area } of specOf(state, run).phases[run.phase]!.waves)
    for (let i = 0; i < count && !state.entities.full; i++)
      if (slain > 0) slain -= 1;
      else state.minds.event[bringForth(state, kind, pointIn(state, area))] = run.event + 1;
}

/** One who came with an event is slain. */
export function slainInEvent(state: SimState, npc: number): void {
  const run = state.events.runs.get(state.minds.event[npc]! - 1);
  if (run) run.slain += 1;
}

/** The event is over: all who came with it go, and what comes of it is told with those who had a share. */
function end(state: SimState, run: EventRun, spec: EventSpec, isDone: boolean): void {
  const { entities, events, minds, outcome, players } = state;
  // Those who are near at the end have earned it, dead or alive; its failure is that of those who began it.
  const near = [...players.values()].filter(({ slot }) => isNear(state, run, spec, slot));
  const characterIds = isDone ? near.map(({ characterId }) => characterId) : [...run.followers];
  events.runs.delete(run.event);
  for (const slot of entities.slots())
    if (entities.sort[slot] === NPC && minds.event[slot] === run.event + 1 && minds.mode[slot] !== npcModes.corpse)
      vanish(state, slot);
  tell(state, run, isDone ? 'done' : 'failed', isDone ? spec.doneText : spec.failText);
  outcome.eventEnds.push({ event: run.event, isDone, characterIds });
}

function tell({ outcome }: SimState, { event }: EventRun, what: 'began' | 'phase' | 'done' | 'failed', text: string) {
  outcome.eventNews.push({ event, what, text });
}
