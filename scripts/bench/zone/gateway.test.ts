import { describe, expect, it } from 'vitest';
import { closeCodes } from '#shared/contract/zone-protocol.ts';
import { GatewayClient, GatewayOutlet } from './gateway-client.ts';
import { derive } from './gateway-goal.ts';
import { CLOSE, FRAME, TICK_END, WRITE } from './gateway-link.ts';
import { isRow, runRound } from './round.ts';
import { scenario } from './scenario.ts';
import { RingReader, ringMemory } from './shared-ring.ts';

/** Two threads listen at one port only where the system shares it out. */
const workers = process.platform === 'linux' ? 2 : 1;
/** Wakes are waits for a word here, and nobody waits. */
const noWorker = { postMessage: () => {} };

describe('gateway workers', () => {
  it('give twenty clients every tick, and the tick thread what they say', async () => {
    const row = await runRound(scenario({ server: 'gateway workers', workers, players: 20, inputsPerSecond: 10 }), {
      warmUpMs: 100,
      measureMs: 500,
    });
    if (!isRow(row)) throw new Error(row.failed);
    const { server, clients } = row;
    expect(server.connections).toBe(20);
    expect(clients.framesP50).toBeGreaterThan(1);
    expect(clients.dropped).toBe(0);
    expect(server.corrections).toBe(0);
    expect(server.gateway).toMatchObject({ lostWrites: 0, lostMessages: 0 });
    expect(server.gateway!.workersCpuMs).toBeGreaterThan(0);
    expect(server.gateway!.lastWriteP50Ms).toBeGreaterThan(0);
    const { cpuUserMs, cpuSystemMs, tickThreadCpuMs, gateway } = server;
    expect(tickThreadCpuMs + gateway!.workersCpuMs).toBeLessThan((cpuUserMs + cpuSystemMs) * 1.1);
  }, 60_000);

  it('are told 8 bytes for each client of a frame that many get', () => {
    const memory = ringMemory(1_024);
    const outlet = new GatewayOutlet(noWorker, memory);
    const frame = new Uint8Array(80);
    for (let client = 1; client <= 100; client++) expect(outlet.write(client, frame)).toBe(true);
    outlet.endTick(1, 0);
    const told: number[] = [];
    new RingReader(memory).drain((kind, client) => kind === WRITE && told.push(client));
    expect(told).toEqual(Array.from({ length: 100 }, (_, one) => one + 1));
  });

  it('are told to close whom a full ring has kept from a tick, as soon as there is room', () => {
    const memory = ringMemory(128);
    const outlet = new GatewayOutlet(noWorker, memory);
    const clients = [7, 8].map((number) => new GatewayClient(outlet, number, undefined as never));
    const frame = new Uint8Array(104);
    for (const client of clients) client.write(frame);
    clients[0]!.write(frame);
    clients[0]!.write(frame);
    outlet.endTick(1, 0);
    expect(outlet.lostWrites).toBe(1);
    const told: (readonly [kind: number, client: number, word: number])[] = [];
    const sockets = new RingReader(memory);
    sockets.drain((kind, low, word) => kind !== FRAME && told.push([kind, low, word]));
    expect(told).toEqual([
      [WRITE, 7, 0],
      [WRITE, 8, 0],
    ]);
    told.length = 0;
    outlet.endTick(2, 0);
    sockets.drain((kind, low, word) => kind !== TICK_END && told.push([kind, low, word]));
    expect(told).toEqual([[CLOSE, 7, closeCodes.too_slow]]);
  });

  it('serve as many as the slower of tick thread and workers could, by their processor time', () => {
    // 38.5 ms of each core and tick.
    expect(derive({ tickUs: 1.5, workersUs: 8, othersUs: 0.5 }, 2, 10)).toEqual({
      players: 9_625,
      tickThreadAlone: 19_250,
      zones: 11_550,
    });
    expect(derive({ tickUs: 4, workersUs: 8, othersUs: 1 }, 3, 10).players).toBe(7_700);
  });
});
