import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Asks until there is an answer. @throws Error naming what was waited for when the time is up. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what}`);
    await delay(POLL_MS);
  }
}
