import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { AccountId, CharacterId, Slug } from '#shared/kernel/ids.ts';
import type { Admission, CharacterZoneState, ZoneCommand } from '../persist/ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import { NPC } from '../sim/entities.ts';
import type { PlayerSnapshot, TickOutcome } from '../sim/outcome.ts';
import type { LeaveManner } from '../sim/roster.ts';
import { type SimInput, Simulation } from '../sim/simulation.ts';
import { CellStreams } from './cell-streams.ts';
import { coldFrame, welcomeFrame } from './cold.ts';
import { actionResultFrame, correctionFrame, dropFrame } from './private-frames.ts';
import { fightSummary, killRecord } from './records.ts';
import { Departures, newResident, type Resident, ShortMemory } from './residents.ts';
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
const SAVE_EVERY_TICKS = 30 * TICK_HZ;

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
  private readonly residents = new Map<string, Resident>();
  private readonly viewers = new Map<number, Viewer>();
  private readonly memory = new ShortMemory();
  private readonly departures = new Departures();
  private inbox: SimInput[] = [];
  private isOpen = true;
  private isStopped = false;

  constructor(options: ZoneOptions) {
    this.options = options;
    this.id = options.definition.id as Slug;
    this.meter = options.meter;
    this.writer = options.writer;
    this.sim = new Simulation(options.definition, {
      seed: options.seed,
      capacity: options.capacity ?? DEFAULT_CAPACITY,
    });
    this.streams = new CellStreams(this.sim.state);
    this.frames = new TickFrames(this.streams, this.sim.state.grid);
    this.topics = new ZoneTopics(this.id, this.viewers);
  }

  get players(): number {
    return this.residents.size;
  }

  get connections(): number {
    return this.viewers.size;
  }

  /** The character's body enters with the next tick, or its waiting body is taken over. */
  admit(who: Admission, client: ZoneClient): void {
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
    this.residents.set(who.characterId, newResident(who, client, this.sim.tick, known));
    const place = this.memory.stateOf(who.characterId) ?? who.state;
    const { characterId, accountId, name, level, classId } = who;
    this.inbox.push({ kind: 'join', character: { characterId, accountId, name, level, classId, place } });
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
    const resident = this.residents.get(characterId);
    if (!resident?.entered || resident.client !== client) return;
    if (seenTick !== undefined) this.viewers.get(resident.slot)?.saw(seenTick);
    this.inbox.push(input(resident.slot));
  }

  /** Says a line to everybody in the zone, within the speaker's allowance. */
  chat(characterId: string, client: ZoneClient, text: string): void {
    const resident = this.residents.get(characterId);
    if (!resident?.entered || resident.client !== client) return;
    const viewer = this.viewers.get(resident.slot);
    const refused = this.topics.chat(resident.who, resident.chat, text, this.sim.tick);
    if (refused) viewer?.tell(refused);
  }

  /** The client is gone or goes: its body follows in the given manner. */
  disconnect(characterId: string, client: ZoneClient, manner: LeaveManner): void {
    const resident = this.residents.get(characterId);
    if (!resident || resident.client !== client) return;
    this.removeWindow(resident);
    this.leave(resident, manner);
  }

  /** Carries out an order: resolves when the bodies it names are out and their state is written. */
  async obey(command: ZoneCommand): Promise<void> {
    const { closeReason, endsSession } = evictions[command.reason];
    if (endsSession && command.sessionId) this.memory.evicted(command.sessionId, this.sim.tick);
    const named = [...this.residents.values()].filter(
      ({ who }) =>
        (command.accountId === undefined || who.accountId === command.accountId) &&
        (command.sessionId === undefined || who.sessionId === command.sessionId) &&
        (command.characterId === undefined || who.characterId === command.characterId),
    );
    for (const { who } of named) this.expel(who.characterId, closeReason);
    await Promise.all(named.map((resident) => this.gone(resident.who.characterId)));
  }

  /** A character, or only one session of it, has no place here any more: its client is told why, its body goes. */
  expel(characterId: string, reason: CloseReason, sessionId?: string): void {
    const resident = this.residents.get(characterId);
    if (!resident || (sessionId !== undefined && resident.who.sessionId !== sessionId)) return;
    resident.movedOn = reason === 'superseded';
    this.detach(resident, reason);
    this.leave(resident, 'now');
  }

  /** No new entries from here on; everybody is told to come back elsewhere, saved and taken out with the next tick. */
  drain(retryAfterMs: number): void {
    this.isOpen = false;
    const farewell = coldFrame({ type: 'moving', retryAfterMs });
    for (const resident of this.residents.values()) {
      resident.client?.write([farewell]);
      this.detach(resident, 'moving');
      this.leave(resident, 'now');
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
    for (const put of outcome.corrections)
      this.viewers.get(put.slot)?.tell(correctionFrame(this.options.definition, put));
    for (const answer of outcome.actionResults) this.viewers.get(answer.slot)?.tell(actionResultFrame(answer));
    for (const death of outcome.deaths) {
      const resident = this.residents.get(death.characterId);
      if (resident) this.announce('character_died', resident.who.name, { characterId: death.characterId });
    }
    for (const kill of outcome.kills) this.recordKill(kill);
    for (const fight of outcome.fights.filter(({ members }) => members.length > 0))
      this.writer.recordCombatSummary(fightSummary(this.writer.fence, this.options, fight, this.sim.tick));
    for (const { npcKind } of outcome.spawned) {
      const kind = this.options.definition.npcKinds[npcKind]!;
      if (kind.rank !== 'normal') this.announce('npc_spawned', kind.name, { npcKind: kind.id });
    }
    for (const state of outcome.left) this.departed(state);
  }

  private entered(slot: number, characterId: string): void {
    const resident = this.residents.get(characterId);
    const body = this.sim.state.players.get(slot);
    if (!resident || !body) return;
    resident.slot = slot;
    resident.entered = true;
    this.writer.enter(resident.who);
    // From here on its saved place is in this zone, whatever it was before.
    this.writer.save(this.toSave(this.sim.snapshot(slot)!, 'periodic'));
    this.announce('character_entered', resident.who.name, { characterId });
    const { client } = resident;
    if (!client) return;
    const viewer = new Viewer(slot, client, this.sim.tick);
    viewer.tell(welcomeFrame(this.sim.state, body, this.writer.fence.epoch));
    this.viewers.set(slot, viewer);
  }

  private departed(state: PlayerSnapshot): void {
    const resident = this.residents.get(state.characterId);
    // Another connection of the same character may be waiting to enter with the next tick.
    if (!resident || resident.slot !== state.slot) return;
    this.residents.delete(state.characterId);
    this.viewers.delete(state.slot);
    this.writer.save(this.toSave(state, resident.movedOn ? 'evict' : this.isOpen ? 'leave' : 'drain'));
    this.writer.leave(resident.who);
    if (!resident.movedOn) this.memory.left(state, this.writer.settled(state.characterId), () => this.sim.tick);
    this.announce('character_left', resident.who.name, { characterId: state.characterId });
    this.departures.happened(state.characterId);
  }

  private toSave(state: PlayerSnapshot, reason: 'periodic' | 'leave' | 'evict' | 'drain') {
    const { x, y, yaw, health } = state;
    const save: CharacterZoneState = {
      characterId: state.characterId as CharacterId,
      zoneId: this.id,
      x,
      y,
      yaw,
      health,
    };
    return { ...save, accountId: state.accountId as AccountId, sequence: this.sim.tick, reason };
  }

  private recordKill(kill: TickOutcome['kills'][number]): void {
    const { definition } = this.options;
    const kind = definition.npcKinds[kill.npcKind]!;
    this.announce('npc_died', kind.name, { npcKind: kind.id });
    void this.writer.recordKill(killRecord(this.writer.fence, this.options, kill)).then((drop) => {
      if (!drop) return;
      const frame = dropFrame(kind.id, kill, drop);
      for (const { characterId } of kill.claimants) {
        const resident = this.residents.get(characterId);
        if (resident) this.viewers.get(resident.slot)?.tell(frame);
      }
    });
  }

  private announce(event: ZoneEvent, name: string, who: { readonly characterId?: string; readonly npcKind?: string }) {
    this.topics.announce({ event, tick: this.sim.tick, name, ...who });
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
    for (const resident of this.residents.values()) {
      if (resident.slot === 0 || tick - resident.savedTick < SAVE_EVERY_TICKS) continue;
      resident.savedTick = tick;
      const state = this.sim.snapshot(resident.slot);
      const seen = JSON.stringify(state);
      if (!state || seen === resident.saved) continue;
      resident.saved = seen;
      this.writer.save(this.toSave(state, 'periodic'));
    }
  }

  /** NPCs now in the zone, dead ones included. */
  get npcs(): number {
    const { entities } = this.sim.state;
    let count = 0;
    for (const slot of entities.slots()) if (entities.sort[slot] === NPC) count += 1;
    return count;
  }
}

/** What an order's reason means: what the client hears, and whether its session may not come back. */
const evictions = {
  logout: { closeReason: 'logout', endsSession: true },
  session_ended: { closeReason: 'session_ended', endsSession: true },
  superseded: { closeReason: 'superseded', endsSession: false },
  kicked: { closeReason: 'kicked', endsSession: true },
  banned: { closeReason: 'kicked', endsSession: true },
  character_deleted: { closeReason: 'character_unavailable', endsSession: false },
} as const satisfies Record<ZoneCommand['reason'], { closeReason: CloseReason; endsSession: boolean }>;
