import { type DueRespawn, MAX_NOTED_PLACES, type NotedPlace, packPlaces } from '#functions/zone/public.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import type { SavedState, UnitLegacy } from '../persist/ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { SimState } from '../sim/state.ts';
import type { SpentAtFirst } from '../sim/world-objects/objects.ts';
import { EventNotes } from './event-notes.ts';
import type { ZoneTopics } from './zone-topics.ts';

/** So often places are noted down: a crash costs at most this and the time of one write, in walking. */
export const NOTE_EVERY_TICKS = 12;
/** Who has stood still for so long has been saved meanwhile, each half minute, and need not be noted. */
const STILL_TICKS = 40 * TICK_HZ;
/** An NPC that comes back sooner may come back at once after a restart. */
const NOTED_RESPAWN_TICKS = 20 * TICK_HZ;
/** Places of a crashed owner for which nobody has come back by then are forgotten: a body would be gone too. */
const RECOVERED_LAST_TICKS = 300 * TICK_HZ;
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

interface LastSeen {
  stay: number;
  sequence: number;
  x: number;
  y: number;
  yaw: number;
  health: number;
}

export interface UnitNotesContext {
  readonly state: SimState;
  readonly writer: ZoneWriter;
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
  private readonly seen = new Map<string, LastSeen>();
  private readonly recovered: Map<string, NotedPlace>;
  private readonly due = new Map<number, NotedRespawn>();
  /** Objects that are used up, by their index. */
  private readonly spent = new Map<number, NotedRespawn>();
  readonly events: EventNotes;
  private isWriting = false;
  /** Something has happened that a later owner must not let happen again. */
  private isUrgent = false;
  /** The next note is the last one, or it is on its way. */
  private stage: 'open' | 'closing' | 'closed' = 'open';
  private written = '';

  constructor(context: UnitNotesContext) {
    this.context = context;
    this.events = new EventNotes({ ...context, left: context.recovery?.events });
    this.recovered = new Map(context.recovery?.places.map((place) => [place.characterId, place]));
  }

  /** Where the owner that died has last seen a character, if that is newer than what was saved of it. */
  recoveredState(characterId: string, saved: SavedState | undefined): SavedState | undefined {
    const noted = this.recovered.get(characterId);
    if (!noted) return undefined;
    const { stay = 0, sequence = 0 } = saved ?? {};
    const isNewer = noted.stay > stay || (noted.stay === stay && noted.sequence > sequence);
    const { x, y, yaw, health } = noted;
    return isNewer ? { zoneId: this.context.state.zone.id, x, y, yaw, health } : undefined;
  }

  /** Notes down what has changed when it is time, or an event has come to its next phase or its end. Behind each tick. */
  look(): void {
    const { state } = this.context;
    if (state.tick > RECOVERED_LAST_TICKS && this.recovered.size > 0) this.recovered.clear();
    if (state.outcome.eventNews.length > 0) this.isUrgent = true;
    if (this.stage === 'closing') this.writeLast();
    else if (this.stage === 'open' && !this.isWriting && (this.isUrgent || state.tick % NOTE_EVERY_TICKS === 0))
      this.write();
  }

  /** The next note is the last: this life ends in good order. */
  close(): void {
    this.stage = 'closing';
  }

  private write(): void {
    const { memory, ends, content } = this.present();
    this.isUrgent = false;
    if (content === this.written) return;
    this.isWriting = true;
    void this.context.writer.note(memory).then((isWritten) => {
      this.isWriting = false;
      if (isWritten) {
        this.written = content;
        this.events.written(ends);
      }
      if (this.isUrgent && this.stage === 'open') this.write();
    });
  }

  private writeLast(): void {
    this.stage = 'closed';
    const { memory, ends, content } = this.present();
    if (content === this.written && !this.isWriting) return;
    this.context.writer.noteLast(memory, () => this.events.written(ends));
  }

  /** What a note of this moment says, and the same as a text that differs when it does. */
  private present() {
    const places = packPlaces(this.places());
    const respawns = this.respawns();
    const { ends } = this.events;
    const events = this.events.noted();
    const isQuiet = events.underWay.length === 0 && events.over.length === 0;
    const packed = Buffer.from(places.buffer, places.byteOffset, places.byteLength).toString('latin1');
    const memory = { places, respawns, ...(isQuiet ? {} : { events }) };
    return { memory, ends, content: `${packed}${JSON.stringify([respawns, events])}` };
  }

  private places(): readonly NotedPlace[] {
    const { state, writer } = this.context;
    const { x, y, yaw, health } = state.entities;
    const places: NotedPlace[] = [];
    for (const { slot, characterId } of state.players.values()) {
      const stay = writer.stayOf(characterId);
      // Until its stay is stored, what the owner before has noted stays noted.
      if (stay === undefined) continue;
      this.recovered.delete(characterId);
      const last = this.seen.get(characterId);
      const isStill =
        last !== undefined &&
        last.stay === stay &&
        last.x === x[slot] &&
        last.y === y[slot] &&
        last.yaw === yaw[slot] &&
        last.health === health[slot];
      if (isStill && state.tick - last.sequence > STILL_TICKS) continue;
      const seen = isStill
        ? last
        : { stay, sequence: state.tick, x: x[slot]!, y: y[slot]!, yaw: yaw[slot]!, health: health[slot]! };
      this.seen.set(characterId, seen);
      places.push({ characterId: characterId as CharacterId, ...seen });
    }
    if (this.seen.size > 2 * state.players.size + 100)
      for (const id of this.seen.keys()) if (!state.slotOfCharacter.has(id)) this.seen.delete(id);
    return [...places, ...this.recovered.values()].slice(0, MAX_NOTED_PLACES);
  }

  private respawns(): readonly DueRespawn[] {
    const { state, nowMs } = this.context;
    const { spawnPoints, tick, zone } = state;
    const dead: DueRespawn[] = [];
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
    return [...dead, ...this.spentObjects()];
  }

  /** Objects that stay used up for long, noted as if they were places that wait to be filled again. */
  private spentObjects(): readonly DueRespawn[] {
    const { state, nowMs } = this.context;
    const { objects, tick, zone } = state;
    return (zone.objects ?? []).flatMap(({ id }, index) => {
      const readyTick = objects.readyTick[index]!;
      const left = readyTick - tick;
      if (left < NOTED_RESPAWN_TICKS) return [];
      let known = this.spent.get(index);
      if (known?.respawnTick !== readyTick) {
        const dueAtMs = Math.round(nowMs() + left * TICK_MS);
        known = { respawnTick: readyTick, respawn: { spawnId: `${OBJECT_PREFIX}${id}`, index: 0, dueAtMs } };
        this.spent.set(index, known);
      }
      return [known.respawn];
    });
  }
}
