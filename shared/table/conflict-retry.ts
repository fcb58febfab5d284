import { GameError } from '#shared/contract/errors.ts';
import { systemRandom } from '#shared/kernel/random.ts';
import { sleep } from '#shared/kernel/sleep.ts';

const TRIES = 4;
const FIRST_BACKOFF_MS = 15;

/**
 * Runs a read–decide–commit again when somebody else changed the state in between. The whole decision is taken anew
 * from fresh state each time.
 * @throws GameError `request.conflict` when it loses 4 times in a row.
 */
export async function withConflictRetry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof GameError) || error.code !== 'request.conflict' || tries >= TRIES) throw error;
      await sleep(systemRandom.int(0, FIRST_BACKOFF_MS * 2 ** tries));
    }
  }
}
