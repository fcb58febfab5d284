import type { IMessage } from '@stomp/stompjs';
import { ApiError } from './api-client.ts';
import { CALL_BACKOFF, RECONNECT_BACKOFF, RECONNECT_GIVES_UP_AFTER_MS, waitMs } from './backoff.ts';
import { type OpenSocket, type Stage, StompError, StompLine } from './stomp-line.ts';
import { TopicCursor } from './topic-cursor.ts';

/** A message of a topic, once. */
export interface Pushed {
  readonly destination: string;
  readonly seq: number;
  /** JSON text. */
  readonly body: string;
  /** By `performance.now()`. */
  readonly receivedMs: number;
}

/** Why a client does not come back by itself. */
export type End =
  | { readonly kind: 'session-over'; readonly reason: string | undefined }
  | { readonly kind: 'gave-up'; readonly reason: string }
  | { readonly kind: 'closed'; readonly reason: undefined };

/** What a client goes through that it mends by itself. */
export type Trouble =
  /** The line has ended; it comes back. */
  | { readonly kind: 'cut'; readonly error: StompError | undefined }
  /** A try to come in has failed, and is repeated after this. */
  | { readonly kind: 'failed'; readonly error: Error; readonly waitMs: number }
  /** The topic no longer reached back to what was missed: the state has to be read over HTTP. */
  | { readonly kind: 'gap'; readonly destination: string }
  /** A message has come that the client had already, as may happen; it was not told again. */
  | { readonly kind: 'repeated'; readonly destination: string };

export interface PushClientOptions {
  /** The address of one connection, with a ticket of its own. An ApiError of 401 or 403 says that the session is over. */
  readonly address: () => Promise<string>;
  readonly openSocket: OpenSocket;
  readonly onMessage: (message: Pushed) => void;
  readonly onEnd?: (end: End) => void;
  readonly onTrouble?: (trouble: Trouble) => void;
  /** How long each part of coming in took. */
  readonly observe?: (stage: Stage, durationMs: number) => void;
  /** Evenly from 0 up to but without 1. */
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** One try to come in may take so long: the gateway's own bound on a call. */
const TRY_TIMEOUT_MS = 30_000;

/**
 * A client of the push socket as every game client should be: it comes back by itself, at a time that it draws, and with
 * everything that it listened to and missed; it takes each message once; and it changes to another connection before the
 * gateway ends an old one. Runs in Node and browsers.
 */
export class PushClient {
  private readonly options: PushClientOptions;
  private readonly cursors = new Map<string, TopicCursor>();
  private line: StompLine | undefined;
  private ended: End | undefined;
  private comingBack: Promise<void> | undefined;

  constructor(options: PushClientOptions) {
    this.options = options;
  }

  /** Why it is out for good; undefined as long as it is not. */
  get end(): End | undefined {
    return this.ended;
  }

  /** Whether it has a connection and all its subscriptions at this moment. */
  get isIn(): boolean {
    return this.line !== undefined;
  }

  /** Comes in: at once, and when it is refused, later. @throws Error when it is out for good. */
  connect(): Promise<void> {
    return this.comeIn({ atOnce: true });
  }

  /** Resolves when it is back after a cut. @throws Error when it is out for good. */
  back(): Promise<void> {
    return this.comingBack ?? Promise.resolve();
  }

  /**
   * Listens to a topic, from a number on where one is given, and again after each return. Resolves when the server has
   * confirmed it.
   */
  async subscribe(destination: string, lastSeq?: number): Promise<void> {
    this.cursors.set(destination, this.cursors.get(destination) ?? new TopicCursor(lastSeq));
    await this.back();
    if (!this.line) throw new Error('subscribe after connecting');
    await this.listen(this.line, destination);
  }

  /** The number that the client could resume from; undefined before the topic has answered. */
  lastSeq(destination: string): number | undefined {
    return this.cursors.get(destination)?.lastSeq;
  }

  /** Leaves for good. */
  async close(): Promise<void> {
    this.out({ kind: 'closed', reason: undefined });
    const line = this.line;
    this.line = undefined;
    await line?.close();
  }

  /** The line breaks, as when the radio is lost: the client notices, and comes back. */
  cut(): void {
    const line = this.line;
    if (!line) return;
    line.drop();
    this.lost(line, undefined);
  }

  private out(end: End): void {
    if (this.ended) return;
    this.ended = end;
    this.options.onEnd?.(end);
  }

  private lost(line: StompLine, error: StompError | undefined): void {
    // An older line that was replaced may end as it likes.
    if (this.line !== line) return;
    this.line = undefined;
    if (this.ended) return;
    const over = overBy(error);
    if (over) {
      this.out(over);
      return;
    }
    this.options.onTrouble?.({ kind: 'cut', error });
    // The next connection may be on its way already.
    if (!this.comingBack) this.comeBack(this.comeIn({ atOnce: false }));
  }

  private comeBack(coming: Promise<void>): void {
    this.comingBack = coming.finally(() => {
      this.comingBack = undefined;
    });
    // Told by `onEnd`.
    this.comingBack.catch(() => {});
  }

  private async comeIn({ atOnce }: { atOnce: boolean }): Promise<void> {
    const { sleep = pause, random, onTrouble } = this.options;
    const beganMs = performance.now();
    // Who comes anew is alone; who was cut off may be one of thousands.
    const backoff = atOnce ? CALL_BACKOFF : RECONNECT_BACKOFF;
    if (!atOnce) await sleep(waitMs(backoff, 0, 0, random));
    for (let failures = atOnce ? 0 : 1; !this.ended; failures += 1) {
      try {
        return await this.change();
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        const over = overBy(error) ?? gaveUp(performance.now() - beganMs, error);
        if (over) {
          this.out(over);
          throw error;
        }
        const wait = waitMs(backoff, failures, error instanceof ApiError ? error.retryAfterMs : 0, random);
        onTrouble?.({ kind: 'failed', error, waitMs: wait });
        await sleep(wait);
      }
    }
    throw new Error('the client was closed');
  }

  /** A connection with all subscriptions, each from where it was left. */
  private async open(): Promise<StompLine> {
    const { address, openSocket, observe = () => {} } = this.options;
    const beganMs = performance.now();
    const where = await address();
    observe('ticket', performance.now() - beganMs);
    const line: StompLine = new StompLine({
      address: where,
      openSocket,
      observe,
      onEnd: (error) => this.lost(line, error),
      onReplace: () => this.replace(),
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      line.drop();
    }, TRY_TIMEOUT_MS);
    try {
      await line.connect();
      await Promise.all([...this.cursors.keys()].map((destination) => this.listen(line, destination)));
      return line;
    } catch (error) {
      line.drop();
      throw isLate ? new Error(`not in after ${TRY_TIMEOUT_MS} ms`) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async listen(line: StompLine, destination: string): Promise<void> {
    const cursor = this.cursors.get(destination)!;
    const take = (message: IMessage) => this.take(cursor, destination, message);
    const receipt = await line.subscribe(destination, cursor.lastSeq, take);
    if (receipt['replay-gap'] === 'true') this.skip(cursor, destination, Number(receipt.seq) + 1);
    cursor.begin(Number(receipt.seq));
  }

  private take(cursor: TopicCursor, destination: string, { headers, body }: IMessage): void {
    const seq = Number(headers.seq);
    if (headers['replay-gap'] === 'true') this.skip(cursor, destination, seq);
    if (cursor.take(seq)) this.options.onMessage({ destination, seq, body, receivedMs: performance.now() });
    else this.options.onTrouble?.({ kind: 'repeated', destination });
  }

  private skip(cursor: TopicCursor, destination: string, seq: number): void {
    const before = cursor.lastSeq;
    cursor.skipTo(seq);
    if (before !== cursor.lastSeq) this.options.onTrouble?.({ kind: 'gap', destination });
  }

  /** Opens a connection and goes over to it. */
  private async change(): Promise<void> {
    const line = await this.open();
    if (this.ended) line.drop();
    else this.line = line;
  }

  /** Makes the next connection before it breaks with this one. Where that fails, the old one's end brings it about. */
  private replace(): void {
    const old = this.line;
    if (!old || this.comingBack) return;
    const changing = this.change().then(
      () => old.close(),
      async () => {
        // The old one has ended meanwhile.
        if (!this.line && !this.ended) await this.comeIn({ atOnce: false });
      },
    );
    this.comeBack(changing);
  }
}

function overBy(error: Error | undefined): End | undefined {
  if (error instanceof StompError && error.code === 'socket.session_ended') {
    return { kind: 'session-over', reason: error.reason };
  }
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
    return { kind: 'session-over', reason: error.code };
  }
  return undefined;
}

function gaveUp(sinceMs: number, error: Error): End | undefined {
  return sinceMs < RECONNECT_GIVES_UP_AFTER_MS ? undefined : { kind: 'gave-up', reason: error.message };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
