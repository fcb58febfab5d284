import type { Input } from '#fleet/protocol/generated-codec.ts';
import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import type { Admission } from '../persist/character-ports.ts';
import type { ZoneCommand } from '../persist/order-ports.ts';
import type { BossState } from '../persist/record-ports.ts';
import type { ZoneWriter } from '../persist/zone-writer.ts';
import type { ZoneDefinition } from '../sim/definition.ts';
import type { TickOutcome } from '../sim/outcome.ts';
import { type Population, populationOf } from '../sim/population.ts';
import { type SimInput, Simulation } from '../sim/simulation.ts';
import type { SuspicionReport } from '../sim/suspicion.ts';
import { Aftermath } from './aftermath.ts';
import { BossWatch, deadBosses } from './boss-watch.ts';
import { CellStreams } from './cell-streams.ts';
import { CharacterSaves } from './character-saves.ts';
import { eventsAtFirst } from './event-notes.ts';
import { FanOut } from './fan-out.ts';
import { Inbox } from './inbox.ts';
import { LayerShift } from './layer-shift.ts';
import { type Defer, Outbox } from './outbox.ts';
import { Residency } from './residency.ts';
import type { Resume } from './residents.ts';
import { SuspicionReports } from './suspicion-reports.ts';
import { TickFrames } from './tick-frames.ts';
import type { TickMeter } from './tick-meter.ts';
import { TradeWatch } from './trade-watch.ts';
import { type Recovery, spentObjects, UnitNotes } from './unit-notes.ts';
import type { Viewer, ZoneClient } from './viewer.ts';
import { ZoneTopics } from './zone-topics.ts';

export interface ZoneOptions {
  readonly definition: ZoneDefinition;
  readonly seed: number;
  readonly writer: ZoneWriter;
  readonly meter: TickMeter;
  /** Wall clock, for records of kills and fights, the end of orders, and what goes on after a pause. */
  readonly nowMs: () => number;
  readonly capacity?: number;
  readonly maxPlayers?: number;
  /** What the owner before has noted down and this one begins with. */
  readonly recovery?: Recovery | undefined;
  /** Told of players of whom suspicion has added up, for the log. */
  readonly suspected?: (report: SuspicionReport) => void;
  /** As the owner before has left them; unset: none has ever appeared. */
  readonly bosses?: readonly BossState[];
  /** Spreads the writes of a tick over turns of the event loop; unset: a tick has written all when it returns. */
  readonly defer?: Defer | undefined;
  readonly sliceWrites?: number | undefined;
  /** Told each tick's inputs: a log that replays the simulation. */
  readonly record?: (tick: number, inputs: readonly SimInput[]) => void;
}

/** Those who trade are looked at four times a second. */
const WATCH_EVERY_TICKS = TICK_HZ / 4;
/** So often reports of suspicion are written. */
const REPORTS_EVERY_TICKS = TICK_HZ / 4;
/** So often it is looked whose save has come due. */
const SAVES_EVERY_TICKS = TICK_HZ / 4;
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
  private readonly fanOut: FanOut;
  private readonly outbox: Outbox;
  private readonly topics: ZoneTopics;
  private readonly saves: CharacterSaves;
  private readonly notes: UnitNotes;
  private readonly residency: Residency;
  private readonly aftermath: Aftermath;
  private readonly tradeWatch: TradeWatch;
  /** Sends players to the layer that this one is merged into. */
  readonly layerShift: LayerShift;
  private readonly suspicionReports: SuspicionReports;
  private readonly inbox = new Inbox();
  private isStopped = false;
  private occupiedTick = 0;

  constructor(options: ZoneOptions) {
    const { definition, seed, writer, meter, nowMs } = options;
    const { capacity = DEFAULT_CAPACITY, maxPlayers = DEFAULT_MAX_PLAYERS, bosses = [] } = options;
    this.options = options;
    this.id = writer.fence.zoneId;
    this.meter = meter;
    this.writer = writer;
    const dead = deadAtFirst(bosses, options.recovery, nowMs());
    const spent = spentObjects(options.recovery, nowMs());
    const underWay = eventsAtFirst(options.recovery?.events, nowMs());
    const sim = new Simulation(definition, { seed, capacity, dead, spent, underWay });
    const zoneId = definition.id as Slug;
    const topics = new ZoneTopics(zoneId);
    const saves = new CharacterSaves(zoneId, sim, writer);
    const { state } = sim;
    const { inbox } = this;
    const savedStateOf = (characterId: string) => this.residency.residents.get(characterId)?.who.state;
    const notes = new UnitNotes({ state, writer, topics, savedStateOf, nowMs, recovery: options.recovery });
    this.sim = sim;
    this.notes = notes;
    this.topics = topics;
    this.saves = saves;
    this.streams = new CellStreams(state);
    this.frames = new TickFrames(this.streams, state.grid);
    const outbox = new Outbox({ meter, defer: options.defer, sliceWrites: options.sliceWrites });
    this.outbox = outbox;
    this.residency = new Residency({
      ...{ definition, sim, writer, topics, saves, meter, inbox, maxPlayers, notes, outbox, nowMs },
    });
    const { residents, viewers } = this.residency;
    this.fanOut = new FanOut({ state, frames: this.frames, viewers, topics });
    const bossWatch = new BossWatch({ state, writer, nowMs, bosses });
    const tradeWatch = new TradeWatch({ state, writer, nowMs });
    const layerShift = new LayerShift({ zoneId, state, residents, inbox, tradeWatch, nowMs });
    this.tradeWatch = tradeWatch;
    this.layerShift = layerShift;
    this.aftermath = new Aftermath({
      ...{ definition, nowMs, state, writer, topics, residents, bossWatch, layerShift },
      events: notes.events,
    });
    this.suspicionReports = new SuspicionReports({ state, writer, nowMs });
    bossWatch.appeared(state.outcome.spawned);
  }

  get players(): number {
    return this.residency.residents.size;
  }

  /** For so long nobody has been in it, in ticks. */
  get emptyTicks(): number {
    return this.sim.tick - this.occupiedTick;
  }

  get connections(): number {
    return this.residency.viewers.size;
  }

  /** The windows of those who are connected. */
  get viewers(): Iterable<Viewer> {
    return this.residency.viewers.values();
  }

  /** See {@link Residency}, as for the next five. */
  admit(who: Admission, client: ZoneClient, resume?: Resume): void {
    this.residency.admit(who, client, resume);
  }

  wishToLeave(characterId: string, client: ZoneClient): void {
    this.residency.wishToLeave(characterId, client);
  }

  disconnect(characterId: string, client: ZoneClient): void {
    this.residency.disconnect(characterId, client);
  }

  async obey(command: ZoneCommand): Promise<void> {
    if (command.kind === 'watch-pair') {
      this.tradeWatch.begin(command);
      this.layerShift.trade(command.characterIds);
    } else await this.residency.obey(command);
  }

  expel(characterId: string, reason: CloseReason, sessionId?: string): void {
    this.residency.expel(characterId, reason, sessionId);
  }

  drain(retryAfterMs: number): void {
    this.suspicionReports.flush();
    this.residency.drain(retryAfterMs);
    this.notes.close();
  }

  /** The zone is another's now: everybody out, nothing written. */
  stop(): void {
    this.isStopped = true;
    this.outbox.drop();
    this.writer.stop();
    this.residency.stop();
  }

  /** What a client sends moves its body only while the body is in the zone and the client is still its window. */
  input(characterId: string, client: ZoneClient, input: (slot: number) => SimInput, seenTick?: number): void {
    const resident = this.residency.playing(characterId, client);
    if (!resident) return;
    if (seenTick !== undefined) this.residency.viewers.get(resident.slot)?.saw(seenTick);
    this.inbox.push(input(resident.slot));
  }

  /** The commonest {@link input}, made without a detour; places are those of the map. */
  move(characterId: string, client: ZoneClient, { seq, seenTick, correction, x, y, yaw }: Input): void {
    const resident = this.residency.playing(characterId, client);
    if (!resident) return;
    const { slot } = resident;
    const { originX, originY } = this.sim.state.zone;
    this.residency.viewers.get(slot)?.saw(seenTick);
    this.inbox.push({ kind: 'move', slot, seq, correction, x: originX + x, y: originY + y, yaw, seenTick });
  }

  /** Says a line to everybody in the zone, within the speaker's allowance. */
  chat(characterId: string, client: ZoneClient, text: string): void {
    const resident = this.residency.playing(characterId, client);
    if (!resident) return;
    this.inbox.push({ kind: 'stir', slot: resident.slot });
    const refused = this.topics.chat(resident.who, resident.chat, text, this.sim.tick);
    if (refused) resident.own.add(refused);
  }

  /** One twentieth of a second. */
  tick(): void {
    if (this.isStopped) return;
    const { meter, sim, streams, frames, outbox } = this;
    outbox.finish();
    meter.begin();
    const inputs = this.inbox.take();
    this.options.record?.(sim.tick + 1, inputs);
    const outcome = sim.step(inputs, (phase) => meter.finished(phase));
    this.settle(outcome);
    meter.finished('settle');
    streams.advance();
    frames.begin(sim.tick, meter.rung);
    frames.makeAll();
    meter.finished('encode');
    this.fanOut.send((slot) => this.residency.giveUp(slot));
    outbox.writeFirst();
    meter.finished('send');
    this.keepHouse();
    meter.finished('housekeeping');
    outbox.writeRest();
  }

  /** What the tick has brought about: messages for single players, and writes that it sets off. */
  private settle(outcome: TickOutcome): void {
    const { residency, aftermath } = this;
    for (const crossing of outcome.crossings) residency.crossed(crossing);
    for (const end of outcome.stayed) residency.tripEnded(end);
    for (const { slot, characterId } of outcome.joined) residency.entered(slot, characterId);
    for (const characterId of outcome.turnedAway) residency.turnedAway(characterId);
    aftermath.tellPlayers(outcome);
    aftermath.record(outcome);
    for (const report of outcome.suspects) {
      this.options.suspected?.(report);
      this.suspicionReports.add(report);
    }
    for (const one of outcome.idle) residency.idle(one);
    for (const state of outcome.left) residency.departed(state);
  }

  private keepHouse(): void {
    if (this.sim.tick % TICK_HZ === 0) {
      this.topics.refill();
      this.residency.fade();
    }
    if (this.sim.tick % WATCH_EVERY_TICKS === 0) this.tradeWatch.look();
    if (this.sim.tick % REPORTS_EVERY_TICKS === 0) this.suspicionReports.look();
    if (this.sim.tick % SAVES_EVERY_TICKS === 0)
      for (const resident of this.residency.residents.values()) this.saves.refresh(resident);
    this.notes.look();
    if (this.players > 0) this.occupiedTick = this.sim.tick;
  }

  /** NPCs now in the zone, dead ones included. */
  get npcs(): number {
    const { resting, fighting, evading, dead } = this.population;
    return resting + fighting + evading + dead;
  }

  /** How many NPCs there are, by what they do, and how many places wait to be filled again. */
  get population(): Population {
    return populationOf(this.sim.state);
  }
}

/** The NPCs that stay dead, in the ticks of a life that begins now; a boss by its row, whatever was noted of it. */
function deadAtFirst(bosses: readonly BossState[], recovery: Recovery | undefined, nowMs: number) {
  const known = new Set(bosses.map(({ spawnId }) => spawnId));
  const noted = (recovery?.respawns ?? []).filter(({ spawnId }) => !known.has(spawnId));
  return [
    ...deadBosses(bosses, nowMs),
    ...noted.map(({ spawnId, index, dueAtMs }) => {
      return { spawnId, index, ticks: Math.max(0, Math.ceil(((dueAtMs - nowMs) * TICK_HZ) / 1_000)) };
    }),
  ];
}
