import { MalformedFrame } from '#fleet/protocol/bytes.ts';
import {
  type ClientMessage,
  clientFrames,
  greeting,
  type ServerMessage,
  serverFrames,
} from '#fleet/protocol/messages.ts';
import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import {
  type Channel,
  type CloseReason,
  channels,
  closeCodes,
  passingReasons,
} from '#shared/contract/zone-protocol.ts';
import { Emitter } from './emitter.ts';

/** What the client needs of a WebSocket: browsers' and Node's own have it, and so has the `ws` package's. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

/** A way into the zone: a socket that is connecting or open, and the ticket for it. */
export interface Door {
  readonly socket: SocketLike;
  readonly ticket: string;
}

export interface LinkOptions {
  /**
   * Opens another door, with a fresh ticket, after the connection broke: to the zone that the server named, or to the
   * same one. A rejection may carry `retryAfterMs`: so long it is waited before the next try. Unset: a broken connection
   * is the end.
   */
  readonly reconnect?: ((zoneId: string) => Promise<Door>) | undefined;
  /** The zone of the first door. Unset: a connection that breaks before its first welcome is the end. */
  readonly zoneId?: string | undefined;
  /** Waits; given from outside so that tests need no time. */
  readonly delay?: (ms: number) => Promise<void>;
  /** A connection on which nothing was heard for so long is given up, three times as long before its welcome; unset: 4 s. */
  readonly silenceMs?: number;
  /** A clock that only runs forward; unset: the runtime's. */
  readonly nowMs?: () => number;
}

export type Welcome = Extract<ColdFromServer, { type: 'welcome' }>;
export type Ended = { readonly code: number; readonly reason: string };
type Plain = Exclude<ServerMessage, { name: 'kept' }>;

export interface LinkEvents {
  /** Every message that has not been there before, whether it came numbered or not. */
  readonly message: Plain;
  /** The number of a message that must not be missed, before the message. */
  readonly numbered: { readonly channel: Channel; readonly seq: number };
  /** Messages of this channel are lost. */
  readonly gap: Channel;
  /** The connection broke; another one is being made. */
  readonly lost: Ended;
  /** It is there again, after its welcome: with the body that waited, or with one that has entered anew. */
  readonly resumed: { readonly isSameBody: boolean; readonly missed: readonly Channel[] };
  readonly closed: Ended;
}

/** A WebSocket's ready state. */
const OPEN = 1;
const ABNORMAL_CLOSURE = 1006;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 3_000;
/** About the time for which a body waits. */
const MAX_TRIES = 110;
/** A server that asks for more patience is asked again after this. */
const MOST_TOLD_WAIT_MS = 10_000;
/** A zone that ticks is never silent: after so long its process stands still, or the line is dead. */
const SILENCE_MS = 4_000;
/**
 * A process that has opened a connection is alive: its welcome may take longer when a whole zone comes back at once, and
 * who asked anew would only lengthen that.
 */
const MOST_PATIENCE = 3;
/** A client that was not stepped for longer stood still itself, and has heard nothing for that reason. */
const STALL_MS = 1_000;
/** While coming back these can be passing too: the ticket was too old, the zone was between two owners. */
const passingOnReturn: readonly CloseReason[] = ['ticket_invalid', 'wrong_zone', 'hello_timeout', 'zone_full'];

/**
 * The connection under a client: says hello, numbers what it gets, and when it breaks comes back by itself and goes on
 * behind the last number, so that nothing is missed or heard twice.
 */
export class ZoneLink extends Emitter<LinkEvents> {
  private readonly options: LinkOptions;
  private socket: SocketLike | undefined;
  private stream = '';
  /** Where the character is, or is to go on; empty: nobody has said. */
  private zoneId = '';
  private readonly last: Record<Channel, number> = { own: 0, zone: 0 };
  /** Everything that happened in combat up to this tick is known. */
  private knownTick = 0;
  private tries = 0;
  /** Of them those that nobody has told when to come back. */
  private blindTries = 0;
  private isWelcome = false;
  private hasEnded = false;
  /** Connections that were given up since the last welcome because nothing was heard. */
  private silentTries = 0;
  private heardAtMs = 0;
  private watchedAtMs = 0;

  constructor(door: Door, options: LinkOptions = {}) {
    super();
    this.options = options;
    this.zoneId = options.zoneId ?? '';
    this.attach(door);
  }

  /** Whether what is sent now can arrive. */
  get isLive(): boolean {
    return this.isWelcome && !this.hasEnded;
  }

  /** Answers whether the message is on its way. */
  send(message: ClientMessage): boolean {
    if (!this.isLive) return false;
    this.socket?.send(clientFrames.encode(message));
    return true;
  }

  /** Breaks the connection for good. */
  close(): void {
    this.hasEnded = true;
    this.socket?.close();
  }

  /** Gives a connection up on which nothing is heard any more, and makes another. To be called at every step. */
  watch(): void {
    const { socket } = this;
    const { silenceMs = SILENCE_MS } = this.options;
    const now = this.nowMs();
    const stalledMs = now - this.watchedAtMs;
    if (stalledMs > STALL_MS) this.heardAtMs = Math.min(now, this.heardAtMs + stalledMs);
    this.watchedAtMs = now;
    const isSilent = now - this.heardAtMs >= silenceMs * this.patience;
    if (!socket || !isSilent || this.hasEnded || !this.options.reconnect) return;
    socket.close();
    this.silentTries += 1;
    this.broken({ code: ABNORMAL_CLOSURE, reason: 'silent' });
  }

  /** How often the usual time of silence is borne: longer before a welcome, and from try to try. */
  private get patience(): number {
    if (this.isWelcome) return 1;
    return this.socket?.readyState === OPEN ? MOST_PATIENCE : Math.min(MOST_PATIENCE, this.silentTries + 1);
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? performance.now();
  }

  private attach({ socket, ticket }: Door): void {
    this.socket = socket;
    this.heardAtMs = this.nowMs();
    this.watchedAtMs = this.heardAtMs;
    this.isWelcome = false;
    socket.binaryType = 'arraybuffer';
    const greet = () => {
      if (socket === this.socket) this.heardAtMs = this.nowMs();
      socket.send(clientFrames.encode(this.hello(ticket)));
    };
    if (socket.readyState === OPEN) greet();
    else socket.addEventListener('open', greet);
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.socket && data instanceof ArrayBuffer) this.heard(socket, new Uint8Array(data));
    });
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket === this.socket) this.broken({ code, reason });
    });
  }

  private hello(ticket: string): ClientMessage {
    const { stream, last, knownTick } = this;
    const resume = { stream, ownSeq: last.own, zoneSeq: last.zone, seenTick: knownTick };
    return greeting(ticket, stream === '' ? undefined : resume);
  }

  /** A server that does not keep to the protocol is of no use: the end, with a reason. */
  private heard(socket: SocketLike, frame: Uint8Array): void {
    this.heardAtMs = this.nowMs();
    try {
      this.received(frame);
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.hasEnded = true;
      socket.close(closeCodes.malformed, 'malformed');
    }
  }

  private received(frame: Uint8Array): void {
    const message = serverFrames.decode(frame);
    if (message.name !== 'kept') {
      this.take(message);
      return;
    }
    const { channel: id, seq, message: inner } = message.fields;
    const channel: Channel = id === channels.own ? 'own' : 'zone';
    if (seq <= this.last[channel]) return;
    if (seq > this.last[channel] + 1) this.emit('gap', channel);
    this.last[channel] = seq;
    this.emit('numbered', { channel, seq });
    this.take(serverFrames.decode(inner) as Plain);
  }

  private take(message: Plain): void {
    // A zone that is about to go elsewhere may say so to one whom it has not welcomed yet.
    const isEarly = message.name === 'cold' && ['welcome', 'moving'].includes(message.fields.type);
    if (!this.isWelcome && !isEarly) throw new MalformedFrame(`a ${message.name} before the welcome`);
    if (message.name === 'tick') this.knownTick = message.fields.tick;
    if (message.name === 'missedCombat') {
      const events = message.fields.events.filter(({ tick }) => tick > this.knownTick);
      this.knownTick = message.fields.untilTick;
      this.emit('message', { name: 'missedCombat', fields: { ...message.fields, events } });
    } else if (message.name === 'cold' && message.fields.type === 'welcome') this.welcomed(message.fields);
    else if (message.name === 'cold' && message.fields.type === 'gap') this.skip(message.fields);
    else {
      if (message.name === 'cold' && message.fields.type === 'moving') this.zoneId = message.fields.zoneId;
      this.emit('message', message);
    }
  }

  private welcomed(welcome: Welcome): void {
    const isReturn = this.stream !== '';
    const isSameBody = welcome.stream === this.stream;
    const isBehind = (channel: Channel) => !isSameBody || welcome.after[channel] > this.last[channel];
    const missed = (Object.keys(channels) as Channel[]).filter(isBehind);
    this.stream = welcome.stream;
    this.zoneId = welcome.zoneId;
    for (const channel of missed) this.last[channel] = welcome.after[channel];
    this.isWelcome = true;
    this.tries = 0;
    this.blindTries = 0;
    this.silentTries = 0;
    this.emit('message', { name: 'cold', fields: welcome });
    if (isReturn) this.emit('resumed', { isSameBody, missed });
  }

  private skip({ channel, after }: Extract<ColdFromServer, { type: 'gap' }>): void {
    if (after <= this.last[channel]) return;
    this.last[channel] = after;
    this.emit('gap', channel);
  }

  private broken(end: Ended): void {
    const wasIn = this.isWelcome;
    this.isWelcome = false;
    this.socket = undefined;
    if (this.hasEnded || !this.options.reconnect || this.zoneId === '' || !this.isPassing(end.code)) this.finish(end);
    else {
      if (wasIn) this.emit('lost', end);
      void this.comeBack(end, this.options.reconnect);
    }
  }

  private isPassing(code: number): boolean {
    const reason = (Object.keys(closeCodes) as CloseReason[]).find((key) => closeCodes[key] === code);
    if (reason === undefined) return true;
    return passingReasons.includes(reason) || (this.stream !== '' && passingOnReturn.includes(reason));
  }

  private async comeBack(end: Ended, reconnect: (zoneId: string) => Promise<Door>): Promise<void> {
    let toldMs = 0;
    while (this.tries < MAX_TRIES) {
      await this.pause(toldMs);
      this.tries += 1;
      if (this.hasEnded) break;
      const door = await reconnect(this.zoneId).catch((cause: unknown) => {
        toldMs = toldWaitMs(cause);
      });
      if (this.hasEnded) door?.socket.close();
      else if (door) {
        this.attach(door);
        return;
      }
    }
    this.finish(end);
  }

  /**
   * As long as was told, or else between half and the whole of a time that doubles; a little apart in both cases, so that
   * a crowd does not come back at once.
   */
  private pause(toldMs: number): Promise<void> {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    const blindMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** this.blindTries);
    if (toldMs === 0) this.blindTries += 1;
    const [leastMs, spreadMs] = toldMs > 0 ? [toldMs, FIRST_WAIT_MS] : [blindMs / 2, blindMs / 2];
    const jittered = leastMs + spreadMs * (random! / 2 ** 32);
    return this.options.delay?.(jittered) ?? new Promise((resolve) => setTimeout(resolve, jittered));
  }

  private finish(end: Ended): void {
    this.hasEnded = true;
    this.emit('closed', end);
  }
}

/** What a refusal has said of when to come back; 0: nothing. */
function toldWaitMs(cause: unknown): number {
  const { retryAfterMs = 0 } = (cause ?? {}) as { readonly retryAfterMs?: number };
  return Math.min(MOST_TOLD_WAIT_MS, retryAfterMs);
}
