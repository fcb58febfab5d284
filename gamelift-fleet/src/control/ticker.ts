/** Time and timers, so that tests turn the clock by hand. */
export interface TickerClock {
  nowMs(): number;
  /** Calls once after that time; answers the cancellation. */
  after(ms: number, run: () => void): () => void;
}

/** A monotonic clock with the process's timers. */
export const processClock: TickerClock = {
  nowMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Ticks that are made up for at once after a pause; those beyond are skipped and counted. Players walk on during a pause,
 * and a skipped tick grants them no way: half a second of other programs' work should cost nobody a correction.
 */
const MAX_CATCH_UP = 10;

/** Calls `tick` at a fixed rate without drift: the n-th call is due at start + n · period, however late the ones before. */
export class Ticker {
  private readonly clock: TickerClock;
  private readonly periodMs: number;
  private readonly tick: () => void;
  private dueMs = 0;
  private cancel: (() => void) | undefined;
  /** Ticks that were never made because the process stood still for too long. */
  skipped = 0;

  constructor(periodMs: number, tick: () => void, clock: TickerClock = processClock) {
    this.periodMs = periodMs;
    this.tick = tick;
    this.clock = clock;
  }

  start(): void {
    this.dueMs = this.clock.nowMs() + this.periodMs;
    this.schedule();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private schedule(): void {
    this.cancel = this.clock.after(Math.max(0, this.dueMs - this.clock.nowMs()), () => {
      this.run();
      if (this.cancel) this.schedule();
    });
  }

  private run(): void {
    const behind = Math.floor((this.clock.nowMs() - this.dueMs) / this.periodMs);
    if (behind > MAX_CATCH_UP) {
      const skip = behind - MAX_CATCH_UP;
      this.skipped += skip;
      this.dueMs += skip * this.periodMs;
    }
    // Timers may fire a little early; a tick is never made twice for it, the schedule follows the due time.
    for (let i = 0; i <= MAX_CATCH_UP; i++) {
      this.tick();
      this.dueMs += this.periodMs;
      if (this.clock.nowMs() < this.dueMs) return;
    }
  }
}
