/** Time that only runs when told to: what is due happens in the order of its time, and of its making among equals. */
export class VirtualTime {
  nowMs = 0;
  private readonly due: { readonly atMs: number; readonly happen: () => void }[] = [];

  at(atMs: number, happen: () => void): void {
    let index = this.due.length;
    while (index > 0 && this.due[index - 1]!.atMs > atMs) index -= 1;
    this.due.splice(index, 0, { atMs, happen });
  }

  /** Again and again, each so many milliseconds, from this moment on. */
  every(periodMs: number, fromMs: number, happen: () => void): void {
    this.at(fromMs, () => {
      happen();
      this.every(periodMs, fromMs + periodMs, happen);
    });
  }

  /** Lets everything happen that is due until then. */
  runUntil(untilMs: number): void {
    while (this.due.length > 0 && this.due[0]!.atMs <= untilMs) {
      const next = this.due.shift()!;
      this.nowMs = next.atMs;
      next.happen();
    }
    this.nowMs = untilMs;
  }
}
