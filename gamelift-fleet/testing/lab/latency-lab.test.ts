import { describe, expect, it } from 'vitest';
import { runLab } from './latency-lab.ts';

describe('shooter and target', () => {
  it.each([0, 50, 100, 200])(
    'agree on 99 of 100 hits at %i ms with jitter, without corrections',
    async (roundTripMs) => {
      const figures = await runLab({ roundTripMs, jitterMs: 20, lossPercent: 0 }, 3);
      expect(figures.shots).toBeGreaterThan(300);
      expect(figures.agreementPercent).toBeGreaterThanOrEqual(99);
      expect(figures.correctionsPerMinute).toBe(0);
      expect(figures.behindCoverP99Ms).toBeLessThanOrEqual(roundTripMs + 250);
    },
  );

  it('agree under loss too, as long as what was seen is no older than the server winds back to', async () => {
    const figures = await runLab({ roundTripMs: 100, jitterMs: 20, lossPercent: 1 }, 4);
    expect(figures.inTimeAgreementPercent).toBeGreaterThanOrEqual(98);
    expect(figures.correctionsPerMinute).toBeLessThan(1);
    // However late a shot comes, the victim is hit no farther behind cover than it got in that time.
    expect(figures.behindCoverP99Metres).toBeLessThan(3);
  });

  it('live through the same again with the same seed', async () => {
    const weather = { roundTripMs: 100, jitterMs: 20, lossPercent: 3 };
    expect(await runLab(weather, 0.5, 9)).toEqual(await runLab(weather, 0.5, 9));
  });
});
