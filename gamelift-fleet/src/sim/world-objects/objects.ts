/** The objects of a zone, by their index in its definition. They are there from the first tick to the last. */
export class WorldObjects {
  /** Slot of each. */
  readonly slot: Uint16Array;
  /** When each can be used again; 0: it can. */
  readonly readyTick: Uint32Array;
  /** When a door last closed. */
  closedTick = Number.NEGATIVE_INFINITY;

  constructor(count: number) {
    this.slot = new Uint16Array(count);
    this.readyTick = new Uint32Array(count);
  }
}

/** An object that stays used up for so many ticks of a life that begins. */
export interface SpentAtFirst {
  readonly objectId: string;
  readonly ticks: number;
}
