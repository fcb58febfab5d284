import type { Outbox } from './outbox.ts';
import { type Told, Viewer, type ViewStart, type ZoneClient } from './viewer.ts';
import { ViewerColumns } from './viewer-columns.ts';

/** The windows of those who are connected, by the slot of their body. */
export class Viewers {
  readonly columns: ViewerColumns;
  readonly outbox: Outbox;
  private readonly bySlot = new Map<number, Viewer>();

  /** For slots up to this one. */
  constructor(capacity: number, outbox: Outbox) {
    this.outbox = outbox;
    this.columns = new ViewerColumns(capacity + 1);
  }

  get size(): number {
    return this.bySlot.size;
  }

  open(client: ZoneClient, start: ViewStart, told: Told, greeting: Uint8Array): void {
    this.bySlot.set(start.slot, new Viewer(this, client, start, told, greeting));
  }

  close(slot: number): void {
    if (this.bySlot.delete(slot)) this.columns.end(slot);
  }

  get(slot: number): Viewer | undefined {
    return this.bySlot.get(slot);
  }

  slots(): IterableIterator<number> {
    return this.bySlot.keys();
  }

  values(): IterableIterator<Viewer> {
    return this.bySlot.values();
  }
}
