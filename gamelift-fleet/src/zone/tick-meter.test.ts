import { describe, expect, it } from 'vitest';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { overloadLadder } from './overload.ts';
import { TickMeter } from './tick-meter.ts';

/** A meter whose ticks take as long as they are told. */
function meterOf(options?: ConstructorParameters<typeof TickMeter>[1]) {
  const time = { nowMs: 0 };
  const meter = new TickMeter(() => time.nowMs, options);
  const run = (ticks: number, tookMs: number | (() => number)) => {
    for (let i = 0; i < ticks; i++) {
      meter.begin();
      time.nowMs += typeof tookMs === 'number' ? tookMs : tookMs();
      meter.finished('send');
      meter.end();
    }
  };
  return { meter, run };
}

describe('the overload ladder', () => {
  it('stays at its foot while ticks are short, whatever a single one takes', () => {
    const { meter, run } = meterOf();
    run(100, 10);
    run(1, 200);
    run(100, 10);
    expect(meter.level).toBe(0);
    expect(meter.rung.admits).toBe(true);
  });

  it('goes up one rung a second at most, and closes the door at its top', () => {
    const { meter, run } = meterOf();
    let before = 0;
    for (let second = 0; second < 12; second++) {
      run(TICK_HZ, 49);
      expect(meter.level - before).toBeLessThanOrEqual(1);
      before = meter.level;
    }
    expect(meter.level).toBe(overloadLadder.length - 1);
    expect(meter.rung.admits).toBe(false);
  });

  it('does not swing when a rung relieves the load that led to it', () => {
    const { meter, run } = meterOf();
    let changes = 0;
    let before = 0;
    // Half of the writes, half of the time.
    const relieved = () => (meter.rung.quietEveryTicks === 1 ? 28 : meter.rung.everyTicks === 1 ? 14 : 14.5);
    for (let second = 0; second < 120; second++) {
      run(TICK_HZ, relieved);
      if (meter.level !== before) changes += 1;
      before = meter.level;
    }
    expect(meter.level).toBe(1);
    expect(changes).toBe(1);
  });

  it('comes down again rung by rung when the load is gone', () => {
    const { meter, run } = meterOf();
    run(20 * TICK_HZ, 49);
    run(4 * TICK_HZ, 5);
    expect(meter.level).toBe(overloadLadder.length - 2);
    run(60 * TICK_HZ, 5);
    expect(meter.level).toBe(0);
  });

  it('holds the lowest rung that it is told', () => {
    const { meter, run } = meterOf({ lowestLevel: 2 });
    run(30 * TICK_HZ, 1);
    expect(meter.level).toBe(2);
  });

  it('leaves every rung by a wide margin below where it was entered, so that it holds', () => {
    for (const [at, rung] of overloadLadder.entries()) {
      if (at === 0) continue;
      expect(rung.untilMs).toBeLessThan(rung.fromMs);
      expect(rung.fromMs).toBeGreaterThan(overloadLadder[at - 1]!.fromMs);
    }
  });
});
