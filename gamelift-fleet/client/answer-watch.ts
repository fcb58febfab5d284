interface Sent {
  readonly id: number;
  readonly atMs: number;
}

/** What waits for longer has been forgotten by the server. */
const MOST_WAITING = 256;

/**
 * How long what a client sends waits for its answer: what holds a line up on the way up alone shows in no frame, since
 * those come in time. Answers come in the order of what they answer; one for something later answers what was before.
 */
export class AnswerWatch {
  private readonly idMask: number;
  private readonly waiting: Sent[] = [];
  private longestMs = 0;

  /** `idMask`: what of an id an answer names. */
  constructor(idMask: number) {
    this.idMask = idMask;
  }

  sent(id: number, nowMs: number): void {
    this.waiting.push({ id: id & this.idMask, atMs: nowMs });
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }

  answered(id: number, nowMs: number): void {
    const index = this.waiting.findLastIndex((one) => one.id === id);
    if (index < 0) return;
    this.longestMs = Math.max(this.longestMs, nowMs - this.waiting[0]!.atMs);
    this.waiting.splice(0, index + 1);
  }

  /** Nothing of what was sent will be answered. */
  clear(): void {
    this.waiting.length = 0;
    this.longestMs = 0;
  }

  /** The longest that anything has waited that was answered since the last look, or waits still. */
  look(nowMs: number): number {
    const waitsMs = this.waiting.length > 0 ? nowMs - this.waiting[0]!.atMs : 0;
    const longestMs = Math.max(this.longestMs, waitsMs);
    this.longestMs = 0;
    return longestMs;
  }
}
