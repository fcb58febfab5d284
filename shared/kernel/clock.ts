/** A source of wall-clock time. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
}

const systemClock: Clock = { nowMs: () => Date.now() };
let current: Clock = systemClock;

/** The process's clock: the system's, unless a test or the simulator has put another in its place. */
export const clock: Clock = { nowMs: () => current.nowMs() };

/** Replaces the clock's source and returns the undo. */
export function useClock(source: Clock): () => void {
  const before = current;
  current = source;
  return () => {
    current = before;
  };
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Epoch milliseconds to the ISO 8601 form that the wire uses. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** DynamoDB's TTL attribute: epoch seconds, rounded up so that nothing expires early. */
export function ttlSeconds(epochMs: number): number {
  return Math.ceil(epochMs / SECOND_MS);
}
