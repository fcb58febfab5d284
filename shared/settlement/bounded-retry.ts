import { setTimeout as delay } from 'node:timers/promises';
import { systemRandom } from '#shared/kernel/random.ts';

/** 5 tries within about 2 s, full jitter: then it is left to the sweeper. */
const BACKOFF_MS = [25, 100, 400, 1_600] as const;

/**
 * Runs a step that may be repeated at will until it succeeds, 5 times at most.
 * @throws what the last try threw, or at once what `isFinal` recognises.
 */
export async function withBoundedRetry<T>(run: () => Promise<T>, isFinal: (error: unknown) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const longestMs = BACKOFF_MS[tries];
      if (isFinal(error) || longestMs === undefined) throw error;
      await delay(systemRandom.int(0, longestMs));
    }
  }
}
