import type { LocalClock } from './service.ts';

/** The frame's clock also hands its offset to worker threads, which then see every move at once. */
export interface SharedLocalClock extends LocalClock {
  /** One Float64: milliseconds to add to the system's time. */
  readonly sharedOffset: SharedArrayBuffer;
}

/** A clock that runs with the system's and can be moved forward. */
export function createLocalClock(): SharedLocalClock {
  const sharedOffset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offset = new Float64Array(sharedOffset);
  const listeners = new Set<(nowMs: number) => void | Promise<void>>();
  const offsetMs = () => offset[0]!;
  const nowMs = () => Date.now() + offsetMs();
  return {
    sharedOffset,
    nowMs,
    offsetMs,
    async advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`The clock only moves forward, not by ${ms} ms`);
      offset[0] = offsetMs() + ms;
      await Promise.all([...listeners].map((listener) => listener(nowMs())));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
