import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Admission, EvictOrder, RefreshOrder } from '../persist/ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { LeaveManner } from '../sim/leaving.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { CharacterSaves } from './character-saves.ts';
import { coldFrame, welcomeFrame } from './cold.ts';
import type { Inbox } from './inbox.ts';
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
import type { TickMeter } from './tick-meter.ts';
import { Viewer, type ZoneClient } from './viewer.ts';
import { weaponSpec } from './zone-content.ts';
import type { ZoneEvent, ZoneTopics } from './zone-topics.ts';

/** Orders that are known again if their acknowledgement was lost. */
const REMEMBERED_ORDERS = 1_000;

export interface ResidencyContext {
  readonly definition: ZoneDefinition;
  readonly sim: Simulation;
  readonly writer: ZoneWriter;
  readonly topics: ZoneTopics;
  readonly saves: CharacterSaves;
  readonly meter: TickMeter;
  readonly inbox: Inbox;
  readonly maxPlayers: number;
}

/** Who is in the zone and through which connection: the one way in, and the one way out whatever the cause. */
export class Residency {
  /** By character. */
  readonly residents = new Map<string, Resident>();
  /** The connected ones' windows, by the slot of their body. */
  readonly viewers = new Map<number, Viewer>();
  private readonly context: ResidencyContext;
  private readonly memory = new ShortMemory();
  private readonly departures = new Departures();
  private readonly refreshed = new Set<string>();
  private stays = 0;
  private isOpen = true;

  constructor(context: ResidencyContext) {
    this.context = context;
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
    const { sim, writer, inbox } = this.context;
    const { tick } = sim;
    const { zoneId, epoch } = writer.fence;
    this.stays += 1;
    const stream = `${zoneId}.${epoch}.${this.stays}`;
    this.residents.set(who.characterId, newResident(who, client, { tick, stream, resume }, known));
    const place = this.memory.stateOf(who.characterId) ?? who.state;
    const { characterId, accountId, name, level, classId, isStaff, gear } = who;
    const weapon = weaponSpec(who.weapon);
    const character = { characterId, accountId, name, level, classId, isStaff, gear, weapon, place };
    inbox.push({ kind: 'join', character });
  }

  private refusal(who: Admission): CloseReason | undefined {
    const { definition, maxPlayers, meter } = this.context;
    if (!this.isOpen) return 'moving';
    if (this.memory.isEvicted(who.sessionId)) return 'session_ended';
    if (!definition.classes[who.classId]) return 'character_unavailable';
    if (this.residents.has(who.characterId)) return undefined;
    const isFull = this.residents.size >= maxPlayers;
    return isFull || !meter.rung.admits ? 'zone_full' : undefined;
  }

  /** Whose window this client is, once its body is in the zone. */
  playing(characterId: string, client: ZoneClient): Resident | undefined {
    const resident = this.residents.get(characterId);
    return resident?.entered && resident.client === client ? resident : undefined;
  }

  /** The player wishes to leave the world: its client is told when, and closed when the body is out. */
  wishToLeave(characterId: string, client: ZoneClient): void {
    const resident = this.residents.get(characterId);
    if (resident?.client !== client) return;
    if (resident.slot === 0) this.putOut(resident, 'left', { reason: 'left' }, 'now');
    else this.context.inbox.push({ kind: 'leave', slot: resident.slot, manner: 'wish' });
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
  async obey(command: EvictOrder | RefreshOrder): Promise<void> {
    if (command.kind === 'refresh') return this.refresh(command);
    const { closeReason, endsSession, manner, leaveReason } = orders[command.reason];
    if (endsSession && command.sessionId) this.memory.evicted(command.sessionId, this.context.sim.tick);
    const named = [...this.residents.values()].filter(
      ({ who }) =>
        (command.accountId === undefined || who.accountId === command.accountId) &&
        (command.sessionId === undefined || who.sessionId === command.sessionId) &&
        (command.characterId === undefined || who.characterId === command.characterId),
    );
    for (const resident of named) this.putOut(resident, closeReason, { reason: leaveReason }, manner);
    if (manner === 'now') await Promise.all(named.map((resident) => this.gone(resident.who.characterId)));
  }

  /** With the next tick, behind the character's own entering; an order that comes again takes effect once. */
  private refresh({ commandId, characterId, gear, weapon, heal }: RefreshOrder): void {
    if (this.refreshed.has(commandId)) return;
    this.refreshed.add(commandId);
    const [oldest] = this.refreshed;
    if (this.refreshed.size > REMEMBERED_ORDERS) this.refreshed.delete(oldest!);
    this.context.inbox.push({ kind: 'gear', characterId, gear, weapon: weaponSpec(weapon), heal });
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
    const farewell = coldFrame({ type: 'moving', zoneId: this.context.definition.id, retryAfterMs });
    for (const resident of this.residents.values()) {
      resident.client?.write([farewell]);
      this.putOut(resident, 'moving', resident.exit ?? { reason: 'moving' }, 'now');
    }
  }

  /** The zone is another's now: everybody out, nothing written. */
  stop(): void {
    this.isOpen = false;
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
    const { inbox } = this.context;
    if (resident.slot !== 0) inbox.push({ kind: 'leave', slot: resident.slot, manner });
    else {
      const { characterId } = resident.who;
      inbox.withdrawJoin(characterId);
      this.residents.delete(characterId);
    }
  }

  private async gone(characterId: string): Promise<void> {
    if (this.residents.has(characterId)) await this.departures.next(characterId);
    await this.context.writer.settled(characterId);
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

  /** The simulation has let a connection in. */
  entered(slot: number, characterId: string): void {
    const { sim, writer, saves, topics } = this.context;
    const resident = this.residents.get(characterId);
    const body = sim.state.players.get(slot);
    if (!resident || !body) return;
    const isNew = resident.slot === 0;
    resident.slot = slot;
    resident.entered = true;
    writer.enter(resident.who);
    // From here on its saved place is in this zone, whatever it was before.
    saves.save(sim.snapshot(slot)!, 'periodic');
    if (isNew) this.announce('character_entered', resident);
    const { client, own, combat, stream } = resident;
    if (!client) return;
    const { messages: zone } = topics;
    const start = { slot, tick: sim.tick, ...resumePoint(resident, zone) };
    const welcome = welcomeFrame(sim.state, body, { epoch: writer.fence.epoch, stream, ...start });
    this.viewers.set(slot, new Viewer(client, start, { own, zone, combat }, welcome));
  }

  /** There is no room for its body after all. */
  turnedAway(characterId: string): void {
    const resident = this.residents.get(characterId);
    if (!resident) return;
    this.residents.delete(characterId);
    this.detach(resident, 'zone_full');
  }

  /** Nobody plays it: the simulation has set its body on its way. */
  idle({ characterId, idleTicks }: TickOutcome['idle'][number]): void {
    const resident = this.residents.get(characterId);
    if (!resident) return;
    resident.exit = { reason: 'afk', idleMs: (idleTicks * 1_000) / TICK_HZ };
    this.detach(resident, 'afk');
  }

  /** The client cannot follow: as if its line had broken. */
  giveUp(slot: number): void {
    const body = this.context.sim.state.players.get(slot);
    const resident = body && this.residents.get(body.characterId);
    if (!resident) return;
    this.detach(resident, 'too_slow');
    this.leave(resident, 'linger');
  }

  /** The simulation has taken a body out. */
  departed(state: TickOutcome['left'][number]): void {
    const { sim, writer, saves } = this.context;
    const resident = this.residents.get(state.characterId);
    // Another connection of the same character may be waiting to enter with the next tick.
    if (!resident || resident.slot !== state.slot) return;
    const exit = resident.exit ?? { reason: state.manner === 'linger' ? 'lost' : 'left' };
    const { reason } = exit;
    this.detach(resident, 'left');
    this.residents.delete(state.characterId);
    saves.save(state, reason === undefined ? 'evict' : this.isOpen ? 'leave' : 'drain');
    writer.leave(resident.who, { ...exit, reason: reason ?? 'left' });
    if (reason !== undefined) this.memory.left(state, writer.settled(state.characterId), () => sim.tick);
    this.announce('character_left', resident);
    this.departures.happened(state.characterId);
  }

  private announce(event: ZoneEvent, { who: { name, characterId } }: Resident): void {
    const { topics, sim } = this.context;
    topics.announce({ event, tick: sim.tick, name, characterId });
  }

  /** Forgets what is old. Once a second. */
  fade(): void {
    this.memory.fade(this.context.sim.tick);
  }
}
