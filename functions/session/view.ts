import { SECOND_MS, toIso } from '#shared/kernel/clock.ts';
import type { Answer } from './queue.ts';
import { queueLimits } from './queue-rules.ts';

/** How a player's way into a realm stands, as the API shows it. */
export function shownAnswer(answer: Answer) {
  switch (answer.status) {
    case 'none':
      return answer;
    case 'waiting':
      return { ...answer, refreshInSeconds: queueLimits.refreshMs / 2 / SECOND_MS };
    case 'admitted': {
      const { status, realmId, reservedUntilMs } = answer;
      return { status, realmId, ...(reservedUntilMs === undefined ? {} : { reservedUntil: toIso(reservedUntilMs) }) };
    }
  }
}
