import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Admission, ZoneCommand } from '../persist/ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { NPC } from '../sim/entities.ts';
import type { LeaveManner } from '../sim/leaving.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import { type SimInput, Simulation } from '../sim/simulation.ts';
import { Aftermath } from './aftermath.ts';
import { CellStreams } from './cell-streams.ts';
import { CharacterSaves } from './character-saves.ts';
import { coldFrame, welcomeFrame } from './cold.ts';
import { orders } from './orders.ts';
import {
  Departures,
  type Exit,
  newResident,
  type Resident,
  type Resume,
  resumePoint,
  ShortMemory,
} from './residents.ts';
import { TickFrames } from './tick-frames.ts';
import { ADMISSION_CLOSED_LEVEL, type TickMeter } from './tick-meter.ts';
import { Viewer, type ZoneClient } from './viewer.ts';
import { type ZoneEvent, ZoneTopics } from './zone-topics.ts';

export interface ZoneOptions {
  readonly definition: ZoneDefinition;
  readonly seed: number;
  readonly writer: ZoneWriter;
  readonly meter: TickMeter;
  /** Wall clock, for the records of kills and fights alone. */
  readonly nowMs: () => number;
  readonly capacity?: number;
  readonly maxPlayers?: number;
  /** Told each tick's inputs: a log that replays the simulation. */
  readonly record?: (tick: number, inputs: readonly SimInput[]) => void;
}

const DEFAULT_CAPACITY = 8_192;
const DEFAULT_MAX_PLAYERS = 2_000;

/** One zone in one life of its lease: simulation, the windows on it, and what of it must last. Driven by `tick()`. */
export class Zone {
  readonly id: Slug;
  readonly sim: Simulation;
  readonly meter: TickMeter;
  readonly writer: ZoneWriter;
  private readonly options: ZoneOptions;
  private readonly streams: CellStreams;
  private readonly frames: TickFrames;
  private readonly topics: ZoneTopics;
  private readonly aftermath: Aftermath;
  private readonly saves: CharacterSaves;
  private readonly residents = new Map<string, Resident>();
  private readonly viewers = new Map<number, Viewer>();
  private readonly memory = new ShortMemory();
  private readonly departures = new Departures();
  private inbox: SimInput[] = [];
  private stays = 0;
  private isOpen = true;
  private isStopped = false;

  constructor(options: ZoneOptions) {
    const { definition, seed, capacity = DEFAULT_CAPACITY, writer, nowMs } = options;
    this.options = options;
    this.id = definition.id as Slug;
    this.meter = options.meter;
    this.writer = writer;
    this.sim = new Simulation(definition, { seed, capacity });
    const { state } = this.sim;
    this.streams = new CellStreams(state);
    this.frames = new TickFrames(this.streams, state.grid);
    this.topics = new ZoneTopics(this.id);
    this.saves = new CharacterSaves(this.id, this.sim, writer);
    const { residents, topics } = this;
    this.aftermath = new Aftermath({ definition, nowMs, state, writer, topics, residents });
  }

  get players(): number {
    return this.residents.size;
  }

  get connections(): number {
    return this.viewers.size;
  }

  /** The character's body enters with the next tick, or its waiting body is taken over. */
  admit(who: Admission, client: ZoneClient, resume?: Resume): void {
    const refusal = this.refusal(who);
    if (refusal) {
      client.close(refusal);
      return;
    }
    const known = this.residents.get(who.characterId);
    if (known) {
      this.detach(known, 'superseded');
      this.departures.happened(who.characterId);
    }
    const { tick } = this.sim;
    this.stays += 1;
    const stream = `${this.id}.${this.writer.fence.epoch}.${this.stays}`;
    this.residents.set(who.characterId, newResident(who, client, { tick, stream, resume }, known));
    const place = this.memory.stateOf(who.characterId) ?? who.state;
    const { characterId, accountId, name, level, classId, isStaff } = who;
    this.inbox.push({ kind: 'join', character: { characterId, accountId, name, level, classId, isStaff, place } });
  }

  private refusal(who: Admission): CloseReason | undefined {
    if (!this.isOpen) return 'moving';
    if (this.memory.isEvicted(who.sessionId)) return 'session_ended';
    if (!this.options.definition.classes[who.classId]) return 'character_unavailable';
    if (this.residents.has(who.characterId)) return undefined;
    const full = this.residents.size >= (this.options.maxPlayers ?? DEFAULT_MAX_PLAYERS);
    return full || this.meter.level >= ADMISSION_CLOSED_LEVEL ? 'zone_full' : undefined;
  }

  /** What a client sends moves its body only while the body is in the zone and the client is still its window. */
  input(characterId: string, client: ZoneClient, input: (slot: number) => SimInput, seenTick?: number): void {
    const resident = this.playing(characterId, client);
    if (!resident) return;
    if (seenTick !== undefined) this.viewers.get(resident.slot)?.saw(seenTick);
    this.inbox.push(input(resident.slot));
  }

  /** Says a line to everybody in the zone, within the speaker's allowance. */
  chat(characterId: string, client: ZoneClient, text: string): void {
    const resident = this.playing(characterId, client);
    if (!resident) return;
    this.inbox.push({ kind: 'stir', slot: resident.slot });
    const refused = this.topics.chat(resident.who, resident.chat, text, this.sim.tick);
    if (refused) resident.own.add(refused);
  }

  private playing(characterId: string, client: ZoneClient): Resident | undefined {
    const resident = this.residents.get(characterId);
    return resident?.entered && resident.client === client ? resident : undefined;
  }

  /** The player wishes to leave the world: its client is told when, and closed when the body is out. */
  wishToLeave(characterId: string, client: ZoneClient): void {
    const resident = this.residents.get(characterId);
    if (resident?.client !== client) return;
    if (resident.slot === 0) this.putOut(resident, 'left', { reason: 'left' }, 'now');
    else this.inbox.push({ kind: 'leave', slot: resident.slot, manner: 'wish' });
  }

  /** The client is gone: its body waits for the next one. */
  disconnect(characterId: string, client: ZoneClient): void {
    const resident = this.residents.get(characterId);
    if (resident?.client !== client) return;
    this.removeWindow(resident);
    this.leave(resident, 'linger');
  }

  /**
   * Carries out an order: closes the connections of those whom it names and sets their bodies on their way. Resolves
   * when that is certain: bodies that must go at once are out and written, others have their time.
   */
  async obey(command: ZoneCommand): Promise<void> {
    const { closeReason, endsSession, manner, leaveReason } = orders[command.reason];
    if (endsSession && command.sessionId) this.memory.evicted(command.sessionId, this.sim.tick);
    const named = [...this.residents.values()].filter(
      ({ who }) =>
        (command.accountId === undefined || who.accountId === command.accountId) &&
        (command.sessionId === undefined || who.sessionId === command.sessionId) &&
        (command.characterId === undefined || who.characterId === command.characterId),
    );
    for (const resident of named) this.putOut(resident, closeReason, { reason: leaveReason }, manner);
    if (manner === 'now') await Promise.all(named.map((resident) => this.gone(resident.who.characterId)));
  }

  /** A character, or only one session of it, has no place here any more: its client is told why, its body goes. */
  expel(characterId: string, reason: CloseReason, sessionId?: string): void {
    const resident = this.residents.get(characterId);
    if (!resident || (sessionId !== undefined && resident.who.sessionId !== sessionId)) return;
    this.putOut(resident, reason, { reason: reason === 'superseded' ? undefined : 'removed' }, 'now');
  }

  /** No new entries from here on; everybody is told to come back elsewhere, saved and taken out with the next tick. */
  drain(retryAfterMs: number): void {
    this.isOpen = false;
    const farewell = coldFrame({ type: 'moving', retryAfterMs });
    for (const resident of this.residents.values()) {
      resident.client?.write([farewell]);
      this.putOut(resident, 'moving', resident.exit ?? { reason: 'moving' }, 'now');
    }
  }

  /** The zone is another's now: everybody out, nothing written. */
  stop(): void {
    this.isOpen = false;
    this.isStopped = true;
    this.writer.stop();
    for (const resident of this.residents.values()) this.detach(resident, 'zone_stopped');
    this.residents.clear();
    this.departures.giveUp();
  }

  private putOut(resident: Resident, reason: CloseReason, exit: Exit, manner: LeaveManner): void {
    resident.exit = exit;
    this.detach(resident, reason);
    this.leave(resident, manner);
  }

  private leave(resident: Resident, manner: LeaveManner): void {
    if (resident.slot !== 0) this.inbox.push({ kind: 'leave', slot: resident.slot, manner });
    else {
      // It has not entered yet: its join is still in the inbox, and goes with it.
      const { characterId } = resident.who;
      this.inbox = this.inbox.filter((input) => input.kind !== 'join' || input.character.characterId !== characterId);
      this.residents.delete(characterId);
    }
  }

  private async gone(characterId: string): Promise<void> {
    if (this.residents.has(characterId)) await this.departures.next(characterId);
    await this.writer.settled(characterId);
  }

  private detach(resident: Resident, reason: CloseReason): void {
    const { client } = resident;
    this.removeWindow(resident);
    client?.close(reason);
  }

  private removeWindow(resident: Resident): void {
    resident.client = undefined;
    this.viewers.delete(resident.slot);
  }

  /** One twentieth of a second. */
  tick(): void {
    if (this.isStopped) return;
    const { meter, sim, streams, frames } = this;
    meter.begin();
    const inputs = this.inbox;
    this.inbox = [];
    this.options.record?.(sim.tick + 1, inputs);
    const outcome = sim.step(inputs, (phase) => meter.finished(phase));
    this.settle(outcome);
    streams.advance();
    frames.begin(sim.tick);
    meter.finished('encode');
    this.send();
    meter.finished('send');
    this.keepHouse();
    meter.finished('housekeeping');
    meter.end();
  }

  private settle(outcome: TickOutcome): void {
    for (const { slot, characterId } of outcome.joined) this.entered(slot, characterId);
    for (const characterId of outcome.turnedAway) {
      const resident = this.residents.get(characterId);
      if (!resident) continue;
      this.residents.delete(characterId);
      this.detach(resident, 'zone_full');
    }
    this.aftermath.tellPlayers(outcome);
    this.aftermath.record(outcome);
    for (const { characterId, idleTicks } of outcome.idle) {
      const resident = this.residents.get(characterId);
      if (!resident) continue;
      resident.exit = { reason: 'afk', idleMs: (idleTicks * 1_000) / TICK_HZ };
      this.detach(resident, 'afk');
    }
    for (const state of outcome.left) this.departed(state);
  }

  private entered(slot: number, characterId: string): void {
    const resident = this.residents.get(characterId);
    const body = this.sim.state.players.get(slot);
    if (!resident || !body) return;
    const isNew = resident.slot === 0;
    resident.slot = slot;
    resident.entered = true;
    this.writer.enter(resident.who);
    // From here on its saved place is in this zone, whatever it was before.
    this.saves.save(this.sim.snapshot(slot)!, 'periodic');
    if (isNew) this.announce('character_entered', resident);
    const { client, own, combat, stream } = resident;
    if (!client) return;
    const { messages: zone } = this.topics;
    const start = { slot, tick: this.sim.tick, ...resumePoint(resident, zone) };
    const welcome = welcomeFrame(this.sim.state, body, { epoch: this.writer.fence.epoch, stream, ...start });
    this.viewers.set(slot, new Viewer(client, start, { own, zone, combat }, welcome));
  }

  private departed(state: TickOutcome['left'][number]): void {
    const resident = this.residents.get(state.characterId);
    // Another connection of the same character may be waiting to enter with the next tick.
    if (!resident || resident.slot !== state.slot) return;
    const exit = resident.exit ?? { reason: state.manner === 'linger' ? 'lost' : 'left' };
    const { reason } = exit;
    this.detach(resident, 'left');
    this.residents.delete(state.characterId);
    this.saves.save(state, reason === undefined ? 'evict' : this.isOpen ? 'leave' : 'drain');
    this.writer.leave(resident.who, { ...exit, reason: reason ?? 'left' });
    if (reason !== undefined) this.memory.left(state, this.writer.settled(state.characterId), () => this.sim.tick);
    this.announce('character_left', resident);
    this.departures.happened(state.characterId);
  }

  private announce(event: ZoneEvent, { who: { name, characterId } }: Resident): void {
    this.topics.announce({ event, tick: this.sim.tick, name, characterId });
  }

  private send(): void {
    const { grid } = this.sim.state;
    for (const viewer of this.viewers.values()) {
      if (viewer.send(this.sim.tick, grid.cellOf[viewer.slot]!, this.frames)) continue;
      const body = this.sim.state.players.get(viewer.slot);
      const resident = body && this.residents.get(body.characterId);
      if (!resident) continue;
      this.detach(resident, 'too_slow');
      this.leave(resident, 'linger');
    }
  }

  private keepHouse(): void {
    const { tick } = this.sim;
    if (tick % TICK_HZ === 0) {
      this.topics.refill();
      this.memory.fade(tick);
    }
    for (const resident of this.residents.values()) this.saves.refresh(resident);
  }

  /** NPCs now in the zone, dead ones included. */
  get npcs(): number {
    const { entities } = this.sim.state;
    let count = 0;
    for (const slot of entities.slots()) if (entities.sort[slot] === NPC) count += 1;
    return count;
  }
}
