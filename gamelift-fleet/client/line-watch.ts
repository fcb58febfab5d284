import { MAX_SIDE_LINES } from '#shared/contract/zone-protocol.ts';
import { AnswerWatch } from './answer-watch.ts';

/** A frame so late was held up by a loss: nothing else takes a tick and a half longer than the shortest way. */
const HELD_UP_MS = 75;
/** An answer takes the way there and back, up to a tick until the server looks, and what both ways are uneven by. */
const ANSWER_HELD_UP_MS = 150;
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
  /** Inputs, of whose numbers the low byte comes back, and actions. */
  private readonly inputs = new AnswerWatch(0xff);
  private readonly actions = new AnswerWatch(0xffff);
  private count = 0;
  private isLate = false;
  /** When frames were held up of late, whichever line they came over. */
  private holdUpsMs: number[] = [];
  private quietSinceMs = Number.NEGATIVE_INFINITY;

  get sideLines(): number {
    return this.count;
  }

  /** Another connection: what was sent over the one before gets no answer. */
  began(): void {
    this.inputs.clear();
    this.actions.clear();
  }

  sent(what: 'inputs' | 'actions', id: number, nowMs: number): void {
    this[what].sent(id, nowMs);
  }

  answered(what: 'inputs' | 'actions', id: number, nowMs: number): void {
    this[what].answered(id, nowMs);
  }

  /** A frame has come so much later than by the shortest way. `roundTripMs` is the way there and back, once it is known. */
  arrived(lateMs: number, nowMs: number, roundTripMs = Number.POSITIVE_INFINITY): void {
    const wasLate = this.isLate;
    const answerMs = Math.max(this.inputs.look(nowMs), this.actions.look(nowMs));
    this.isLate = lateMs > HELD_UP_MS || answerMs - roundTripMs > ANSWER_HELD_UP_MS;
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
