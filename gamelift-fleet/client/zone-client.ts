import type { Combat, Vitals } from '#fleet/protocol/generated-codec.ts';
import type { ClientMessage } from '#fleet/protocol/messages.ts';
import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import {
  actionResults,
  type Channel,
  correctionReasons,
  entityStates,
  TICK_HZ,
} from '#shared/contract/zone-protocol.ts';
import { ClockSync } from './clock-sync.ts';
import { Emitter } from './emitter.ts';
import { Prediction } from './prediction.ts';
import { Replica, type ReplicaEntity } from './replica.ts';
import { type Ended, type LinkEvents, type LinkOptions, type SocketLike, type Welcome, ZoneLink } from './zone-link.ts';

export type { SocketLike, Welcome };

type Cold<Type extends ColdFromServer['type']> = Extract<ColdFromServer, { type: Type }>;
export type Drop = Cold<'drop'>;
/** The server's answer to an action, or that the connection ended before it came. */
export type ActionResult = keyof typeof actionResults | 'disconnected';

/** What a client is told, by name. */
export interface ZoneClientEvents {
  readonly welcome: Welcome;
  /** After a tick frame has been applied. */
  readonly tick: number;
  readonly combat: Combat;
  readonly drop: Drop;
  readonly topic: Cold<'topic'>;
  readonly refused: Cold<'refused'>;
  /** How the own body fares; see {@link ZoneClient.vitals}. */
  readonly vitals: Vitals;
  readonly duel: Cold<'duel'>;
  /** To stand up from the dead: answer by {@link ZoneClient.standUp}. */
  readonly offer: Cold<'offer'>;
  readonly moving: Cold<'moving'>;
  /** The body leaves after this time, unless it moves or fights. */
  readonly leaving: Cold<'leaving'>;
  readonly stayed: Cold<'stayed'>;
  readonly correction: { readonly reason: keyof typeof correctionReasons; readonly x: number; readonly y: number };
  /** See {@link LinkEvents}, as for the next three. */
  readonly lost: Ended;
  readonly resumed: LinkEvents['resumed'];
  readonly gap: Channel;
  readonly numbered: LinkEvents['numbered'];
  readonly closed: Ended;
}

type Position = { readonly x: number; readonly y: number };

/** Inputs while nothing moves: they tell the server what has been seen. */
const IDLE_INPUT_EVERY_STEPS = 10;
const PING_EVERY_STEPS = 40;
const DRAW_DELAY_TICKS = 2;

function nameOf<T extends Readonly<Record<string, number>>>(table: T, value: number): keyof T {
  return Object.keys(table).find((key) => table[key] === value) as keyof T;
}

/**
 * A player in a zone: shows what is in view, moves the own body at once and lets the server have the last word.
 * Positions are those of the zone's map. Drive it with `run()`, or call `step()` 20 times a second. With `reconnect` a
 * broken connection is no end: it comes back by itself, and walks and waits go on.
 */
export class ZoneClient extends Emitter<ZoneClientEvents> {
  readonly replica = new Replica();
  /** Resolves when the body is in the zone and its surroundings are known; rejects when the door stays shut. */
  readonly ready: Promise<Welcome>;
  private readonly link: ZoneLink;
  private readonly pendingActions = new Map<number, (result: ActionResult) => void>();
  /** Actions of the connection before: unanswered once what was missed is told. */
  private overdueActions: readonly number[] = [];
  private readonly goals = new Set<{ readonly failed: (cause: Error) => void }>();
  private welcomed: Welcome | undefined;
  private prediction = new Prediction(0, 0);
  private correction = 0;
  private seq = 0;
  private actionSeq = 0;
  private steps = 0;
  private clock = new ClockSync(TICK_HZ);
  private yaw = 0;
  private latestVitals: Vitals | undefined;
  private goal: { readonly x: number; readonly y: number; readonly arrived: () => void } | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  private readonly nowMs: () => number;

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
    this.link.on('lost', () => {
      this.overdueActions = [...this.pendingActions.keys()];
    });
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

  /** Where to draw another entity now: a little in the past, so that it moves smoothly. */
  placeOf(entity: ReplicaEntity): Position {
    return this.toMap(this.replica.placeAt(entity, this.replica.tick - DRAW_DELAY_TICKS));
  }

  private toMap({ x, y }: Position): Position {
    const { originX, originY } = this.welcome;
    return { x: originX + x, y: originY + y };
  }

  /** Steps by the clock until the connection ends. */
  run(): void {
    this.timer ??= setInterval(() => this.step(), 1_000 / this.welcome.tickHz);
  }

  /** Walks in a straight line; resolves on arrival, rejects when another walk, a respawn or the end comes first. */
  walkTo(x: number, y: number): Promise<void> {
    this.stopWalking('another walk began');
    const { originX, originY } = this.welcome;
    return new Promise((resolve, reject) => {
      const failed = { failed: reject };
      this.goals.add(failed);
      const arrived = (): void => {
        this.goals.delete(failed);
        resolve();
      };
      this.goal = { x: x - originX, y: y - originY, arrived };
    });
  }

  private stopWalking(why: string): void {
    this.goal = undefined;
    for (const { failed } of this.goals) failed(new Error(why));
    this.goals.clear();
  }

  /** One client tick: moves the prediction and tells the server where. */
  step(): void {
    if (!this.link.isLive) return;
    const moved = this.advance();
    if (this.steps % PING_EVERY_STEPS === 0) this.ping();
    this.steps += 1;
    if (!moved && this.steps % IDLE_INPUT_EVERY_STEPS !== 0) return;
    this.claimPlace(this.prediction.x, this.prediction.y);
    if (moved && this.goal && this.prediction.x === this.goal.x && this.prediction.y === this.goal.y) {
      const { arrived } = this.goal;
      this.goal = undefined;
      arrived();
    }
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

  private advance(): boolean {
    const { goal, prediction } = this;
    if (!goal || this.isDead) return false;
    const pace = (this.latestVitals?.pacePermille ?? 1_000) / 1_000;
    if (pace === 0) return false;
    const reach = (this.welcome.speed * pace) / this.welcome.tickHz;
    const dx = goal.x - prediction.x;
    const dy = goal.y - prediction.y;
    const metres = Math.hypot(dx, dy);
    const share = metres <= reach ? 1 : reach / metres;
    this.yaw = (Math.atan2(dy, dx) + 2 * Math.PI) % (2 * Math.PI);
    prediction.x = share === 1 ? goal.x : prediction.x + dx * share;
    prediction.y = share === 1 ? goal.y : prediction.y + dy * share;
    return true;
  }

  /** Claims to be somewhere, in metres from the corner; what `step` does with the prediction. For tests of the server. */
  claimPlace(x: number, y: number): void {
    this.seq += 1;
    this.prediction.x = x;
    this.prediction.y = y;
    this.prediction.claim(this.seq);
    const { correction, seq, yaw } = this;
    this.link.send({ name: 'input', fields: { seq, seenTick: this.replica.tick, correction, x, y, yaw } });
  }

  /**
   * Uses an ability by its id on an entity (0: oneself), or around a place of the map; resolves with the server's answer.
   */
  use(abilityId: string, target: number, at?: Position): Promise<ActionResult> {
    const ability = this.welcome.abilities.find(({ id }) => id === abilityId);
    if (!ability) return Promise.resolve('unknown_ability');
    const { originX, originY } = this.welcome;
    const aim = at && { aim: { x: at.x - originX, y: at.y - originY } };
    return this.ask((actionSeq, seenTick) => ({
      name: 'action',
      fields: { actionSeq, ability: ability.index, target, seenTick, ...aim },
    }));
  }

  /** Talks to, opens or picks up what is close by; resolves with the server's answer. */
  interact(target: number): Promise<ActionResult> {
    return this.ask((actionSeq, seenTick) => ({ name: 'interact', fields: { actionSeq, target, seenTick } }));
  }

  private ask(question: (actionSeq: number, seenTick: number) => ClientMessage): Promise<ActionResult> {
    this.actionSeq = (this.actionSeq + 1) & 0xffff;
    const { actionSeq } = this;
    return new Promise((resolve) => {
      if (this.link.send(question(actionSeq, this.replica.tick))) this.pendingActions.set(actionSeq, resolve);
      else resolve('disconnected');
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
        const { self } = this;
        if (self) this.prediction.reconcile(self.ack, self.x, self.y);
        for (const event of combat) this.emit('combat', event);
        for (const actionSeq of this.overdueActions) this.answer(actionSeq, 'disconnected');
        this.overdueActions = [];
        this.emit('tick', message.fields.tick);
        break;
      }
      case 'missedCombat':
        for (const { tick: _tick, ...event } of message.fields.events) this.emit('combat', event);
        break;
      case 'correction': {
        const { x, y, correction, reason } = message.fields;
        this.correction = correction;
        this.prediction.reset(x, y);
        if (reason === correctionReasons.respawn) this.stopWalking('respawned');
        this.emit('correction', { reason: nameOf(correctionReasons, reason), ...this.toMap({ x, y }) });
        break;
      }
      case 'actionResult':
        this.answer(message.fields.actionSeq, nameOf(actionResults, message.fields.result));
        break;
      case 'vitals':
        this.latestVitals = message.fields;
        this.emit('vitals', message.fields);
        break;
      case 'pong':
        this.clock.take(message.fields, this.nowMs());
        break;
      case 'cold':
        this.receiveCold(message.fields);
        break;
    }
  }

  private answer(actionSeq: number, result: ActionResult): void {
    this.pendingActions.get(actionSeq)?.(result);
    this.pendingActions.delete(actionSeq);
  }

  private receiveCold(message: ColdFromServer): void {
    if (message.type === 'gap') return;
    if (message.type === 'welcome') {
      this.welcomed = message;
      this.latestVitals = { ...message.vitals, tick: message.tick };
      // Another process may count its ticks from elsewhere.
      this.clock = new ClockSync(message.tickHz);
      this.steps = 0;
      this.correction = message.correction;
      // A new connection counts its inputs from 1.
      this.seq = 0;
      this.prediction.reset(message.x - message.originX, message.y - message.originY);
    }
    this.emit(message.type, message as never);
  }

  private closed(end: Ended): void {
    clearInterval(this.timer);
    this.stopWalking('the connection ended');
    for (const resolve of this.pendingActions.values()) resolve('disconnected');
    this.pendingActions.clear();
    this.emit('closed', end);
  }
}
