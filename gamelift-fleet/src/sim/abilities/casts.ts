/** An ability that takes its time. */
export interface Cast {
  readonly ability: number;
  readonly target: number;
  /** Of the target: another body in its slot is not meant. */
  readonly incarnation: number;
  /** Middle of an area, where it was chosen. */
  readonly aim: { readonly x: number; readonly y: number } | undefined;
  readonly endTick: number;
  /** Of a channel: when its effects come next; 0: at the end alone. */
  nextTick: number;
}

/** Who is at an ability that takes its time, by slot. */
export class Casts {
  /** Whose cast began or ended in this tick: what the wire tells. */
  readonly changed: Uint8Array;
  private readonly bySlot = new Map<number, Cast>();
  private readonly touched: number[] = [];

  constructor(capacity: number) {
    this.changed = new Uint8Array(capacity + 1);
  }

  beginTick(): void {
    for (const slot of this.touched) this.changed[slot] = 0;
    this.touched.length = 0;
  }

  of(slot: number): Cast | undefined {
    return this.bySlot.get(slot);
  }

  all(): IterableIterator<readonly [number, Cast]> {
    return this.bySlot.entries();
  }

  begin(slot: number, cast: Cast): void {
    this.bySlot.set(slot, cast);
    this.note(slot);
  }

  /** Ends it, finished or not. */
  end(slot: number): void {
    if (this.bySlot.delete(slot)) this.note(slot);
  }

  private note(slot: number): void {
    this.changed[slot] = 1;
    this.touched.push(slot);
  }

  /** For the state hash. */
  digest(): string {
    return JSON.stringify([...this.bySlot]);
  }
}
