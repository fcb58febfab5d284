import { cellBits, tickBits } from '#fleet/protocol/generated-codec.ts';
import { serverMessages } from '#shared/contract/zone-messages.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { FrameArena } from '../net/frame-arena.ts';
import type { Grid } from '../sim/grid.ts';
import type { Block, CellStreams } from './cell-streams.ts';
import { nearView } from './near-view.ts';
import type { Rung } from './overload.ts';

/** The cells that a client is shown. Who is shown the same has the same object. */
export type View = Uint16Array;

/** How long a view that is cut down stays as it is. */
const REVIEW_TICKS = TICK_HZ;
/** A view in which somebody fought so lately is not quiet. */
const QUIET_AFTER_TICKS = 2 * TICK_HZ;

const NEVER = -1;
const NO_FRAME = new Uint8Array(0);
const NO_CELLS: View = new Uint16Array(0);

/** Number, tick, count of cells and mask of a frame; number and bits of a cell that is to be forgotten. */
const MOST_BYTES_AROUND = 1 + 4 + 5 + 5;
const MOST_BYTES_FORGOTTEN = 10;

/** What all who look from one cell are told: made once in a tick that asks for it, kept for the next to be made in its place. */
interface Look {
  view: View;
  /** From this tick on the view is to be looked at again. */
  reviewTick: number;
  /** For which tick the frame and what hangs on it hold. */
  tick: number;
  frame: Uint8Array;
  isQuiet: boolean;
  /** The frame behind the one that was held back before it, or behind what is told to all. */
  joined: { readonly first: Uint8Array; readonly bytes: Uint8Array } | undefined;
  baseline: { readonly tick: number; readonly frame: Uint8Array } | undefined;
}

/**
 * Puts cell blocks together to tick frames, ready to be written to a socket. All who look from the same cell get the
 * same bytes; only those whose view changes in this tick get a frame of their own.
 */
export class TickFrames {
  private readonly streams: CellStreams;
  private readonly grid: Grid;
  private readonly arena = new FrameArena();
  private readonly blocks: Block[] = [];
  /** By the cell from which they look. */
  private readonly looks: readonly Look[];
  private rung: Rung | undefined;
  private tick = 0;

  constructor(streams: CellStreams, grid: Grid) {
    this.streams = streams;
    this.grid = grid;
    this.looks = Array.from({ length: grid.cells }, nothingYet);
  }

  /** Begins a tick, after {@link CellStreams.advance}. */
  begin(tick: number, rung: Rung): void {
    this.tick = tick;
    if (this.rung?.maxInView !== rung.maxInView) for (const look of this.looks) look.reviewTick = NEVER;
    this.rung = rung;
  }

  /**
   * Makes the frame of every cell in which players are. One would be made when it is asked for, but between two writes to
   * sockets what it is made of has to come from far memory again. Where nobody is any more nothing is kept: a frame keeps the
   * whole piece of memory in which it was made.
   */
  makeAll(): void {
    const { looks } = this;
    const { players } = this.grid;
    for (let cell = 0; cell < players.length; cell++)
      if (players[cell]! > 0) this.look(cell);
      else if (looks[cell]!.tick !== NEVER) forget(looks[cell]!);
  }

  /** Whether views are whole: then who looks from the same cell as before sees the same cells. */
  get showsAll(): boolean {
    return this.rung!.maxInView === Number.POSITIVE_INFINITY;
  }

  /** What one in this cell is to be shown now. */
  viewFrom(cell: number): View {
    const look = this.looks[cell]!;
    if (look.reviewTick <= this.tick) this.review(cell, look);
    return look.view;
  }

  private review(cell: number, look: Look): void {
    const { grid, rung, tick } = this;
    const { maxInView } = rung!;
    const isWhole = maxInView === Number.POSITIVE_INFINITY;
    const view = isWhole ? grid.seenFrom(cell) : nearView(grid, cell, maxInView, (one) => this.streams.sizeOf(one));
    look.reviewTick = isWhole ? Number.POSITIVE_INFINITY : tick + REVIEW_TICKS;
    if (view.join() === look.view.join()) return;
    look.view = view;
    forget(look);
  }

  /** Whether the client in this slot is written to in this tick, whatever it follows. */
  isDue(slot: number, cell: number): boolean {
    const { everyTicks, quietEveryTicks } = this.rung!;
    if (quietEveryTicks === 1) return true;
    if ((this.tick + slot) % quietEveryTicks === 0) return true;
    return everyTicks === 1 && !this.look(cell).isQuiet;
  }

  /** For everybody who has been shown what is seen from this cell since the tick before. */
  following(cell: number): Uint8Array {
    const look = this.looks[cell]!;
    return look.tick === this.tick ? look.frame : this.look(cell).frame;
  }

  private look(cell: number): Look {
    const view = this.viewFrom(cell);
    const look = this.looks[cell]!;
    if (look.tick === this.tick) return look;
    this.blocks.length = 0;
    let foughtTick = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < view.length; at++) {
      const seen = view[at]!;
      this.add(this.streams.delta(seen));
      foughtTick = Math.max(foughtTick, this.streams.foughtTick(seen));
    }
    look.tick = this.tick;
    look.frame = this.assemble(0, []);
    look.isQuiet = this.tick - foughtTick > QUIET_AFTER_TICKS;
    look.joined = undefined;
    if (look.baseline?.tick !== this.tick) look.baseline = undefined;
    return look;
  }

  /**
   * A frame that was held back, or what is told to all, and the one of {@link following} behind it, in one piece: most who
   * look from a cell get the same.
   */
  joined(first: Uint8Array, cell: number): Uint8Array {
    const look = this.look(cell);
    if (look.joined?.first !== first) look.joined = { first, bytes: Buffer.concat([first, look.frame]) };
    return look.joined.bytes;
  }

  /** For one whose view was another one up to the tick before. */
  changing(before: View, cell: number): Uint8Array {
    const after = this.viewFrom(cell);
    this.blocks.length = 0;
    for (const seen of after) this.add(before.includes(seen) ? this.streams.delta(seen) : this.streams.snapshot(seen));
    return this.assemble(
      0,
      Array.from(before).filter((seen) => !after.includes(seen)),
    );
  }

  /** For one who begins to look, or has lost the thread: everything in view. */
  fresh(cell: number): Uint8Array {
    const view = this.viewFrom(cell);
    const look = this.looks[cell]!;
    if (look.baseline?.tick === this.tick) return look.baseline.frame;
    this.blocks.length = 0;
    for (const seen of view) this.add(this.streams.snapshot(seen));
    const frame = this.assemble(tickBits.reset, []);
    look.baseline = { tick: this.tick, frame };
    return frame;
  }

  private add(block: Block): void {
    if (block.to > block.from) this.blocks.push(block);
  }

  private assemble(mask: number, forgotten: readonly number[]): Uint8Array {
    const { arena, blocks, streams } = this;
    let most = MOST_BYTES_AROUND + forgotten.length * MOST_BYTES_FORGOTTEN;
    for (let at = 0; at < blocks.length; at++) most += blocks[at]!.to - blocks[at]!.from;
    const out = arena.begin(most);
    out.u8(serverMessages.tick.id);
    out.u32(this.tick);
    out.varint(blocks.length + forgotten.length);
    for (const cell of forgotten) {
      out.varint(cell);
      out.varint(cellBits.forget);
    }
    const { bytes } = streams;
    for (let at = 0; at < blocks.length; at++) out.part(bytes, blocks[at]!.from, blocks[at]!.to);
    out.varint(mask);
    return arena.end();
  }
}

function forget(look: Look): void {
  look.tick = NEVER;
  look.frame = NO_FRAME;
  look.joined = undefined;
  look.baseline = undefined;
}

function nothingYet(): Look {
  return {
    ...{ view: NO_CELLS, reviewTick: NEVER, tick: NEVER, frame: NO_FRAME },
    ...{ isQuiet: false, joined: undefined, baseline: undefined },
  };
}
