import { type DueRespawn, type NotedEvents, PlacesPacker } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { UnitLegacy, UnitMemory } from '../persist/unit-ports.ts';
import type { SpentAtFirst } from '../sim/world-objects/objects.ts';
import { EventNotes } from './event-notes.ts';
import { PlaceNotes, type PlaceNotesContext } from './place-notes.ts';
import type { ZoneTopics } from './zone-topics.ts';

/** So often places are noted down: a crash costs at most this and the time of one write, in walking. */
export const NOTE_EVERY_TICKS = 10;
/** An NPC that comes back sooner may come back at once after a restart. */
const NOTED_RESPAWN_TICKS = 20 * TICK_HZ;
const TICK_MS = 1_000 / TICK_HZ;
/** Before an object's id in a note: spawns have no such ids. */
const OBJECT_PREFIX = 'object:';

/** What an owner before has left. */
export type Recovery = UnitLegacy;

/** The objects that an owner before has left used up, as the simulation takes them. */
export function spentObjects(recovery: Recovery | undefined, nowMs: number): readonly SpentAtFirst[] {
  return (recovery?.respawns ?? []).flatMap(({ spawnId, dueAtMs }) => {
    const ticks = Math.ceil((dueAtMs - nowMs) / TICK_MS);
    return spawnId.startsWith(OBJECT_PREFIX) && ticks > 0
      ? [{ objectId: spawnId.slice(OBJECT_PREFIX.length), ticks }]
      : [];
  });
}

interface NotedRespawn {
  readonly respawnTick: number;
  readonly respawn: DueRespawn;
}

/** What one note says. */
class Note {
  readonly places = new PlacesPacker();
  readonly respawns: DueRespawn[] = [];
  private events: NotedEvents | undefined;
  /** They differ when their texts do; seldom are there any. */
  private eventsText = '';

  clear(): void {
    this.places.clear();
    this.respawns.length = 0;
  }

  tellEvents(noted: NotedEvents): void {
    const isQuiet = noted.underWay.length === 0 && noted.over.length === 0;
    this.events = isQuiet ? undefined : noted;
    this.eventsText = isQuiet ? '' : JSON.stringify(noted);
  }

  /** A respawn that is due as before is the same object. */
  equals({ places, respawns, eventsText }: Note): boolean {
    return (
      this.places.equals(places) &&
      this.eventsText === eventsText &&
      this.respawns.length === respawns.length &&
      this.respawns.every((respawn, index) => respawn === respawns[index])
    );
  }

  /** As it is written; good until the next {@link clear}. */
  get memory(): UnitMemory {
    const { places, respawns, events } = this;
    return { places: places.packed(), respawns, ...(events ? { events } : {}) };
  }
}

export interface UnitNotesContext extends Omit<PlaceNotesContext, 'left'> {
  readonly topics: ZoneTopics;
  /** Wall clock. */
  readonly nowMs: () => number;
  readonly recovery?: Recovery | undefined;
}

/**
 * The unit's notes for whoever runs it next, also when its process dies: one row, rewritten while anybody moves, with
 * where everybody is, which NPCs are dead for long and which events are under way. Saving each character that often would
 * cost ten times as much, and a client's own word, even signed, could be an older one.
 */
export class UnitNotes {
  private readonly context: UnitNotesContext;
  private readonly due = new Map<number, NotedRespawn>();
  /** Objects that are used up, by their index. */
  private readonly spent = new Map<number, NotedRespawn>();
  readonly places: PlaceNotes;
  readonly events: EventNotes;
  private isWriting = false;
  /** When the next note is due. A write that takes long puts off the one behind it by no more than itself. */
  private dueTick = 0;
  /** Something has happened that a later owner must not let happen again. */
  private isUrgent = false;
  /** The next note is the last one, or it is on its way. */
  private stage: 'open' | 'closing' | 'closed' = 'open';
  /** Two that change places, so that a note leaves nothing behind for the collector. */
  private next = new Note();
  private written: Note | undefined;

  constructor(context: UnitNotesContext) {
    this.context = context;
    this.places = new PlaceNotes({ ...context, left: context.recovery?.places });
    this.events = new EventNotes({ ...context, left: context.recovery?.events });
  }

  /** Notes down what has changed when it is time, or an event has come to its next phase or its end. Behind each tick. */
  look(): void {
    const { state } = this.context;
    this.places.look();
    if (state.outcome.eventNews.length > 0) this.isUrgent = true;
    if (this.stage === 'closing') this.writeLast();
    else if (this.stage === 'open' && !this.isWriting && (this.isUrgent || state.tick >= this.dueTick)) this.write();
  }

  /** The next note is the last: this life ends in good order. */
  close(): void {
    this.stage = 'closing';
  }

  private write(): void {
    const { next, written } = this;
    const { ends } = this.events;
    this.fill(next);
    this.dueTick = this.context.state.tick + NOTE_EVERY_TICKS;
    this.isUrgent = false;
    if (written && next.equals(written)) return;
    this.isWriting = true;
    void this.context.writer.note(next.memory).then((isWritten) => {
      this.isWriting = false;
      if (isWritten) {
        this.written = next;
        this.next = written ?? new Note();
        this.events.written(ends);
      }
      if (this.isUrgent && this.stage === 'open') this.write();
    });
  }

  private writeLast(): void {
    this.stage = 'closed';
    // The note before may be on its way still.
    const last = new Note();
    const { ends } = this.events;
    this.fill(last);
    if (this.written && last.equals(this.written) && !this.isWriting) return;
    this.context.writer.noteLast(last.memory, () => this.events.written(ends));
  }

  /** Lets a note say how it stands at this moment. */
  private fill(note: Note): void {
    note.clear();
    this.places.addTo(note.places);
    this.addRespawns(note.respawns);
    this.addSpentObjects(note.respawns);
    note.tellEvents(this.events.noted());
  }

  private addRespawns(dead: DueRespawn[]): void {
    const { state, nowMs } = this.context;
    const { spawnPoints, tick, zone } = state;
    for (let point = 0; point < spawnPoints.length; point++) {
      const { slot, respawnTick, spawn } = spawnPoints[point]!;
      if (slot !== 0 || respawnTick - tick < NOTED_RESPAWN_TICKS) continue;
      let known = this.due.get(point);
      if (known?.respawnTick !== respawnTick) {
        const first = spawnPoints.findIndex((one) => one.spawn === spawn);
        const dueAtMs = Math.round(nowMs() + (respawnTick - tick) * TICK_MS);
        known = { respawnTick, respawn: { spawnId: zone.spawns[spawn]!.id, index: point - first, dueAtMs } };
        this.due.set(point, known);
      }
      dead.push(known.respawn);
    }
  }

  /** Objects that stay used up for long, noted as if they were places that wait to be filled again. */
  private addSpentObjects(spent: DueRespawn[]): void {
    const { state, nowMs } = this.context;
    const { objects, tick, zone } = state;
    const count = zone.objects?.length ?? 0;
    for (let index = 0; index < count; index++) {
      const readyTick = objects.readyTick[index]!;
      const left = readyTick - tick;
      if (left < NOTED_RESPAWN_TICKS) continue;
      let known = this.spent.get(index);
      if (known?.respawnTick !== readyTick) {
        const dueAtMs = Math.round(nowMs() + left * TICK_MS);
        const spawnId = `${OBJECT_PREFIX}${zone.objects![index]!.id}`;
        known = { respawnTick: readyTick, respawn: { spawnId, index: 0, dueAtMs } };
        this.spent.set(index, known);
      }
      spent.push(known.respawn);
    }
  }
}
