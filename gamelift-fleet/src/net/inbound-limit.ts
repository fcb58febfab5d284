/** What one connection may send in a second. More is dropped, far more ends the connection. */
export const inboundLimits = {
  messagesPerSecond: 60,
  bytesPerSecond: 8 * 1_024,
  /** Multiple of either limit at which the connection ends. */
  floodFactor: 4,
} as const;

const WINDOW_MS = 1_000;

export type InboundVerdict = 'take' | 'drop' | 'close';

/** Counts a connection's frames and bytes in windows of one second. */
export class InboundLimit {
  private windowStartMs = Number.NEGATIVE_INFINITY;
  private messages = 0;
  private bytes = 0;

  judge(byteCount: number, nowMs: number): InboundVerdict {
    if (nowMs - this.windowStartMs >= WINDOW_MS) {
      this.windowStartMs = nowMs;
      this.messages = 0;
      this.bytes = 0;
    }
    this.messages += 1;
    this.bytes += byteCount;
    const { messagesPerSecond, bytesPerSecond, floodFactor } = inboundLimits;
    const excess = Math.max(this.messages / messagesPerSecond, this.bytes / bytesPerSecond);
    return excess <= 1 ? 'take' : excess <= floodFactor ? 'drop' : 'close';
  }
}
