import { MAX_NOTED_FOLLOWERS, type NotedEnd, type NotedEvent, type NotedEvents } from '#functions/zone/public.ts';
import { onWire, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import type { SimState } from '../sim/state.ts';
import type { EventAtFirst, EventRun } from '../sim/world-events/runs.ts';
import type { ZoneTopics } from './zone-topics.ts';

const TICK_MS = 1_000 / TICK_HZ;

/** The events that an owner before has left under way, as the simulation takes them. */
export function eventsAtFirst(left: NotedEvents | undefined, nowMs: number): readonly EventAtFirst[] {
  const tickOf = (atMs: number) => Math.round((atMs - nowMs) / TICK_MS);
  return (left?.underWay ?? []).map(({ startedAtMs, phaseAtMs, ...event }) => ({
    ...event,
    startTick: tickOf(startedAtMs),
    phaseTick: tickOf(phaseAtMs),
  }));
}

export interface EventNotesContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
  readonly topics: ZoneTopics;
  /** Wall clock. */
  readonly nowMs: () => number;
  readonly left?: NotedEvents | undefined;
}

/**
 * The events of the world in the unit's notes. The note decides: an end is told, and counted by quests, when the note
 * that has it is written; from then on no later owner lets the event go on, but counts its end once more should this
 * process have died before.
 */
export class EventNotes {
  private readonly context: EventNotesContext;
  /** Ended, and not surely counted yet. */
  private readonly over = new Set<NotedEnd>();
  /** Of these, those that a note has. */
  private readonly decided = new Set<NotedEnd>();
  private readonly startedAtMs = new Map<EventRun, number>();
  private readonly phaseAtMs = new Map<EventRun, { readonly phase: number; readonly atMs: number }>();

  constructor(context: EventNotesContext) {
    this.context = context;
    const { left, nowMs, state } = context;
    for (const end of left?.over ?? []) this.decide(end);
    // Other content by now: it cannot go on.
    for (const { eventId, followers } of left?.underWay ?? [])
      if (!state.zone.events?.some(({ id }) => id === eventId))
        this.over.add({ eventId, isDone: false, characterIds: followers, endedAtMs: nowMs() });
  }

  /** Events have ended with this tick. */
  ended(ends: TickOutcome['eventEnds']): void {
    const { state, nowMs } = this.context;
    for (const { event, isDone, characterIds } of ends) {
      const { id: eventId, isCounted } = state.zone.events![event]!;
      const concerned = isCounted ? (characterIds as readonly CharacterId[]) : [];
      this.over.add({ eventId, isDone, characterIds: concerned, endedAtMs: nowMs() });
    }
  }

  /** How it stands now. */
  noted(): NotedEvents {
    const { state } = this.context;
    let room = MAX_NOTED_FOLLOWERS;
    const within = <T>(all: readonly T[]): readonly T[] => {
      const some = all.slice(0, room);
      room -= some.length;
      return some;
    };
    const over = [...this.over].map((end) => ({ ...end, characterIds: within(end.characterIds) }));
    const underWay = [...state.events.runs.values()].map((run) => this.underWay(run, within));
    for (const known of this.startedAtMs.keys())
      if (state.events.runs.get(known.event) !== known) {
        this.startedAtMs.delete(known);
        this.phaseAtMs.delete(known);
      }
    return { underWay, over };
  }

  private underWay(run: EventRun, within: <T>(all: readonly T[]) => readonly T[]): NotedEvent {
    const { entities, zone } = this.context.state;
    const { id, isCounted } = zone.events![run.event]!;
    const { phase, slain, escort, waypoint } = run;
    const followers = isCounted ? within([...run.followers] as CharacterId[]) : [];
    const event = { eventId: id, ...this.timesOf(run), phase, slain, followers };
    if (escort === 0) return event;
    const x = onWire(entities.x[escort]!, zone.originX);
    const y = onWire(entities.y[escort]!, zone.originY);
    return { ...event, escort: { x, y, health: entities.health[escort]!, waypoint } };
  }

  /** When it and its phase began, on the clock: read once, so that notes of the same state are the same. */
  private timesOf(run: EventRun): Pick<NotedEvent, 'startedAtMs' | 'phaseAtMs'> {
    const { state, nowMs } = this.context;
    const atMs = (tick: number) => Math.round(nowMs() - (state.tick - tick) * TICK_MS);
    const startedAtMs = this.startedAtMs.get(run) ?? atMs(run.startTick);
    let phase = this.phaseAtMs.get(run);
    if (phase?.phase !== run.phase) phase = { phase: run.phase, atMs: atMs(run.phaseTick) };
    this.startedAtMs.set(run, startedAtMs);
    this.phaseAtMs.set(run, phase);
    return { startedAtMs, phaseAtMs: phase.atMs };
  }

  /** Those that have ended so far. */
  get ends(): readonly NotedEnd[] {
    return [...this.over];
  }

  /** A note that has these ends is written. */
  written(ends: readonly NotedEnd[]): void {
    const { topics, state } = this.context;
    for (const end of ends) {
      if (this.decided.has(end) || !this.over.has(end)) continue;
      this.decide(end);
      const spec = state.zone.events?.find(({ id }) => id === end.eventId);
      if (!spec) continue;
      const { name, doneText, failText } = spec;
      const [event, text] = end.isDone ? (['event_done', doneText] as const) : (['event_failed', failText] as const);
      topics.announce({ event, tick: state.tick, name, eventId: end.eventId, text });
    }
  }

  /** Lets quests count an end that holds. It is in the notes until they have. */
  private decide(end: NotedEnd): void {
    const { writer } = this.context;
    this.over.add(end);
    this.decided.add(end);
    const { eventId, isDone, characterIds, endedAtMs } = end;
    const deed = { kind: isDone ? 'event' : 'event-failed', target: eventId as Slug, doneAtMs: endedAtMs } as const;
    for (const characterId of characterIds) writer.recordDeed({ ...deed, characterId });
    void Promise.all(characterIds.map((characterId) => writer.settled(characterId))).then(() => {
      this.over.delete(end);
      this.decided.delete(end);
    });
  }
}
