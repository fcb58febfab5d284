import { ByteWriter } from '#fleet/protocol/bytes.ts';
import { maskBit } from '#fleet/protocol/codec.ts';
import { cellRecord, serverMessages } from '#shared/contract/zone-protocol.ts';
import { binaryFrame } from '../net/ws-frame.ts';
import type { Grid } from '../sim/grid.ts';
import type { CellStreams } from './cell-streams.ts';

const FORGET = maskBit(cellRecord, 'forget');

/**
 * Puts cell blocks together to tick frames, ready to be written to a socket. All who look from the same cell get the
 * same bytes; only those whose view changes in this tick get a frame of their own.
 */
export class TickFrames {
  private readonly streams: CellStreams;
  private readonly grid: Grid;
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
    const blocks: Uint8Array[] = [];
    for (const seen of this.grid.seenFrom(cell)) {
      const block = this.streams.delta(seen);
      if (block) blocks.push(block);
    }
    const frame = this.assemble(0, blocks);
    this.shared.set(cell, frame);
    return frame;
  }

  /** For one whose view moves from one cell to another. */
  crossing(from: number, to: number): Buffer {
    const before = this.grid.seenFrom(from);
    const after = this.grid.seenFrom(to);
    const blocks: Uint8Array[] = [];
    for (const cell of before) if (!after.includes(cell)) blocks.push(forgetBlock(cell));
    for (const cell of after) {
      const block = before.includes(cell) ? this.streams.delta(cell) : this.streams.snapshot(cell);
      if (block) blocks.push(block);
    }
    return this.assemble(0, blocks);
  }

  /** For one who begins to look, or has lost the thread: everything in view. */
  fresh(cell: number): Buffer {
    return this.assemble(
      1,
      Array.from(this.grid.seenFrom(cell), (seen) => this.streams.snapshot(seen)),
    );
  }

  private assemble(reset: number, blocks: readonly Uint8Array[]): Buffer {
    const head = new ByteWriter(16);
    head.u8(serverMessages.tick.id);
    head.u32(this.tick);
    head.u8(reset);
    head.u16(blocks.length);
    return binaryFrame(head.copy(), ...blocks);
  }
}

function forgetBlock(cell: number): Uint8Array {
  return Uint8Array.of(cell & 0xff, cell >>> 8, FORGET);
}
