import { clock, SECOND_MS } from './clock.ts';
import { systemRandom } from './random.ts';
import { sleep } from './sleep.ts';

/** 5 tries within about 2 s: then whatever it was is left to others. */
const BACKOFF_MS: readonly number[] = [25, 100, 400, 1_600];

/** After that no other try begins: a store that hangs must not hold a call until its function is ended. */
const TRY_FOR_MS = 3 * SECOND_MS;

/**
 * Runs a step that may be repeated at will until it succeeds: one try more than there are waits, and none begun after
 * 3 s.
 * @param backoffMs most to wait after each try, with full jitter
 * @throws what the last try threw, or at once what `isFinal` recognises.
 */
export async function withBoundedRetry<T>(
  run: () => Promise<T>,
  isFinal: (error: unknown) => boolean,
  backoffMs = BACKOFF_MS,
): Promise<T> {
  const beganMs = clock.nowMs();
  for (let tries = 0; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const longestMs = backoffMs[tries];
      const isLate = clock.nowMs() - beganMs > TRY_FOR_MS;
      if (isFinal(error) || longestMs === undefined || isLate) throw error;
      await sleep(systemRandom.int(0, longestMs));
    }
  }
}
