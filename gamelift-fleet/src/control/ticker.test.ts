import { describe, expect, it } from 'vitest';
import { Ticker, type TickerClock } from './ticker.ts';

/** A clock whose timers fire late by what the test says. */
class FakeClock implements TickerClock {
  now = 0;
  private timer: { readonly at: number; readonly run: () => void } | undefined;

  nowMs(): number {
    return this.now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.timer = timer;
    return () => {
      if (this.timer === timer) this.timer = undefined;
    };
  }

  fire(lateMs = 0): void {
    const { timer } = this;
    this.timer = undefined;
    if (!timer) throw new Error('no timer');
    this.now = timer.at + lateMs;
    timer.run();
  }

  get hasTimer(): boolean {
    return this.timer !== undefined;
  }
}

describe('Ticker', () => {
  it('keeps its rate when every timer is late', () => {
    const clock = new FakeClock();
    let ticks = 0;
    const ticker = new Ticker(50, () => ticks++, clock);
    ticker.start();
    while (clock.now < 10_000) clock.fire(13);
    expect(ticks).toBe(Math.floor(clock.now / 50));
    expect(ticker.skipped).toBe(0);
  });

  it('makes up for a short pause at once', () => {
    const clock = new FakeClock();
    let ticks = 0;
    new Ticker(50, () => ticks++, clock).start();
    clock.fire(200);
    expect(ticks).toBe(5);
  });

  it('skips what a long pause has cost, and counts it', () => {
    const clock = new FakeClock();
    let ticks = 0;
    const ticker = new Ticker(50, () => ticks++, clock);
    ticker.start();
    clock.fire(5_000);
    expect(ticks + ticker.skipped).toBe(101);
    expect(ticks).toBe(11);
    clock.fire();
    expect(ticks).toBe(12);
  });

  it('stops', () => {
    const clock = new FakeClock();
    const ticker = new Ticker(50, () => ticker.stop(), clock);
    ticker.start();
    clock.fire();
    expect(clock.hasTimer).toBe(false);
  });
});
