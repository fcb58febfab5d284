import { ByteWriter } from '#fleet/protocol/bytes.ts';
import { cellBits, tickBits } from '#fleet/protocol/generated-codec.ts';
import { serverMessages } from '#shared/contract/zone-messages.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { Grid } from '../sim/grid.ts';
import type { Block, CellStreams } from './cell-streams.ts';

/**
 * Puts cell blocks together to tick frames, ready to be written to a socket. All who look from the same cell get the
 * same bytes; only those whose view changes in this tick get a frame of their own.
 */
export class TickFrames {
  private readonly streams: CellStreams;
  private readonly grid: Grid;
  private readonly out = new ByteWriter(16 * 1_024);
  private readonly blocks: Block[] = [];
  private readonly shared = new Map<number, Buffer>();
  private tick = 0;

  constructor(streams: CellStreams, grid: Grid) {
    this.streams = streams;
    this.grid = grid;
  }

  /** Begins a tick, after {@link CellStreams.advance}. */
  begin(tick: number): void {
    this.tick = tick;
    this.shared.clear();
  }

  /** For everybody who has followed the 3×3 cells around this cell since the tick before. */
  following(cell: number): Buffer {
    const known = this.shared.get(cell);
    if (known) return known;
    this.blocks.length = 0;
    for (const seen of this.grid.seenFrom(cell)) this.add(this.streams.delta(seen));
    const frame = this.assemble(0, []);
    this.shared.set(cell, frame);
    return frame;
  }

  /** For one whose view moves from one cell to another. */
  crossing(from: number, to: number): Buffer {
    const before = this.grid.seenFrom(from);
    const after = this.grid.seenFrom(to);
    this.blocks.length = 0;
    for (const cell of after) this.add(before.includes(cell) ? this.streams.delta(cell) : this.streams.snapshot(cell));
    return this.assemble(
      0,
      Array.from(before).filter((cell) => !after.includes(cell)),
    );
  }

  /** For one who begins to look, or has lost the thread: everything in view. */
  fresh(cell: number): Buffer {
    this.blocks.length = 0;
    for (const seen of this.grid.seenFrom(cell)) this.add(this.streams.snapshot(seen));
    return this.assemble(tickBits.reset, []);
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
