const WINDOW = 200;

/** The last 200 durations, for a percentile. */
export class Durations {
  private readonly ring: number[] = [];
  private next = 0;

  add(ms: number): void {
    this.ring[this.next] = ms;
    this.next = (this.next + 1) % WINDOW;
  }

  /** The duration that 99 of 100 stay below or at; 0 before the first. */
  p99(): number {
    const sorted = [...this.ring].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
  }
}
