import { balance } from '../balance.ts';
import type { ControlKind } from '../definition.ts';

export const controlKinds: readonly ControlKind[] = ['stun', 'root', 'slow', 'silence'];

/** How often each body was held of late, by kind: a further hold lasts shorter, and in the end has none. */
export class ControlMemory {
  private readonly count: Uint8Array;
  private readonly resetTick: Uint32Array;

  constructor(capacity: number) {
    const size = (capacity + 1) * controlKinds.length;
    this.count = new Uint8Array(size);
    this.resetTick = new Uint32Array(size);
  }

  /** What is left of a hold's time, and counts it; 0: immune. */
  shorten(slot: number, kind: ControlKind, ticks: number, tick: number): number {
    const { diminishedPermille, resetTicks } = balance.control;
    const at = slot * controlKinds.length + controlKinds.indexOf(kind);
    const before = tick < this.resetTick[at]! ? this.count[at]! : 0;
    const share = diminishedPermille[before];
    if (share === undefined) return 0;
    this.count[at] = before + 1;
    this.resetTick[at] = tick + resetTicks;
    return Math.max(1, Math.round((ticks * share) / 1_000));
  }

  /** Nothing is remembered of who was in a slot. */
  forget(slot: number): void {
    const from = slot * controlKinds.length;
    this.count.fill(0, from, from + controlKinds.length);
    this.resetTick.fill(0, from, from + controlKinds.length);
  }

  columns(): ArrayBufferView[] {
    return [this.count, this.resetTick];
  }
}
