import { describe, expect, it } from 'vitest';
import { FrameCounter } from './frame-counter.ts';
import { isRow, runRound } from './round.ts';
import { cellsPerSide, scenario } from './scenario.ts';
import { slope } from './soak.ts';
import { torusGrid } from './torus.ts';
import { Walkers } from './walkers.ts';

describe('the parts of the zone benchmark', () => {
  it.each(['zone', 'colyseus view'] as const)(
    'runs %s with twenty clients who get every tick',
    async (server) => {
      const row = await runRound(scenario({ server, players: 20, inputsPerSecond: server === 'zone' ? 10 : 0 }), {
        warmUpMs: 100,
        measureMs: 500,
      });
      if (!isRow(row)) throw new Error(row.failed);
      expect(row.server.connections).toBe(20);
      expect(row.server.ticks).toBeGreaterThan(1);
      expect(row.clients.framesP50).toBeGreaterThan(1);
      expect(row.clients.bytesPerSecond).toBeGreaterThan(0);
      expect(row.clients.dropped).toBe(0);
      expect(row.usPerClientTick).toBeGreaterThan(0);
      expect(row.server.corrections ?? 0).toBe(0);
    },
    60_000,
  );

  it('counts frames through any pieces of the stream', () => {
    const payloads = [1, 125, 126, 300, 65_536].map((length) => Buffer.alloc(length, length & 0xff));
    const stream = Buffer.concat(
      payloads.map((payload) => {
        const { length } = payload;
        const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
        header[0] = 0x82;
        header[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
        if (header.length === 4) header.writeUInt16BE(length, 2);
        if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
        return Buffer.concat([header, payload]);
      }),
    );
    for (const piece of [1, 2, 3, 7, 64, 100_000]) {
      const counter = new FrameCounter();
      const seen: [number, number][] = [];
      for (let at = 0; at < stream.length; at += piece) {
        const chunk = stream.subarray(at, at + piece);
        counter.take(chunk, chunk.length, (head, from, payload) => seen.push([payload, head[from]!]));
      }
      expect(seen).toEqual(payloads.map(({ length }) => [length, length & 0xff]));
      expect(counter.bytes).toBe(stream.length);
    }
  });

  it('shows everybody the same number of cells, and as many entities as were asked for on average', () => {
    const what = scenario({ server: 'zone', players: 1_250 });
    const side = cellsPerSide(what);
    const grid = torusGrid(side, what.players);
    const walkers = new Walkers(what.players, side * 20, 1);
    for (let one = 0; one < what.players; one++) grid.insert(one + 1, walkers.x[one]!, walkers.y[one]!, true);
    let inView = 0;
    for (let one = 1; one <= what.players; one++) {
      const seen = grid.seenFrom(grid.cellOf[one]!);
      expect(seen).toHaveLength(9);
      for (const cell of seen) inView += grid.players[cell]!;
    }
    expect(Math.abs(inView / what.players - 31)).toBeLessThan(3);
  });

  it('knows the slope of what grows', () => {
    expect(slope([5, 5, 5])).toBe(0);
    expect(slope([1, 3, 5, 7])).toBeCloseTo(2);
  });
});
