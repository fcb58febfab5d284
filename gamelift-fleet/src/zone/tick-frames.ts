import { ByteWriter } from '#fleet/protocol/bytes.ts';
import { cellBits, tickBits } from '#fleet/protocol/generated-codec.ts';
import { serverMessages } from '#shared/contract/zone-messages.ts';
import { TICK_HZ } from '#shared/contract/zone-protocol.ts';
import { binaryFrame } from '../net/ws-frame.ts';
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

/** What a tick tells all who look at the same cells; kept with its view, and made anew in each tick that asks for it. */
interface Shared {
  /** For which tick `frame` and what hangs on it hold. */
  tick: number;
  frame: Buffer;
  isQuiet: boolean;
  /** The frame behind the one that was held back before it. */
  joined: { readonly held: Buffer; readonly bytes: Buffer } | undefined;
  baseline: { readonly tick: number; readonly frame: Buffer } | undefined;
}

const NO_FRAME = Buffer.alloc(0);
const NEVER = -1;

/**
 * Puts cell blocks together to tick frames, ready to be written to a socket. All who look from the same cell get the
 * same bytes; only those whose view changes in this tick get a frame of their own.
 */
export class TickFrames {
  private readonly streams: CellStreams;
  private readonly grid: Grid;
  private readonly out = new ByteWriter(16 * 1_024);
  private readonly blocks: Block[] = [];
  /** Never emptied: a map that is, twenty times a second, lets its garbage grow old, and the pauses long. */
  private readonly shared = new Map<View, Shared>();
  /** Views that are cut down, by the cell from which they look. */
  private readonly cutDown = new Map<number, { readonly view: View; readonly sinceTick: number }>();
  private rung: Rung | undefined;
  private tick = 0;

  constructor(streams: CellStreams, grid: Grid) {
    this.streams = streams;
    this.grid = grid;
  }

  /** Begins a tick, after {@link CellStreams.advance}. */
  begin(tick: number, rung: Rung): void {
    this.tick = tick;
    if (this.rung?.maxInView !== rung.maxInView) {
      for (const { view } of this.cutDown.values()) this.shared.delete(view);
      this.cutDown.clear();
    }
    this.rung = rung;
  }

  /** What one in this cell is to be shown now. */
  viewFrom(cell: number): View {
    const { grid, rung, tick } = this;
    if (rung!.maxInView === Number.POSITIVE_INFINITY) return grid.seenFrom(cell);
    const known = this.cutDown.get(cell);
    if (known && tick - known.sinceTick < REVIEW_TICKS) return known.view;
    const view = nearView(grid, cell, rung!.maxInView, (one) => this.streams.sizeOf(one));
    const same = known && known.view.join() === view.join() ? known.view : view;
    if (known && known.view !== same) this.shared.delete(known.view);
    this.cutDown.set(cell, { view: same, sinceTick: tick });
    return same;
  }

  /** Whether the client in this slot is written to in this tick, whatever it follows. */
  isDue(slot: number, view: View): boolean {
    const { everyTicks, quietEveryTicks } = this.rung!;
    if (quietEveryTicks === 1) return true;
    if ((this.tick + slot) % quietEveryTicks === 0) return true;
    return everyTicks === 1 && !this.follow(view).isQuiet;
  }

  /** For everybody who has followed this view since the tick before, or another one. */
  following(view: View, before = view): Buffer {
    return before === view ? this.follow(view).frame : this.changing(before, view);
  }

  private sharedOf(view: View): Shared {
    const known = this.shared.get(view);
    if (known) return known;
    const shared = { tick: NEVER, frame: NO_FRAME, isQuiet: false, joined: undefined, baseline: undefined };
    this.shared.set(view, shared);
    return shared;
  }

  private follow(view: View): Shared {
    const shared = this.sharedOf(view);
    if (shared.tick === this.tick) return shared;
    this.blocks.length = 0;
    let foughtTick = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < view.length; at++) {
      const cell = view[at]!;
      this.add(this.streams.delta(cell));
      foughtTick = Math.max(foughtTick, this.streams.foughtTick(cell));
    }
    shared.tick = this.tick;
    shared.frame = this.assemble(0, []);
    shared.isQuiet = this.tick - foughtTick > QUIET_AFTER_TICKS;
    shared.joined = undefined;
    if (shared.baseline?.tick !== this.tick) shared.baseline = undefined;
    return shared;
  }

  /** A frame that was held back and the one of {@link following} behind it, in one piece: most who hold one hold the same. */
  joined(held: Buffer, view: View): Buffer {
    const shared = this.follow(view);
    if (shared.joined?.held !== held) shared.joined = { held, bytes: Buffer.concat([held, shared.frame]) };
    return shared.joined.bytes;
  }

  private changing(before: View, after: View): Buffer {
    this.blocks.length = 0;
    for (const cell of after) this.add(before.includes(cell) ? this.streams.delta(cell) : this.streams.snapshot(cell));
    return this.assemble(
      0,
      Array.from(before).filter((cell) => !after.includes(cell)),
    );
  }

  /** For one who begins to look, or has lost the thread: everything in view. */
  fresh(view: View): Buffer {
    const shared = this.sharedOf(view);
    if (shared.baseline?.tick === this.tick) return shared.baseline.frame;
    this.blocks.length = 0;
    for (const cell of view) this.add(this.streams.snapshot(cell));
    const frame = this.assemble(tickBits.reset, []);
    shared.baseline = { tick: this.tick, frame };
    return frame;
  }

  private add(block: Block): void {
    if (block.to > block.from) this.blocks.push(block);
  }

  private assemble(mask: number, forgotten: readonly number[]): Buffer {
    const { out, blocks, streams } = this;
    out.clear();
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
    return binaryFrame(out.bytes.subarray(0, out.length));
  }
}
