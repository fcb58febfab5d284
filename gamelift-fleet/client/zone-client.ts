import type { PartyMember, Vitals } from '#fleet/protocol/generated-codec.ts';
import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import {
  actionResults,
  correctionReasons,
  entityStates,
  SIXTEENTHS,
  TICK_HZ,
  VIEW_AT_SEEN_TICK,
} from '#shared/contract/zone-protocol.ts';
import { type ActionResult, Actions } from './actions.ts';
import { ClockSync } from './clock-sync.ts';
import { Emitter } from './emitter.ts';
import { DrawClock, placeOnTrail } from './interpolation.ts';
import { LineWatch } from './line-watch.ts';
import { Prediction } from './prediction.ts';
import { Replica, type ReplicaEntity } from './replica.ts';
import { Walking } from './walking.ts';
import type { Drop, ZoneClientEvents } from './zone-client-events.ts';
import { type Ended, type LinkEvents, type LinkOptions, type SocketLike, type Welcome, ZoneLink } from './zone-link.ts';

export type { ActionResult, Drop, SocketLike, Welcome };

type Position = { readonly x: number; readonly y: number };

/** Inputs while nothing moves: they tell the server what has been seen. */
const IDLE_INPUT_EVERY_STEPS = 10;
const PING_EVERY_STEPS = 40;

function nameOf<T extends Readonly<Record<string, number>>>(table: T, value: number): keyof T {
  return Object.keys(table).find((key) => table[key] === value) as keyof T;
}

/**
 * A player in a zone: shows what is in view, moves the own body at once and lets the server have the last word.
 * Positions are those of the zone's map. Drive it with `run()`, or call `step()` 20 times a second. With `reconnect` a
 * broken connection is no end: it comes back by itself, and walks and waits go on. One input a step, none twice: the
 * stream is reliable and in order.
 */
export class ZoneClient extends Emitter<ZoneClientEvents> {
  readonly replica = new Replica();
  /** Resolves when the body is in the zone and its surroundings are known; rejects when the door stays shut. */
  readonly ready: Promise<Welcome>;
  private readonly link: ZoneLink;
  private readonly actions = new Actions();
  private readonly nowMs: () => number;
  private welcomed: Welcome | undefined;
  private readonly prediction = new Prediction(0, 0);
  private walking: Walking | undefined;
  private clock = new ClockSync(TICK_HZ);
  private drawClock = new DrawClock(TICK_HZ);
  private readonly lineWatch = new LineWatch();
  private correction = 0;
  private seq = 0;
  private steps = 0;
  private latestVitals: Vitals | undefined;
  private partyAway: readonly PartyMember[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Takes a socket that is connecting or open. */
  constructor(socket: SocketLike, ticket: string, options: LinkOptions = {}) {
    super();
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.ready = new Promise((resolve, reject) => {
      const seen = this.on('tick', () => {
        if (!this.welcomed || !this.replica.entities.has(this.welcomed.entityId)) return;
        seen();
        resolve(this.welcomed);
      });
      this.on('closed', ({ code, reason }) => reject(new Error(`zone socket closed: ${code} ${reason}`)));
    });
    // Somebody who only listens for `closed` need not handle it twice.
    this.ready.catch(() => {});
    this.link = new ZoneLink({ socket, ticket }, options);
    this.link.on('message', (message) => this.receive(message));
    for (const name of ['gap', 'numbered', 'lost', 'resumed'] as const)
      this.link.on(name, (event) => this.emit(name, event as never));
    this.link.on('lost', () => this.actions.interrupted());
    this.link.on('closed', (end) => this.closed(end));
  }

  /** What the server said on entering. @throws Error before that. */
  get welcome(): Welcome {
    if (!this.welcomed) throw new Error('not in the zone yet');
    return this.welcomed;
  }

  /** The own entity as the server last told; undefined before the first tick. */
  get self(): ReplicaEntity | undefined {
    return this.welcomed && this.replica.entities.get(this.welcomed.entityId);
  }

  get isDead(): boolean {
    return this.self?.state === entityStates.dead;
  }

  /** The own place as predicted. */
  get place(): Position {
    return this.toMap(this.prediction);
  }

  /** Where to show the own body: as predicted, gliding where the server ruled otherwise. */
  get shownPlace(): Position {
    return this.toMap(this.prediction.shown);
  }

  /** Where to draw another entity now: a little in the past, so that it moves smoothly. */
  placeOf(entity: ReplicaEntity): Position {
    return this.toMap(placeOnTrail(entity.trail, this.replica.tick, this.drawTick));
  }

  /** The moment of the server's time that the others are drawn at, in ticks. */
  get drawTick(): number {
    return this.drawClock.tickAt(this.nowMs());
  }

  /** How many ticks behind the newest frame that is; it adapts to how evenly frames come. */
  get drawDelayTicks(): number {
    return this.drawClock.delay;
  }

  /**
   * How the line is, for a sign on the screen: `held_up` while nothing of the others comes in time. What is aimed is
   * not sent then: the server could not judge it by what the player saw.
   */
  get line(): 'good' | 'held_up' {
    return this.drawClock.isHeldUp(this.nowMs(), this.roundTripMs) ? 'held_up' : 'good';
  }

  /** How many lines are open beside the main one; more come when losses hold it up. */
  get sideLines(): number {
    return this.link.sideLines;
  }

  private toMap({ x, y }: Position): Position {
    const { originX, originY } = this.welcome;
    return { x: originX + x, y: originY + y };
  }

  /** Steps by the clock until the connection ends; begun before the welcome, it gives up a connection that never answers. */
  run(): void {
    this.timer ??= setInterval(() => this.step(), 1_000 / (this.welcomed?.tickHz ?? TICK_HZ));
  }

  /** Walks straight, along walls; rejects when another walk, a respawn or the end comes first, or nothing leads on. */
  walkTo(x: number, y: number): Promise<void> {
    const { originX, originY } = this.welcome;
    return this.walking!.walkTo(x - originX, y - originY);
  }

  /** Walks in a direction until told otherwise; `steer(0, 0)` stands. */
  steer(x: number, y: number): void {
    this.walking?.steer(x, y);
  }

  /** One client tick: moves the prediction and tells the server where. */
  step(): void {
    this.link.watch();
    if (!this.link.isLive) return;
    this.prediction.settle();
    const moved = !this.isDead && this.walking!.advance(this.prediction, this.latestVitals?.pacePermille ?? 1_000);
    if (this.steps % PING_EVERY_STEPS === 0) this.ping();
    this.steps += 1;
    this.seq += 1;
    if (!moved && this.steps % IDLE_INPUT_EVERY_STEPS !== 0) return;
    this.claim();
    if (moved) this.walking!.settle(this.prediction);
  }

  private ping(): void {
    this.link.send({ name: 'ping', fields: { clientMs: ClockSync.stamp(this.nowMs()) } });
  }

  /** Shortest way to the server and back of late; undefined before it is known. */
  get roundTripMs(): number | undefined {
    return this.clock.roundTripMs;
  }

  /** The tick that the server is in now, with its fraction; undefined before it is known. */
  get serverTick(): number | undefined {
    return this.clock.tickAt(this.nowMs());
  }

  /** Claims to be somewhere, in metres from the corner; what `step` does with the prediction. For tests of the server. */
  claimPlace(x: number, y: number): void {
    this.seq += 1;
    this.prediction.x = x;
    this.prediction.y = y;
    this.claim();
  }

  /** Tells the server the predicted place. */
  private claim(): void {
    const { x, y } = this.prediction;
    this.prediction.claim(this.seq);
    const { correction, seq } = this;
    const { yaw } = this.walking!;
    this.lineWatch.sent('inputs', seq, this.nowMs());
    this.link.send({ name: 'input', fields: { seq, seenTick: this.replica.tick, correction, x, y, yaw } });
  }

  /**
   * Uses an ability by its id on an entity (0: oneself), or at a point of the map; resolves with the server's answer, or
   * with `held_up` when a {@link line} is so bad that nothing can be aimed.
   */
  use(abilityId: string, target: number, aim?: Position): Promise<ActionResult> {
    const ability = this.welcome.abilities.find(({ id }) => id === abilityId);
    if (!ability) return Promise.resolve('unknown_ability');
    if (aim && this.line === 'held_up') return Promise.resolve('held_up');
    const { originX, originY } = this.welcome;
    const point = aim && { x: aim.x - originX, y: aim.y - originY };
    return this.act((actionSeq) => {
      const { index } = ability;
      const seenTick = this.replica.tick;
      const fields = { actionSeq, ability: index, target, seenTick, view: this.view, aim: point };
      return this.link.send({ name: 'action', fields });
    });
  }

  /** What the others are drawn at, as an action tells it. */
  private get view(): number {
    const behind = Math.round((this.replica.tick - this.drawTick) * SIXTEENTHS);
    return Math.min(255, Math.max(0, VIEW_AT_SEEN_TICK + behind));
  }

  /** Uses an object close by, or turns to somebody; resolves with the server's answer: `done` when it has begun. */
  interact(target: number): Promise<ActionResult> {
    return this.act((actionSeq) =>
      this.link.send({ name: 'interact', fields: { actionSeq, target, seenTick: this.replica.tick } }),
    );
  }

  /** Sends what the server answers at once: how long that takes tells how good the lines are. */
  private act(send: (actionSeq: number) => boolean): Promise<ActionResult> {
    return this.actions.ask((actionSeq) => {
      this.lineWatch.sent('actions', actionSeq, this.nowMs());
      return send(actionSeq);
    });
  }

  /** The plain attack that everybody has. */
  attack(target: number): Promise<ActionResult> {
    return this.use(this.welcome.abilities[0]!.id, target);
  }

  /** Chooses to fight other players, or no longer to. */
  wantPvp(wants: boolean): void {
    this.link.send({ name: 'cold', fields: { type: 'pvp', wants } });
  }

  /** Challenges an entity, answers a challenge, or gives up; `duel` and `refused` tell what comes of it. */
  duel(act: 'challenge' | 'accept' | 'decline' | 'yield', target = 0): void {
    this.link.send({ name: 'cold', fields: { type: 'duel', act, target } });
  }

  /** A dead player's answer to the last `offer`. */
  standUp(accepts: boolean): void {
    this.link.send({ name: 'cold', fields: { type: 'stand-up', accepts } });
  }

  /** Energy, pace and reach of the own body, with the energy that has come back since they were told. */
  get vitals(): Vitals | undefined {
    const told = this.latestVitals;
    if (!told) return undefined;
    const seconds = Math.max(0, Math.floor((this.replica.tick - told.tick) / this.welcome.tickHz));
    return { ...told, energy: Math.min(told.maxEnergy, told.energy + seconds * told.energyPerSecond) };
  }

  /** Members of the own party who are in the zone and out of view, at most a second old; places from the corner. */
  get distantParty(): readonly PartyMember[] {
    return this.partyAway.filter(({ id }) => !this.replica.entities.has(id));
  }

  say(text: string): void {
    this.link.send({ name: 'cold', fields: { type: 'chat', text } });
  }

  /** Asks for the graveyard, when dead. */
  release(): void {
    this.link.send({ name: 'release', fields: {} });
  }

  /** Asks to leave the world: `leaving` says when, `stayed` that it does not happen; the server closes when it has. */
  leave(): void {
    this.link.send({ name: 'leave', fields: {} });
  }

  /** Breaks the connection for good: the body stays for a while. */
  disconnect(): void {
    this.link.close();
  }

  private receive(message: LinkEvents['message']): void {
    switch (message.name) {
      case 'tick': {
        const combat = this.replica.apply(message.fields);
        this.drawClock.arrived(message.fields.tick, this.nowMs(), this.roundTripMs);
        const { self } = this;
        if (self) this.lineWatch.answered('inputs', self.ack, this.nowMs());
        this.lineWatch.arrived(this.drawClock.lateMs, this.nowMs(), this.roundTripMs);
        this.link.widen(this.lineWatch.sideLines);
        this.seeDoors();
        if (self) this.mispredicted(this.prediction.reconcile(self.ack, self.x, self.y));
        for (const event of combat) this.emit('combat', event);
        this.actions.giveUpOverdue();
        this.emit('tick', message.fields.tick);
        break;
      }
      case 'missedCombat':
        for (const { tick: _tick, ...event } of message.fields.events) this.emit('combat', event);
        break;
      case 'correction': {
        const { x, y, correction, reason } = message.fields;
        this.correction = correction;
        this.mispredicted(this.prediction.reset(x, y));
        if (reason === correctionReasons.respawn) this.walking?.stop('respawned');
        this.emit('correction', { reason: nameOf(correctionReasons, reason), ...this.toMap({ x, y }) });
        break;
      }
      case 'actionResult':
        this.lineWatch.answered('actions', message.fields.actionSeq, this.nowMs());
        this.actions.answer(message.fields.actionSeq, nameOf(actionResults, message.fields.result));
        break;
      case 'vitals':
        this.latestVitals = message.fields;
        this.emit('vitals', message.fields);
        break;
      case 'party':
        this.partyAway = message.fields.members;
        this.emit('party', this.partyAway);
        break;
      case 'pong':
        this.clock.take(message.fields, this.nowMs());
        break;
      case 'cold':
        this.receiveCold(message.fields);
        break;
    }
  }

  /** Doors in view are open or closed; out of view they count as closed. */
  private seeDoors(): void {
    for (const { entityId, obstacle } of this.welcome.objects)
      if (obstacle !== undefined) this.walking!.setOpen(obstacle, this.replica.isDead(entityId));
  }

  private mispredicted(metres: number): void {
    if (metres > 0) this.emit('mispredicted', metres);
  }

  private receiveCold(message: ColdFromServer): void {
    if (message.type === 'gap') return;
    if (message.type === 'welcome') {
      this.welcomed = message;
      this.latestVitals = { ...message.vitals, tick: message.tick };
      // Another process may count its ticks from elsewhere.
      this.clock = new ClockSync(message.tickHz);
      this.drawClock = new DrawClock(message.tickHz);
      this.lineWatch.began();
      this.steps = 0;
      this.partyAway = [];
      this.correction = message.correction;
      this.walking = new Walking(message, this.walking);
      // A new connection counts its inputs from 1.
      this.seq = 0;
      this.prediction.reset(message.x - message.originX, message.y - message.originY);
      this.prediction.showAsIs();
    }
    if (message.type === 'level' && this.welcomed) this.welcomed = { ...this.welcomed, abilities: message.abilities };
    this.emit(message.type, message as never);
  }

  private closed(end: Ended): void {
    clearInterval(this.timer);
    this.walking?.stop('the connection ended');
    this.actions.end();
    this.emit('closed', end);
  }
}
