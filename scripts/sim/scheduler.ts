import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';

/** What an invocation is about, for those who look at what it does. */
export interface ProcessFacts {
  /** The client's call that it serves: of all tries of one call the same. */
  readonly call?: string;
  /** Whose session it acts under. */
  readonly sessionId?: string;
  /** The subscriber and the event that it handles. */
  readonly delivery?: string;
}

/** Something that runs by itself: a client, an invocation of a function, a sweeper. */
export interface Process {
  readonly id: number;
  readonly name: string;
  readonly facts: ProcessFacts;
  /** Faults strike it; clients and checks are spared. */
  readonly isFaulty: boolean;
  /** Killed: none of its steps is ever answered again. */
  isDead: boolean;
  /** Steps that it has begun: (name, count) names a moment of its life. */
  steps: number;
}

interface Waiting {
  readonly process: Process | undefined;
  readonly go: () => void;
}

interface Timer extends Waiting {
  readonly atMs: number;
  readonly order: number;
}

/** More steps than any simulation needs: it has hung. */
const MAX_STEPS = 2_000_000;

/** One for all simulations of a thread: a context that has one for each of them would be copied at every start. */
const current = new AsyncLocalStorage<{ readonly scheduler: Scheduler; readonly process: Process }>();

/**
 * One thread of virtual time for many processes. Whenever all of them wait, the seed decides which goes on; when none
 * can, time leaps to the next timer. Nothing in it takes real time or depends on it, so that a seed replays exactly.
 */
export class Scheduler {
  private readonly ready: Waiting[] = [];
  private timers: Timer[] = [];
  private processes = 0;
  private order = 0;
  private readonly random: SeededRandom;
  nowMs: number;
  /** Steps taken so far. */
  steps = 0;

  constructor(random: SeededRandom, startMs: number) {
    this.random = random;
    this.nowMs = startMs;
  }

  /** The process that the caller runs in; undefined outside of all. */
  process(): Process | undefined {
    const running = current.getStore();
    return running?.scheduler === this ? running.process : undefined;
  }

  /** Starts a process; its promise settles when it ends, and never when it is killed. */
  start<T>(
    name: string,
    run: () => Promise<T>,
    options: { readonly isFaulty?: boolean; readonly facts?: ProcessFacts } = {},
  ): Promise<T> {
    this.processes += 1;
    const process: Process = {
      id: this.processes,
      name,
      facts: options.facts ?? {},
      isFaulty: options.isFaulty ?? false,
      isDead: false,
      steps: 0,
    };
    return current.run({ scheduler: this, process }, async () => {
      await this.yield();
      return run();
    });
  }

  /** Waits until it is the caller's turn. */
  yield(): Promise<void> {
    return new Promise((go) => {
      this.ready.push({ process: this.process(), go });
    });
  }

  /** Waits for virtual time to pass. */
  sleep(ms: number): Promise<void> {
    return new Promise((go) => {
      this.order += 1;
      this.timers.push({
        atMs: this.nowMs + Math.max(0, Math.ceil(ms)),
        order: this.order,
        process: this.process(),
        go,
      });
    });
  }

  /** What the promise comes to, if it does within so much virtual time; undefined otherwise. */
  within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.order += 1;
      const timer = {
        atMs: this.nowMs + ms,
        order: this.order,
        process: this.process(),
        go: () => resolve(undefined),
      };
      this.timers.push(timer);
      promise.then(resolve, reject).finally(() => {
        const index = this.timers.indexOf(timer);
        if (index >= 0) this.timers.splice(index, 1);
      });
    });
  }

  /** Lets everything run until nothing is left to do, or until the promise settles. */
  async drain<T>(until?: Promise<T>): Promise<T | undefined> {
    let settled: { readonly value?: T; readonly error?: unknown } | undefined;
    until?.then(
      (value) => {
        settled = { value };
      },
      (error: unknown) => {
        settled = { error };
      },
    );
    for (;;) {
      // Microtasks run dry in between: whoever can go on by themselves has come to their next step.
      await turn();
      if (settled) {
        if ('error' in settled) throw settled.error;
        return settled.value;
      }
      const next = this.take();
      if (!next) return undefined;
      if (next.process?.isDead) continue;
      this.steps += 1;
      if (this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps: the simulation does not come to rest`);
      next.go();
    }
  }

  private take(): Waiting | undefined {
    if (this.ready.length === 0) this.leap();
    if (this.ready.length === 0) return undefined;
    const index = this.random.int(0, this.ready.length - 1);
    const [next] = this.ready.splice(index, 1);
    return next;
  }

  /** Moves time to the next timer of a living process and makes all that are due then ready. */
  private leap(): void {
    this.timers = this.timers.filter(({ process }) => !process?.isDead);
    if (this.timers.length === 0) return;
    const atMs = this.timers.reduce((least, timer) => Math.min(least, timer.atMs), Number.POSITIVE_INFINITY);
    const due = this.timers.filter((timer) => timer.atMs === atMs).sort((a, b) => a.order - b.order);
    this.timers = this.timers.filter((timer) => timer.atMs !== atMs);
    this.nowMs = Math.max(this.nowMs, atMs);
    this.ready.push(...due);
  }
}
