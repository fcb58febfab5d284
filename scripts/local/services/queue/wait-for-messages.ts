import type { Queue } from './queue.ts';

/** Resolves once `count` messages are visible, after `waitMs`, or when `signal` aborts: whichever comes first. */
export function waitForMessages(queue: Queue, count: number, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (queue.counts.visible >= count || signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    const forget = queue.onVisible(() => {
      if (queue.visibleCount >= count) done();
    });
    signal.addEventListener('abort', done);
  });
}
