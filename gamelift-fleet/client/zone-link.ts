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
import type { Door, LinkOptions, SocketLike } from './link-options.ts';
import { Patience, toldWaitMs } from './patience.ts';
import { SideLines } from './side-lines.ts';

export type { Door, LinkOptions, SocketLike };

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
/** While coming back these can be passing too: the ticket was too old, the zone was between two owners. */
const passingOnReturn: readonly CloseReason[] = ['ticket_invalid', 'hello_timeout', 'zone_full'];

const channelOf = ({ channel }: { readonly channel: number }): Channel => (channel === channels.own ? 'own' : 'zone');

/**
 * The connection under a client: says hello, numbers what it gets, and when it breaks comes back by itself and goes on
 * behind the last number, so that nothing is missed or heard twice.
 */
export class ZoneLink extends Emitter<LinkEvents> {
  private readonly options: LinkOptions;
  private socket: SocketLike | undefined;
  private sides: SideLines | undefined;
  private stream = '';
  /** Where the character is, or is to go on; empty: nobody has said. */
  private zoneId = '';
  private readonly last: Record<Channel, number> = { own: 0, zone: 0 };
  /** Everything that happened in combat up to this tick is known. */
  private knownTick = 0;
  private readonly patience: Patience;
  private isWelcome = false;
  private hasEnded = false;

  constructor(door: Door, options: LinkOptions = {}) {
    super();
    this.options = options;
    this.zoneId = options.zoneId ?? '';
    this.patience = new Patience(options);
    this.attach(door);
  }

  /** Whether what is sent now can arrive. */
  get isLive(): boolean {
    return this.isWelcome && !this.hasEnded;
  }

  /** Answers whether the message is on its way. */
  send(message: ClientMessage): boolean {
    if (!this.isLive) return false;
    const frame = clientFrames.encode(message);
    this.socket?.send(frame);
    this.sides?.copy(frame);
    return true;
  }

  /** Has so many lines beside the main one from here on, if it can. */
  widen(sideLines: number): void {
    if (this.isLive && this.sides?.want(sideLines))
      this.socket?.send(clientFrames.encode({ name: 'widen', fields: {} }));
  }

  /** How many lines are open beside the main one. */
  get sideLines(): number {
    return this.sides?.count ?? 0;
  }

  /** Breaks the connection for good. */
  close(): void {
    this.hasEnded = true;
    this.sides?.close();
    this.socket?.close();
  }

  /** Gives a connection up on which nothing is heard any more, and makes another. To be called at every step. */
  watch(): void {
    const { socket } = this;
    this.sides?.step();
    if (!this.patience.isOver(this.isWelcome, socket?.readyState === OPEN)) return;
    if (!socket || this.hasEnded || !this.options.reconnect) return;
    this.patience.gaveUp();
    // First, so that its close is not taken for one more break.
    this.broken({ code: ABNORMAL_CLOSURE, reason: 'silent' });
    socket.close();
  }

  private attach({ socket, ticket }: Door): void {
    this.socket = socket;
    this.patience.attached();
    this.isWelcome = false;
    const { sideLine } = this.options;
    this.sides =
      sideLine &&
      new SideLines({
        open: () => sideLine(socket),
        heard: (frame, atTick) => this.guarded(socket, () => this.heardAside(frame, atTick)) ?? atTick,
        nowMs: this.options.nowMs ?? (() => performance.now()),
      });
    socket.binaryType = 'arraybuffer';
    const greet = () => {
      if (socket === this.socket) this.patience.heard();
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
    this.patience.heard();
    this.guarded(socket, () => this.received(serverFrames.decode(frame)));
  }

  private guarded<T>(socket: SocketLike, hear: () => T): T | undefined {
    try {
      return hear();
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.hasEnded = true;
      this.sides?.close();
      socket.close(closeCodes.malformed, 'malformed');
      return undefined;
    }
  }

  /**
   * A side line repeats what the main one says. What comes behind its tick is the next thing to know just when that is
   * the newest tick that is known; a fresh view is left to the main line. Answers the tick that it is at now.
   */
  private heardAside(frame: Uint8Array, atTick: number): number {
    const message = serverFrames.decode(frame);
    if (message.name === 'lineFrom') return message.fields.tick;
    const isNext = atTick === this.knownTick;
    if (message.name === 'kept' && isNext) this.received(message);
    if (message.name !== 'tick') return atTick;
    if (isNext && !message.fields.reset) this.received(message);
    return message.fields.tick;
  }

  private received(message: ServerMessage): void {
    if (message.name !== 'kept') {
      const isCopy = this.sides && message.name === 'tick' && !message.fields.reset;
      if (!isCopy || message.fields.tick > this.knownTick) this.take(message);
      return;
    }
    const { seq, message: inner } = message.fields;
    const channel = channelOf(message.fields);
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
    if (message.name === 'lineKey') this.sides?.keyed(message.fields.key);
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
    this.patience.welcomed();
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
    this.sides?.close();
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
    for (let toldMs = 0; this.patience.hasTries; ) {
      await this.pause(this.patience.nextWaitMs(toldMs));
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

  private pause(ms: number): Promise<void> {
    return this.options.delay?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms));
  }

  private finish(end: Ended): void {
    this.hasEnded = true;
    this.emit('closed', end);
  }
}
