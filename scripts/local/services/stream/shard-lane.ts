import { setTimeout as delay } from 'node:timers/promises';
import type { StreamRecord } from './streams-api.ts';

/** Records that a lane holds before its reader waits. */
const MOST_WAITING = 1_000;

export interface ShardLaneOptions {
  readonly batchSize: number;
  /** How long an incomplete batch waits for more. */
  readonly windowMs: number;
  /** Records that do not match are done unseen. */
  readonly matches: (record: StreamRecord) => boolean;
  /** Resolves to false when it was stopped before the batch was done. */
  readonly process: (records: readonly StreamRecord[]) => Promise<boolean>;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly record: StreamRecord;
  readonly done: () => void;
}

/** Works on its records one batch after the other: a batch that does not succeed holds up those behind it. */
export class ShardLane {
  readonly #options: ShardLaneOptions;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #arrived: (() => void) | undefined;
  #roomWanted: (() => void) | undefined;

  constructor(options: ShardLaneOptions) {
    this.#options = options;
  }

  /** Resolves when another record fits, or when the work is stopped. */
  async room(): Promise<void> {
    if (this.#waiting.length < MOST_WAITING || this.#options.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#roomWanted = resolve;
    });
  }

  /** `done` is called once the record needs no more attention. */
  push(record: StreamRecord, done: () => void): void {
    if (!this.#options.matches(record)) {
      done();
      return;
    }
    this.#waiting.push({ record, done });
    if (this.#waiting.length >= this.#options.batchSize) this.#arrived?.();
    this.#working ??= this.#work();
  }

  /** Resolves when nothing waits, or when the work was stopped. */
  async drained(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { batchSize, windowMs, signal } = this.#options;
    // Records of one read are pushed one by one: begin after the last of them.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 && !signal.aborted) {
      if (windowMs > 0 && this.#waiting.length < batchSize) await this.#fill(windowMs);
      const batch = this.#waiting.splice(0, batchSize);
      this.#roomWanted?.();
      if (!(await this.#options.process(batch.map(({ record }) => record)))) break;
      for (const { done } of batch) done();
    }
    this.#roomWanted?.();
    this.#working = undefined;
  }

  async #fill(windowMs: number): Promise<void> {
    const filled = Promise.withResolvers<void>();
    this.#arrived = filled.resolve;
    await Promise.race([
      filled.promise,
      delay(windowMs, undefined, { signal: this.#options.signal }).catch(() => undefined),
    ]);
    this.#arrived = undefined;
  }
}
