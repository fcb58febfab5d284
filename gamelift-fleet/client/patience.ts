const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 3_000;
/** About the time for which a body waits. */
const MAX_TRIES = 110;
/** A server that asks for more patience is asked again after this. */
const MOST_TOLD_WAIT_MS = 10_000;
/** A zone that ticks is never silent: after so long its process stands still, or the line is dead. */
const SILENCE_MS = 4_000;
/**
 * A process that has opened a connection is alive: its welcome may take longer when a whole zone comes back at once, and
 * who asked anew would only lengthen that.
 */
const MOST_PATIENCE = 3;
/** A client that was not stepped for longer stood still itself, and has heard nothing for that reason. */
const STALL_MS = 1_000;

/** How much silence a client bears, and how long it waits from try to try while it comes back. */
export class Patience {
  private readonly silenceMs: number;
  private readonly nowMs: () => number;
  private tries = 0;
  /** Of them those that nobody has told when to come back. */
  private blindTries = 0;
  /** Connections that were given up since the last welcome because nothing was heard. */
  private silentTries = 0;
  private heardAtMs = 0;
  private watchedAtMs = 0;

  constructor({ silenceMs, nowMs }: { readonly silenceMs?: number; readonly nowMs?: () => number }) {
    this.silenceMs = silenceMs ?? SILENCE_MS;
    this.nowMs = nowMs ?? (() => performance.now());
  }

  /** A new connection begins. */
  attached(): void {
    this.heardAtMs = this.nowMs();
    this.watchedAtMs = this.heardAtMs;
  }

  /** The server has given a sign of life. */
  heard(): void {
    this.heardAtMs = this.nowMs();
  }

  /** It is in: what came before counts no more. */
  welcomed(): void {
    this.tries = 0;
    this.blindTries = 0;
    this.silentTries = 0;
  }

  /** The connection was given up. */
  gaveUp(): void {
    this.silentTries += 1;
  }

  /**
   * Whether nothing was heard for too long: longer is borne before a welcome, once the socket is open, and from try to
   * try. To be asked at every step.
   */
  isOver(isWelcome: boolean, isOpen: boolean): boolean {
    const now = this.nowMs();
    const stalledMs = now - this.watchedAtMs;
    if (stalledMs > STALL_MS) this.heardAtMs = Math.min(now, this.heardAtMs + stalledMs);
    this.watchedAtMs = now;
    const beforeWelcome = isOpen ? MOST_PATIENCE : Math.min(MOST_PATIENCE, this.silentTries + 1);
    return now - this.heardAtMs >= this.silenceMs * (isWelcome ? 1 : beforeWelcome);
  }

  get hasTries(): boolean {
    return this.tries < MAX_TRIES;
  }

  /**
   * Before the next try: as long as was told, or else between half and the whole of a time that doubles; a little apart
   * in both cases, so that a crowd does not come back at once.
   * @param toldMs 0: nothing was told
   */
  nextWaitMs(toldMs: number): number {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    const blindMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** this.blindTries);
    this.tries += 1;
    if (toldMs === 0) this.blindTries += 1;
    const [leastMs, spreadMs] = toldMs > 0 ? [toldMs, FIRST_WAIT_MS] : [blindMs / 2, blindMs / 2];
    return leastMs + spreadMs * (random! / 2 ** 32);
  }
}

/** What a refusal has said of when to come back; 0: nothing. */
export function toldWaitMs(cause: unknown): number {
  const { retryAfterMs = 0 } = (cause ?? {}) as { readonly retryAfterMs?: number };
  return Math.min(MOST_TOLD_WAIT_MS, retryAfterMs);
}
