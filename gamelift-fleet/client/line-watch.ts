import { MAX_SIDE_LINES } from '#shared/contract/zone-protocol.ts';

/** A frame so late was held up by a loss: nothing else takes a tick and a half longer than the shortest way. */
const HELD_UP_MS = 75;
/** So often within this time is too often with one line, with two, and so on: one more. */
const MANY_HOLD_UPS = [3, 2, 2] as const;
const WITHIN_MS = 20_000;
/** Not once within this: one fewer. */
const QUIET_MS = 300_000;

/**
 * Decides how many lines a client needs beside its main one: none where nothing is lost. A loss holds a line up for
 * longer than a round trip, and all lines together only as often as each of them loses at the same time.
 */
export class LineWatch {
  private count = 0;
  private isLate = false;
  /** When frames were held up of late, whichever line they came over. */
  private holdUpsMs: number[] = [];
  private quietSinceMs = Number.NEGATIVE_INFINITY;

  get sideLines(): number {
    return this.count;
  }

  /** A frame has come so much later than by the shortest way. */
  arrived(lateMs: number, nowMs: number): void {
    const wasLate = this.isLate;
    this.isLate = lateMs > HELD_UP_MS;
    if (this.isLate) this.quietSinceMs = nowMs;
    if (this.isLate && !wasLate) this.heldUp(nowMs);
    else if (this.count > 0 && nowMs - this.quietSinceMs > QUIET_MS) {
      this.count -= 1;
      this.quietSinceMs = nowMs;
    }
  }

  private heldUp(nowMs: number): void {
    this.holdUpsMs = this.holdUpsMs.filter((atMs) => nowMs - atMs < WITHIN_MS);
    this.holdUpsMs.push(nowMs);
    if (this.count === MAX_SIDE_LINES || this.holdUpsMs.length < MANY_HOLD_UPS[this.count]!) return;
    this.count += 1;
    // What comes now shows what the new line is worth.
    this.holdUpsMs = [];
  }
}
