import type { SocketLike } from '../../client/zone-link.ts';
import { Connection, type Gate, type Transport } from '../../src/net/connection.ts';
import type { LineKeys } from '../../src/net/side-lines.ts';
import { SeededRandom } from '../../src/sim/random.ts';
import { unframe } from '../zone-harness.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a way through the net is. */
export interface Weather {
  /** There and back without anything in the way. */
  readonly roundTripMs: number;
  /** Each message takes up to so much longer, each way. */
  readonly jitterMs: number;
  /** So many of a hundred messages are lost on their first try, each way. */
  readonly lossPercent: number;
  /** Losses happen on this way alone; unset: on both. */
  readonly lossyWay?: 'up' | 'down' | undefined;
  /** So many of a hundred losses hit every line of a client that sends then, as a moment without radio does; unset: none. */
  readonly commonLossPercent?: number;
  /** Now and then nothing moves for so long, each way. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number };
}

/** So many of a hundred messages are lost on this way. */
const lossPercentOn = (way: 'up' | 'down', { lossPercent, lossyWay = way }: Weather): number =>
  lossyWay === way ? lossPercent : 0;

/** What is lost on all lines of one client at once, each way. */
export class CommonLosses {
  private readonly chances: readonly [up: number, down: number];
  private readonly random: SeededRandom;
  private readonly lastMs = [-1, -1];
  private readonly isLost = [false, false];

  constructor(weather: Weather, seed: number) {
    const chanceOn = (way: 'up' | 'down') => (lossPercentOn(way, weather) * (weather.commonLossPercent ?? 0)) / 10_000;
    this.chances = [chanceOn('up'), chanceOn('down')];
    this.random = new SeededRandom(seed);
  }

  /** Whether what is sent at this moment is lost, in one of the two directions. */
  at(nowMs: number, direction: 0 | 1): boolean {
    if (this.lastMs[direction] !== nowMs) {
      this.lastMs[direction] = nowMs;
      const chance = this.chances[direction];
      this.isLost[direction] = chance > 0 && this.random.unit() < chance;
    }
    return this.isLost[direction]!;
  }
}

/**
 * One direction of a TCP stream: everything comes, in order. What is lost comes later, and what is behind it waits. At
 * 20 messages a second the sender learns of a loss by RACK (RFC 8985, 6.2): the next segment, 50 ms behind, is
 * acknowledged a round trip later, and a quarter of the shortest round trip is left for reordering. So it sends again
 * after 50 ms and 1.25 round trips, before a tail loss probe (7.2: after two round trips without anything sent) or a
 * timeout (Linux: a round trip and 200 ms) would. What is sent again and lost again is found in the same way.
 */
class Stream {
  private readonly time: VirtualTime;
  private readonly weather: Weather;
  private readonly random: SeededRandom;
  private readonly isLostOnAll: () => boolean;
  private lastArrivalMs = 0;
  private stalledUntilMs = 0;
  private nextStallMs: number;

  constructor(time: VirtualTime, weather: Weather, random: SeededRandom, isLostOnAll: () => boolean) {
    this.time = time;
    this.isLostOnAll = isLostOnAll;
    this.weather = weather;
    this.random = random;
    this.nextStallMs = time.nowMs + (weather.stall?.everyMs ?? Number.POSITIVE_INFINITY) * (0.5 + random.unit());
  }

  send(arrive: () => void): void {
    const { time, random, weather } = this;
    const { roundTripMs, jitterMs, lossPercent, commonLossPercent = 0, stall } = weather;
    const ownLossPercent = lossPercent * (1 - commonLossPercent / 100);
    const holdUpMs = 50 + 1.25 * roundTripMs;
    if (stall && time.nowMs >= this.nextStallMs) {
      this.stalledUntilMs = time.nowMs + stall.forMs * random.unit();
      this.nextStallMs = time.nowMs + stall.everyMs * (0.5 + random.unit());
    }
    let atMs = Math.max(time.nowMs, this.stalledUntilMs) + roundTripMs / 2 + random.unit() * jitterMs;
    if (this.isLostOnAll()) atMs += holdUpMs;
    while (random.unit() * 100 < ownLossPercent) atMs += holdUpMs;
    this.lastArrivalMs = Math.max(this.lastArrivalMs, atMs);
    time.at(this.lastArrivalMs, arrive);
  }
}

type Handler = (event: never) => void;

/** A client's socket whose other end is a real connection of the server, with weather in between. */
export class VirtualSocket implements SocketLike {
  binaryType = '';
  readyState = 0;
  private readonly handlers = new Map<string, Handler[]>();
  private readonly up: Stream;
  private readonly down: Stream;
  private readonly connection: Connection;
  private isGone = false;

  /** `losses`: those that this line has in common with others. */
  constructor(
    time: VirtualTime,
    weather: Weather,
    seed: number,
    server: { readonly gate: Gate; readonly keys: LineKeys },
    losses = new CommonLosses(weather, seed),
  ) {
    const { gate, keys } = server;
    const weatherOn = (way: 'up' | 'down') => ({ ...weather, lossPercent: lossPercentOn(way, weather) });
    this.up = new Stream(time, weatherOn('up'), new SeededRandom(seed), () => losses.at(time.nowMs, 0));
    this.down = new Stream(time, weatherOn('down'), new SeededRandom(seed + 1), () => losses.at(time.nowMs, 1));
    const transport: Transport = {
      write: (frames) => {
        for (const payload of unframe(frames))
          this.down.send(() => this.happen('message', { data: Uint8Array.from(payload).buffer }));
      },
      close: (code, reason) => this.down.send(() => this.end(code, reason)),
    };
    this.connection = new Connection({ transport, gate, keys, nowMs: () => time.nowMs, report: () => {} });
    this.up.send(() => {
      this.readyState = 1;
      this.happen('open', undefined);
    });
  }

  addEventListener(type: string, listener: Handler): void {
    this.handlers.set(type, [...(this.handlers.get(type) ?? []), listener]);
  }

  private happen(type: string, event: unknown): void {
    if (this.isGone && type !== 'close') return;
    for (const handler of this.handlers.get(type) ?? []) handler(event as never);
  }

  send(data: Uint8Array): void {
    const frame = Uint8Array.from(data);
    this.up.send(() => {
      if (!this.isGone) this.connection.received(frame);
    });
  }

  close(code = 1000, reason = ''): void {
    this.connection.disconnected();
    this.end(code, reason);
  }

  /** The line breaks without a goodbye. */
  cut(): void {
    if (this.isGone) return;
    this.connection.disconnected();
    this.end(1006, '');
  }

  private end(code: number, reason: string): void {
    if (this.isGone) return;
    this.isGone = true;
    this.happen('close', { code, reason });
  }
}
