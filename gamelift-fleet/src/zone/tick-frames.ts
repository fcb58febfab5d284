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

/** What one tick tells all who follow the same view. */
interface Shared {
  readonly frame: Buffer;
  readonly isQuiet: boolean;
  /** The frame behind the one that was held back before it. */
  joined: { readonly held: Buffer; readonly bytes: Buffer } | undefined;
}

/**
 * Puts cell blocks together to tick frames, ready to be written to a socket. All who look from the same cell get the
 * same bytes; only those whose view changes in this tick get a frame of their own.
 */
export class TickFrames {
  private readonly streams: CellStreams;
  private readonly grid: Grid;
  private readonly out = new ByteWriter(16 * 1_024);
  private readonly blocks: Block[] = [];
  private readonly shared = new Map<View, Shared>();
  private readonly baselines = new Map<View, Buffer>();
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
    if (this.rung?.maxInView !== rung.maxInView) this.cutDown.clear();
    this.rung = rung;
    this.shared.clear();
    this.baselines.clear();
  }

  /** What one in this cell is to be shown now. */
  viewFrom(cell: number): View {
    const { grid, rung, tick } = this;
    if (rung!.maxInView === Number.POSITIVE_INFINITY) return grid.seenFrom(cell);
    const known = this.cutDown.get(cell);
    if (known && tick - known.sinceTick < REVIEW_TICKS) return known.view;
    const view = nearView(grid, cell, rung!.maxInView, (one) => this.streams.sizeOf(one));
    const same = known && known.view.join() === view.join() ? known.view : view;
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

  private follow(view: View): Shared {
    const known = this.shared.get(view);
    if (known) return known;
    this.blocks.length = 0;
    let foughtTick = Number.NEGATIVE_INFINITY;
    for (const cell of view) {
      this.add(this.streams.delta(cell));
      foughtTick = Math.max(foughtTick, this.streams.foughtTick(cell));
    }
    const isQuiet = this.tick - foughtTick > QUIET_AFTER_TICKS;
    const shared: Shared = { frame: this.assemble(0, []), isQuiet, joined: undefined };
    this.shared.set(view, shared);
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
    const known = this.baselines.get(view);
    if (known) return known;
    this.blocks.length = 0;
    for (const cell of view) this.add(this.streams.snapshot(cell));
    const frame = this.assemble(tickBits.reset, []);
    this.baselines.set(view, frame);
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
    for (const { from, to } of blocks) out.raw(bytes.subarray(from, to));
    out.varint(mask);
    return binaryFrame(out.bytes.subarray(0, out.length));
  }
}
