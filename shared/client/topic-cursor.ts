/** Numbers that are remembered besides the gapless part: more than any topic's tail holds. */
const REMEMBERED = 256;

/** What a client has of one topic: enough to go on after a pause, and to know what comes twice. */
export class TopicCursor {
  private gapless: number | undefined;
  private readonly recent = new Set<number>();

  /** @param lastSeq what the client has from before; undefined: it wants nothing of the past. */
  constructor(lastSeq?: number) {
    this.gapless = lastSeq;
  }

  /** The highest number below which nothing is missing: `last-seq` of the next SUBSCRIBE. Undefined before the first RECEIPT. */
  get lastSeq(): number | undefined {
    return this.gapless;
  }

  /** Takes a message; false when the client has it already. */
  take(seq: number): boolean {
    if (this.recent.has(seq)) return false;
    this.recent.add(seq);
    this.advance();
    if (this.recent.size > 2 * REMEMBERED) this.forget();
    return true;
  }

  /** The RECEIPT of the first SUBSCRIBE: what was there before is not missed. */
  begin(head: number): void {
    this.gapless ??= head;
    this.advance();
  }

  /** The topic no longer reaches back to what is missing: it goes on at this number. */
  skipTo(seq: number): void {
    this.gapless = Math.max(this.gapless ?? 0, seq - 1);
    this.advance();
  }

  private advance(): void {
    while (this.gapless !== undefined && this.recent.has(this.gapless + 1)) this.gapless += 1;
  }

  private forget(): void {
    const newest = Math.max(...this.recent);
    for (const seq of this.recent) if (seq <= newest - REMEMBERED) this.recent.delete(seq);
  }
}
