/** What is let in at the edge while so much is under way behind it. */
export interface Admission {
  /** Whether one more request may come in. */
  readonly admitsRequest: () => boolean;
  /** Whether one more socket may come in: a little longer, since who comes with a ticket has been let in once. */
  readonly admitsSocket: () => boolean;
  /** Counts work that somebody waits for, from its beginning to its end. */
  track<T>(work: Promise<T>): Promise<T>;
}

interface Bound {
  /** So many calls may always be under way at once. */
  readonly always: number;
  /** So many as long as the oldest of them is not older than this: the machine keeps up. */
  readonly most: number;
  readonly ageMs: number;
}

/**
 * AWS refuses with 429 what is beyond an account's concurrency; here the machine is the account. Without a bound, a thousand
 * clients who come at once all wait until all of them have waited too long; with one number for every machine, those of a
 * slow or busy one still do.
 */
const ofRequests: Bound = { always: 16, most: 64, ageMs: 2_000 };
const ofSockets: Bound = { always: 24, most: 96, ageMs: 3_000 };

export function createAdmission(nowMs: () => number = () => performance.now()): Admission {
  /** When each call under way began, the oldest first. */
  const underWay = new Set<{ readonly sinceMs: number }>();
  const admits = ({ always, most, ageMs }: Bound) => {
    if (underWay.size < always) return true;
    const [oldest] = underWay;
    return underWay.size < most && nowMs() - oldest!.sinceMs <= ageMs;
  };
  return {
    admitsRequest: () => admits(ofRequests),
    admitsSocket: () => admits(ofSockets),
    async track(work) {
      const call = { sinceMs: nowMs() };
      underWay.add(call);
      try {
        return await work;
      } finally {
        underWay.delete(call);
      }
    },
  };
}
