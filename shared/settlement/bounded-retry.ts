import { clock, SECOND_MS } from '#shared/kernel/clock.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { sleep } from '#shared/kernel/sleep.ts';

/** 5 tries within about 2 s, full jitter: then it is left to the sweeper. */
const BACKOFF_MS = [25, 100, 400, 1_600] as const;

/** After that no other try begins: a store that hangs must not hold a call until its function is ended. */
const TRY_FOR_MS = 3 * SECOND_MS;

/**
 * Runs a step that may be repeated at will until it succeeds, 5 times at most and none of them begun after 3 s.
 * @throws what the last try threw, or at once what `isFinal` recognises.
 */
export async function withBoundedRetry<T>(run: () => Promise<T>, isFinal: (error: unknown) => boolean): Promise<T> {
  const beganMs = clock.nowMs();
  for (let tries = 0; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const longestMs = BACKOFF_MS[tries];
      const isLate = clock.nowMs() - beganMs > TRY_FOR_MS;
      if (isFinal(error) || longestMs === undefined || isLate) throw error;
      await sleep(systemRandom.int(0, longestMs));
    }
  }
}
