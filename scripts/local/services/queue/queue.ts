import { randomUUID } from 'node:crypto';
import { attributesMd5, type MessageAttributes, md5 } from './message-digest.ts';

const SECOND_MS = 1_000;
/** SQS's own bound on messages received and not yet deleted. */
const MOST_IN_FLIGHT = 120_000;
/** Ours, so that a forgotten queue cannot eat the machine's memory. */
const MOST_KEPT = 200_000;

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds?: number;
  readonly delaySeconds?: number;
  readonly retentionSeconds?: number;
  readonly maxMessageBytes?: number;
  readonly receiveWaitSeconds?: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  /** Keeps a message after its first deletion and hands it out once more. */
  readonly deliverTwice?: boolean;
  /** Wall clock for delays, retention and timestamps; visibility runs on real time. */
  readonly nowMs: () => number;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes;
  readonly delaySeconds?: number;
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes;
  readonly attributesMd5: string | undefined;
  readonly sentAtMs: number;
  /** Queue that it failed in, for a message in a dead-letter queue. */
  readonly deadLetterSourceArn: string | undefined;
  receiveCount: number;
  firstReceivedAtMs: number | undefined;
  /** Set once it has been deleted for the first time under `deliverTwice`. */
  repeated: boolean;
}

export interface ReceivedMessage {
  readonly receiptHandle: string;
  readonly message: Message;
}

interface Hidden {
  readonly message: Message;
  dueAtMs: number;
}

/** One standard queue in memory: at-least-once, best-effort order, as SQS's documentation describes it. */
export class Queue {
  readonly options: QueueOptions;
  readonly #ready = new Map<string, Message>();
  /** By receipt handle; due on the monotonic clock. */
  readonly #inFlight = new Map<string, Hidden>();
  /** By message id; due on the wall clock. */
  readonly #delayed = new Map<string, Hidden>();
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #deadLetters: Queue | undefined;

  constructor(options: QueueOptions) {
    this.options = options;
  }

  /** Where messages go that were received `maxReceiveCount` times without being deleted. */
  set deadLetters(queue: Queue) {
    this.#deadLetters = queue;
  }

  get visibilityTimeoutMs(): number {
    return (this.options.visibilityTimeoutSeconds ?? 30) * SECOND_MS;
  }

  get counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.settle();
    return { visible: this.#ready.size, inFlight: this.#inFlight.size, delayed: this.#delayed.size };
  }

  /** Messages that can be received, without first settling what is due. */
  get visibleCount(): number {
    return this.#ready.size;
  }

  /** `listener` runs whenever a message has become visible; returns the undo. */
  onVisible(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** False when the queue is full; nothing is kept then. */
  send(message: NewMessage): Message | undefined {
    if (this.#ready.size + this.#inFlight.size + this.#delayed.size >= MOST_KEPT) return undefined;
    const attributes = message.attributes ?? {};
    const kept: Message = {
      id: randomUUID(),
      body: message.body,
      bodyMd5: md5(message.body),
      attributes,
      attributesMd5: attributesMd5(attributes),
      sentAtMs: this.options.nowMs(),
      deadLetterSourceArn: undefined,
      receiveCount: 0,
      firstReceivedAtMs: undefined,
      repeated: false,
    };
    const delayMs = (message.delaySeconds ?? this.options.delaySeconds ?? 0) * SECOND_MS;
    if (delayMs > 0) {
      this.#delayed.set(kept.id, { message: kept, dueAtMs: kept.sentAtMs + delayMs });
      this.#schedule();
    } else {
      this.#show(kept);
    }
    return kept;
  }

  /** Takes over a message that failed elsewhere, or that is moved back. */
  adopt(message: Message, deadLetterSourceArn: string | undefined): void {
    this.#show({ ...message, deadLetterSourceArn, receiveCount: 0, firstReceivedAtMs: undefined, repeated: false });
  }

  /** Up to `most` visible messages, now hidden for the visibility timeout. */
  receive(most: number, visibilityTimeoutMs = this.visibilityTimeoutMs): ReceivedMessage[] {
    this.settle();
    const taken: ReceivedMessage[] = [];
    for (const message of this.#ready.values()) {
      if (taken.length >= most || this.#inFlight.size >= MOST_IN_FLIGHT) break;
      this.#ready.delete(message.id);
      message.receiveCount += 1;
      message.firstReceivedAtMs ??= this.options.nowMs();
      const receiptHandle = randomUUID();
      this.#inFlight.set(receiptHandle, { message, dueAtMs: performance.now() + visibilityTimeoutMs });
      taken.push({ receiptHandle, message });
    }
    if (taken.length > 0) this.#schedule();
    return taken;
  }

  /** Deletes what was received under this handle; a handle that is no longer valid deletes nothing, as in SQS. */
  delete(receiptHandle: string): void {
    const hidden = this.#inFlight.get(receiptHandle);
    if (!hidden) return;
    this.#inFlight.delete(receiptHandle);
    if (this.options.deliverTwice && !hidden.message.repeated) {
      hidden.message.repeated = true;
      hidden.message.receiveCount -= 1;
      this.#show(hidden.message);
    }
  }

  /** Hides a received message for this long from now; 0 shows it at once. False when the handle is not in flight. */
  changeVisibility(receiptHandle: string, timeoutMs: number): boolean {
    const hidden = this.#inFlight.get(receiptHandle);
    if (!hidden) return false;
    hidden.dueAtMs = performance.now() + timeoutMs;
    this.settle();
    this.#schedule();
    return true;
  }

  purge(): void {
    this.#ready.clear();
    this.#inFlight.clear();
    this.#delayed.clear();
  }

  /** Takes every visible message out, for a move to another queue. */
  drain(): Message[] {
    this.settle();
    const all = [...this.#ready.values()];
    this.#ready.clear();
    return all;
  }

  /** Brings every message to where it belongs at this moment. Called by timers, and after the wall clock has moved. */
  settle(): void {
    const wallMs = this.options.nowMs();
    const monotonicMs = performance.now();
    for (const [id, hidden] of this.#delayed) {
      if (hidden.dueAtMs > wallMs) continue;
      this.#delayed.delete(id);
      this.#show(hidden.message);
    }
    for (const [receiptHandle, hidden] of this.#inFlight) {
      if (hidden.dueAtMs > monotonicMs) continue;
      this.#inFlight.delete(receiptHandle);
      const { redrive } = this.options;
      if (redrive && this.#deadLetters && hidden.message.receiveCount >= redrive.maxReceiveCount) {
        this.#deadLetters.adopt(hidden.message, this.options.arn);
      } else {
        this.#show(hidden.message);
      }
    }
    const oldestMs = wallMs - (this.options.retentionSeconds ?? 345_600) * SECOND_MS;
    for (const message of this.#ready.values()) {
      if (message.sentAtMs >= oldestMs) break;
      this.#ready.delete(message.id);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #show(message: Message): void {
    this.#ready.set(message.id, message);
    for (const listener of this.#listeners) listener();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const wallMs = this.options.nowMs();
    const monotonicMs = performance.now();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const { dueAtMs } of this.#delayed.values()) waitMs = Math.min(waitMs, dueAtMs - wallMs);
    for (const { dueAtMs } of this.#inFlight.values()) waitMs = Math.min(waitMs, dueAtMs - monotonicMs);
    if (waitMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(
      () => {
        this.settle();
        this.#schedule();
      },
      Math.min(Math.max(1, Math.ceil(waitMs)), 2 ** 31 - 1),
    );
    this.#timer.unref();
  }
}
