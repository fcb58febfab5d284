import { SECOND_MS } from '#shared/kernel/clock.ts';

/** How long a worker has before others take over. It is no judgement that it is dead: both may go on. */
export const TAKE_OVER_AFTER_MS = 30 * SECOND_MS;
