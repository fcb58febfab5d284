/**
 * How a client waits before it tries again: the one rule for everything that talks to the backend. The wait is drawn
 * evenly from a span that doubles with each failure ("full jitter"), so that those who were cut off or refused at one
 * moment do not come back at one moment. Where the server names a time (Retry-After), the span begins after it.
 */
export interface Backoff {
  /** Span of the first wait. */
  readonly firstMs: number;
  /** No span is longer. */
  readonly mostMs: number;
}

/** A call that was refused with 429 or 503, or a socket that a player wants and has not yet. */
export const CALL_BACKOFF: Backoff = { firstMs: 1_000, mostMs: 20_000 };

/**
 * A socket that has ended without its client wanting it: perhaps all of them have. API Gateway admits 500 new connections
 * a second, so 5,000 players come back within 10 s and none is refused; who is, when there are more, waits longer. A
 * player alone waits 5 s on average, and misses nothing: `last-seq` brings what came meanwhile.
 */
export const RECONNECT_BACKOFF: Backoff = { firstMs: 10_000, mostMs: 20_000 };

/** A client that is not back by then tells its player so: the body is taken out of the zone at the same time. */
export const RECONNECT_GIVES_UP_AFTER_MS = 5 * 60_000;

/**
 * @param failures tries that have failed so far; 0 before the first.
 * @param retryAfterMs what the server has asked for.
 * @param random evenly from 0 up to but without 1.
 */
export function waitMs(
  { firstMs, mostMs }: Backoff,
  failures: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  return retryAfterMs + random() * Math.min(mostMs, firstMs * 2 ** failures);
}

/** What a refusal asks for: its fact `retryAfterMs`, else the seconds of its Retry-After header; 0 when there is neither. */
export function retryAfterMs(header: string | null | undefined, facts?: unknown): number {
  const exact = Number((facts as { readonly retryAfterMs?: unknown } | undefined)?.retryAfterMs ?? 0);
  const seconds = Number(header ?? 0);
  return [exact, seconds * 1_000].find((ms) => Number.isFinite(ms) && ms > 0) ?? 0;
}
