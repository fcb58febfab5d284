import { type ClientMessage, clientFrames, type ServerMessage, serverFrames } from '#fleet/protocol/messages.ts';
import {
  actionResults,
  type ColdFromServer,
  correctionReasons,
  entityStates,
  PROTOCOL_VERSION,
} from '#shared/contract/zone-protocol.ts';
import { Prediction } from './prediction.ts';
import { type CombatEvent, Replica, type ReplicaEntity } from './replica.ts';

/** What the client needs of a WebSocket: browsers' and Node's own have it, and so has the `ws` package's. */
export interface SocketLike {
  binaryType: string;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

export type Welcome = Extract<ColdFromServer, { type: 'welcome' }>;
export type Drop = Extract<ColdFromServer, { type: 'drop' }>;
/** The server's answer to an action, or that the connection ended before it came. */
export type ActionResult = keyof typeof actionResults | 'disconnected';

/** What a client is told, by name. */
export interface ZoneClientEvents {
  readonly welcome: Welcome;
  /** After a tick frame has been applied. */
  readonly tick: number;
  readonly combat: CombatEvent;
  readonly drop: Drop;
  readonly topic: Extract<ColdFromServer, { type: 'topic' }>;
  readonly refused: Extract<ColdFromServer, { type: 'refused' }>;
  readonly moving: Extract<ColdFromServer, { type: 'moving' }>;
  readonly correction: { readonly reason: keyof typeof correctionReasons; readonly x: number; readonly y: number };
  readonly closed: { readonly code: number; readonly reason: string };
}

type Listener<E> = (event: E) => void;
type Position = { readonly x: number; readonly y: number };

/** Inputs while nothing moves: they tell the server what has been seen. */
const IDLE_INPUT_EVERY_STEPS = 10;
const DRAW_DELAY_TICKS = 2;

function nameOf<T extends Readonly<Record<string, number>>>(table: T, value: number): keyof T {
  return Object.keys(table).find((key) => table[key] === value) as keyof T;
}

/**
 * A player's connection to a zone: shows what is in view, moves the own body at once and lets the server have the last
 * word. Positions are those of the zone's map. Drive it with `run()`, or call `step()` 20 times a second.
 */
export class ZoneClient {
  readonly replica = new Replica();
  /** Resolves when the body is in the zone and its surroundings are known; rejects when the door stays shut. */
  readonly ready: Promise<Welcome>;
  private readonly socket: SocketLike;
  private readonly listeners = new Map<string, Set<Listener<never>>>();
  private readonly pendingActions = new Map<number, (result: ActionResult) => void>();
  private readonly goals = new Set<{ readonly failed: (cause: Error) => void }>();
  private welcomed: Welcome | undefined;
  private prediction = new Prediction(0, 0);
  private correction = 0;
  private seq = 0;
  private actionSeq = 0;
  private steps = 0;
  private yaw = 0;
  private goal: { readonly x: number; readonly y: number; readonly arrived: () => void } | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isClosed = false;

  /** Takes a socket that is connecting or open. */
  constructor(socket: SocketLike, ticket: string) {
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => this.send({ name: 'hello', fields: { version: PROTOCOL_VERSION, ticket } }));
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) this.receive(serverFrames.decode(new Uint8Array(data)));
    });
    socket.addEventListener('error', () => {});
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
    socket.addEventListener('close', ({ code, reason }) => this.closed(code, reason));
  }

  /** Calls the listener for each event of this name; answers the undo. */
  on<Name extends keyof ZoneClientEvents>(name: Name, listener: Listener<ZoneClientEvents[Name]>): () => void {
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all);
    all.add(listener as Listener<never>);
    return () => all.delete(listener as Listener<never>);
  }

  private emit<Name extends keyof ZoneClientEvents>(name: Name, event: ZoneClientEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as Listener<ZoneClientEvents[Name]>)(event);
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
    if (!this.welcomed || this.isClosed) return;
    const moved = this.advance();
    this.steps += 1;
    if (!moved && this.steps % IDLE_INPUT_EVERY_STEPS !== 0) return;
    this.claimPlace(this.prediction.x, this.prediction.y);
    if (moved && this.goal && this.prediction.x === this.goal.x && this.prediction.y === this.goal.y) {
      const { arrived } = this.goal;
      this.goal = undefined;
      arrived();
    }
  }

  private advance(): boolean {
    const { goal, prediction } = this;
    if (!goal || this.isDead) return false;
    const reach = this.welcome.speed / this.welcome.tickHz;
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
    this.send({ name: 'input', fields: { seq, seenTick: this.replica.tick, correction, x, y, yaw } });
  }

  /** Uses an ability by its id on an entity (0: oneself); resolves with the server's answer. */
  use(abilityId: string, target: number): Promise<ActionResult> {
    const ability = this.welcome.abilities.find(({ id }) => id === abilityId);
    if (!ability) return Promise.resolve('unknown_ability');
    this.actionSeq = (this.actionSeq + 1) & 0xffff;
    const { actionSeq } = this;
    return new Promise((resolve) => {
      this.pendingActions.set(actionSeq, resolve);
      this.send({
        name: 'action',
        fields: { actionSeq, ability: ability.index, target, seenTick: this.replica.tick },
      });
    });
  }

  /** The plain attack that everybody has. */
  attack(target: number): Promise<ActionResult> {
    return this.use(this.welcome.abilities[0]!.id, target);
  }

  say(text: string): void {
    this.send({ name: 'cold', fields: { type: 'chat', text } });
  }

  /** Asks for the graveyard, when dead. */
  release(): void {
    this.send({ name: 'release', fields: {} });
  }

  /** Leaves the zone in good order; the server then closes. */
  leave(): void {
    this.send({ name: 'leave', fields: {} });
  }

  /** Breaks the connection: the body stays for a while. */
  disconnect(): void {
    this.socket.close();
  }

  private send(message: ClientMessage): void {
    if (!this.isClosed) this.socket.send(clientFrames.encode(message));
  }

  private receive(message: ServerMessage): void {
    switch (message.name) {
      case 'tick': {
        const combat = this.replica.apply(message.fields);
        const { self } = this;
        if (self) this.prediction.reconcile(self.ack, self.x, self.y);
        for (const event of combat) this.emit('combat', event);
        this.emit('tick', message.fields.tick);
        break;
      }
      case 'correction': {
        const { x, y, correction, reason } = message.fields;
        this.correction = correction;
        this.prediction.reset(x, y);
        if (reason === correctionReasons.respawn) this.stopWalking('respawned');
        this.emit('correction', { reason: nameOf(correctionReasons, reason), ...this.toMap({ x, y }) });
        break;
      }
      case 'actionResult': {
        const { actionSeq, result } = message.fields;
        this.pendingActions.get(actionSeq)?.(nameOf(actionResults, result));
        this.pendingActions.delete(actionSeq);
        break;
      }
      case 'cold':
        this.receiveCold(message.fields);
        break;
    }
  }

  private receiveCold(message: ColdFromServer): void {
    switch (message.type) {
      case 'welcome':
        this.welcomed = message;
        this.correction = message.correction;
        this.prediction.reset(message.x - message.originX, message.y - message.originY);
        this.emit('welcome', message);
        break;
      case 'drop':
        this.emit('drop', message);
        break;
      case 'topic':
        this.emit('topic', message);
        break;
      case 'refused':
        this.emit('refused', message);
        break;
      case 'moving':
        this.emit('moving', message);
        break;
    }
  }

  private closed(code: number, reason: string): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.stopWalking('the connection ended');
    for (const resolve of this.pendingActions.values()) resolve('disconnected');
    this.pendingActions.clear();
    this.emit('closed', { code, reason });
  }
}
