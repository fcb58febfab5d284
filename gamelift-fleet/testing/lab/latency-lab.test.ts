import { describe, expect, it } from 'vitest';
import { runLab } from './latency-lab.ts';

describe('shooter and target', () => {
  it.each([0, 50, 100, 200])(
    'agree on 99 of 100 hits at %i ms with jitter, without corrections',
    async (roundTripMs) => {
      const figures = await runLab({ roundTripMs, jitterMs: 20, lossPercent: 0 }, 3);
      expect(figures.shots).toBeGreaterThan(300);
      expect(figures.agreementPercent).toBeGreaterThanOrEqual(99);
      expect(figures.sideLines).toBe(0);
      expect(figures.notFiredPercent).toBe(0);
      expect(figures.correctionsPerMinute).toBe(0);
      expect(figures.behindCoverP99Ms).toBeLessThanOrEqual(roundTripMs + 250);
    },
  );

  it.each([
    [50, 3],
    [100, 3],
    [200, 1],
    [200, 3],
  ])(
    'agree on as many at %i ms with %i of 100 lost, by side lines, and few shots are not fired',
    async (roundTripMs, lossPercent) => {
      const figures = await runLab({ roundTripMs, jitterMs: 20, lossPercent }, 2);
      expect(figures.shots).toBeGreaterThan(180);
      expect(figures.agreementPercent).toBeGreaterThanOrEqual(99);
      expect(figures.notFiredPercent).toBeLessThan(1);
      expect(figures.sideLines).toBeGreaterThan(0.5);
      expect(figures.correctionsPerMinute).toBe(0);
      expect(figures.behindCoverPercent).toBeLessThan(13);
    },
  );

  it('agree on as many when losses hold up what they send alone, which no frame shows', async () => {
    const figures = await runLab({ roundTripMs: 200, jitterMs: 20, lossPercent: 3, lossyWay: 'up' }, 2);
    expect(figures.shots).toBeGreaterThan(180);
    expect(figures.agreementPercent).toBeGreaterThanOrEqual(99);
    expect(figures.sideLines).toBeGreaterThan(0.5);
  });

  it('agree less with one line alone, which says when it is held up', async () => {
    const figures = await runLab({ roundTripMs: 200, jitterMs: 20, lossPercent: 3 }, 1, 1, { hasSideLines: false });
    expect(figures.sideLines).toBe(0);
    expect(figures.agreementPercent).toBeLessThan(95);
    expect(figures.notFiredPercent).toBeGreaterThan(5);
  });

  it('live through the same again with the same seed', async () => {
    const weather = { roundTripMs: 100, jitterMs: 20, lossPercent: 3 };
    expect(await runLab(weather, 0.5, 9)).toEqual(await runLab(weather, 0.5, 9));
  });
});
