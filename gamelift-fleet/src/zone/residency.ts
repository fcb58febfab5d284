import { type CloseReason, TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { unitParts } from '#shared/kernel/zone-unit.ts';
import type { Admission } from '../persist/character-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { JoiningCharacter, ZoneDefinition } from '../sim/definition.ts';
import type { AskedManner } from '../sim/leaving.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import type { Simulation } from '../sim/simulation.ts';
import { standingIn } from './arrival-point.ts';
import type { CharacterSaves } from './character-saves.ts';
import { coldFrame, welcomeFrame } from './cold.ts';
import type { Inbox } from './inbox.ts';
import { OrderDesk, type ResidentsOrder } from './order-desk.ts';
import type { Outbox } from './outbox.ts';
import {
  Departures,
  type Destination,
  type Exit,
  newResident,
  type Resident,
  type Resume,
  resumePoint,
  ShortMemory,
} from './residents.ts';
import type { TickMeter } from './tick-meter.ts';
import type { UnitNotes } from './unit-notes.ts';
import type { ZoneClient } from './viewer.ts';
import { Viewers } from './viewers.ts';
import { weaponSpec } from './zone-content.ts';
import type { ZoneEvent, ZoneTopics } from './zone-topics.ts';

export interface ResidencyContext {
  readonly definition: ZoneDefinition;
  readonly sim: Simulation;
  readonly writer: ZoneWriter;
  readonly topics: ZoneTopics;
  readonly saves: CharacterSaves;
  readonly meter: TickMeter;
  readonly inbox: Inbox;
  readonly maxPlayers: number;
  readonly notes: UnitNotes;
  readonly outbox: Outbox;
  /** Wall clock: what was carried has grown older on its way. */
  readonly nowMs: () => number;
}

/** Who is in the zone and through which connection: the one way in, and the one way out whatever the cause. */
export class Residency {
  /** By character. */
  readonly residents = new Map<string, Resident>();
  /** The connected ones' windows, by the slot of their body. */
  readonly viewers: Viewers;
  private readonly context: ResidencyContext;
  private readonly memory = new ShortMemory();
  private readonly departures = new Departures();
  /** Handed over, and their clients not told yet. */
  private readonly travellers = new Set<Resident>();
  private readonly orders: OrderDesk;
  private stays = 0;
  private isOpen = true;

  constructor(context: ResidencyContext) {
    this.context = context;
    this.viewers = new Viewers(context.sim.state.entities.capacity, context.outbox);
    this.orders = new OrderDesk(
      { ...context, residents: this.residents },
      {
        refuseSession: (sessionId) => this.memory.evicted(sessionId, context.sim.tick),
        putOut: (...how) => this.putOut(...how),
        leave: (...how) => this.leave(...how),
        gone: (characterId) => this.gone(characterId),
      },
    );
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
    const { characterId, accountId, name, level, classId, isStaff, gear } = who;
    const weapon = weaponSpec(who.weapon);
    const character = { characterId, accountId, name, level, classId, isStaff, gear, weapon, ...this.returning(who) };
    inbox.push({ kind: 'join', character });
  }

  /** Where the character goes on: what this zone remembers, its last owner has noted, or is stored. */
  private returning({ characterId, state }: Admission): Pick<JoiningCharacter, 'place' | 'carried'> {
    const { notes, nowMs } = this.context;
    const remembered = this.memory.stateOf(characterId);
    const place = remembered ?? notes.places.recoveredState(characterId, state) ?? state;
    const carried = remembered ? remembered.carried : state?.carried;
    const elapsedMs = remembered || state?.savedAtMs === undefined ? 0 : Math.max(0, nowMs() - state.savedAtMs);
    return carried ? { place, carried: { state: carried, elapsedMs } } : { place };
  }

  private refusal(who: Admission): CloseReason | undefined {
    const { definition, maxPlayers, meter } = this.context;
    if (!this.isOpen) return 'moving';
    if (this.memory.isEvicted(who.sessionId)) return 'session_ended';
    if (!definition.classes[who.classId]) return 'character_unavailable';
    if (this.residents.has(who.characterId)) return undefined;
    if (this.isGoing(who)) return 'wrong_zone';
    const isFull = this.residents.size >= maxPlayers;
    return isFull || !meter.rung.admits ? 'zone_full' : undefined;
  }

  /** It is being handed over, or was since it was let in: what was read of it then is not how it stands now. */
  private isGoing({ characterId, presenceVer }: Admission): boolean {
    if (presenceVer === undefined) return false;
    const isUnderWay = [...this.travellers].some(({ who }) => who.characterId === characterId);
    return isUnderWay || this.memory.hasGone(characterId, presenceVer);
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

  /** See {@link OrderDesk}. */
  async obey(command: ResidentsOrder): Promise<void> {
    await this.orders.obey(command);
  }

  /** Somebody steps through a gate, and is out with this tick. */
  crossed({ slot, gate }: TickOutcome['crossings'][number]): void {
    const { sim, definition } = this.context;
    const body = sim.state.players.get(slot) ?? sim.state.outcome.left.find((one) => one.slot === slot);
    const resident = body && this.residents.get(body.characterId);
    if (!resident) return;
    const { toZone, arrival } = definition.gates![gate]!;
    resident.trip = { toZone: toZone as Slug, at: arrival };
  }

  /** The journey that somebody was about to begin does not take place. */
  tripEnded({ slot }: TickOutcome['stayed'][number]): void {
    const body = this.context.sim.state.players.get(slot);
    const resident = body && this.residents.get(body.characterId);
    if (resident) resident.trip = undefined;
  }

  /** A character, or only one session of it, has no place here any more: its client is told why, its body goes. */
  expel(characterId: string, reason: CloseReason, sessionId?: string): void {
    const resident = this.residents.get(characterId);
    if (!resident || (sessionId !== undefined && resident.who.sessionId !== sessionId)) return;
    const isElsewhere = reason === 'superseded' || reason === 'wrong_zone';
    this.putOut(resident, reason, { reason: isElsewhere ? undefined : 'removed' }, 'now');
  }

  /** No new entries from here on; everybody is told to come back elsewhere, saved and taken out with the next tick. */
  drain(retryAfterMs: number): void {
    this.isOpen = false;
    const farewell = coldFrame({ type: 'moving', zoneId: this.context.definition.id, retryAfterMs });
    for (const resident of this.residents.values()) {
      resident.client?.write(farewell);
      this.putOut(resident, 'moving', resident.exit ?? { reason: 'moving' }, 'now');
    }
  }

  /** The zone is another's now: everybody out, nothing written. */
  stop(): void {
    this.isOpen = false;
    for (const resident of [...this.residents.values(), ...this.travellers]) this.detach(resident, 'zone_stopped');
    this.residents.clear();
    this.travellers.clear();
    this.departures.giveUp();
  }

  private putOut(resident: Resident, reason: CloseReason, exit: Exit, manner: AskedManner): void {
    resident.exit = exit;
    this.detach(resident, reason);
    this.leave(resident, manner);
  }

  private leave(resident: Resident, manner: AskedManner): void {
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
    this.viewers.close(resident.slot);
  }

  /** The simulation has let a connection in. */
  entered(slot: number, characterId: string): void {
    const { definition, sim, writer, saves, topics } = this.context;
    const resident = this.residents.get(characterId);
    const body = sim.state.players.get(slot);
    if (!resident || !body) return;
    const isNew = resident.slot === 0;
    resident.slot = slot;
    resident.entered = true;
    writer.enter(resident.who);
    void this.orders.learnTies(resident.who.characterId);
    // From here on its saved place is in this zone. Where it was so before, the note holds what is newer.
    if (resident.who.state?.zoneId !== definition.id) saves.save(sim.snapshot(slot)!, 'periodic');
    if (isNew) this.announce('character_entered', resident);
    const { client, own, combat, stream } = resident;
    if (!client) return;
    const { messages: zone } = topics;
    const start = { slot, tick: sim.tick, ...resumePoint(resident, zone) };
    const welcome = welcomeFrame(sim.state, body, { epoch: writer.fence.epoch, stream, ...start });
    this.viewers.open(client, start, { own, zone, combat }, welcome);
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
    const { trip } = resident;
    if (trip && !resident.exit && (state.manner === 'travel' || state.manner === 'shift' || trip.isForced)) {
      void this.handOver(resident, state, trip);
      return;
    }
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

  /**
   * Hands over a character whose body is out with this tick. Its client is told only when that is written: should this
   * process die before, the character is here still, and after that it is on its way, whoever tells the client.
   */
  private async handOver(resident: Resident, state: TickOutcome['left'][number], trip: Destination): Promise<void> {
    const { writer, sim } = this.context;
    const { characterId } = resident.who;
    const { toZone, toUnit, at, use } = trip;
    this.viewers.close(resident.slot);
    this.residents.delete(characterId);
    this.travellers.add(resident);
    this.announce('character_left', resident);
    this.departures.happened(characterId);
    const { yaw, health, carried, slot } = state;
    const place = at ? standingIn(at, slot) : { x: state.x, y: state.y };
    const go = { characterId: characterId as CharacterId, ...place, yaw, health, carried, sequence: sim.tick };
    const leftStay = await writer.handOff({ ...go, toZone, toUnit, use });
    if (leftStay) this.memory.handedOver(characterId, leftStay, sim.tick);
    if (!this.travellers.delete(resident)) return;
    const { client } = resident;
    if (leftStay === undefined && this.isOpen && client) {
      const { zoneId } = writer.fence;
      this.admit({ ...resident.who, state: { ...state, zoneId: unitParts(zoneId).zoneId } }, client);
      return;
    }
    if (leftStay) client?.write(coldFrame({ type: 'moving', zoneId: toZone, retryAfterMs: 0 }));
    this.detach(resident, leftStay === false ? 'superseded' : 'moving');
    if (leftStay === undefined) writer.leave(resident.who, { reason: 'moving' });
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
