import type { Throttle } from './declaration.ts';

/**
 * Takes one token per call: `burst` at once, refilled at `ratePerSecond`. False when none is left. Without a throttle
 * every call passes.
 */
export function createTokenBucket(throttle: Throttle | undefined, nowMs = () => performance.now()): () => boolean {
  if (!throttle) return () => true;
  let tokens = throttle.burst;
  let filledAtMs = nowMs();
  return () => {
    const now = nowMs();
    tokens = Math.min(throttle.burst, tokens + ((now - filledAtMs) / 1_000) * throttle.ratePerSecond);
    filledAtMs = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
