import { setTimeout as sleep } from 'node:timers/promises';
import { table } from '../report.ts';
import { type Row, Stage } from './round.ts';
import type { Scenario } from './scenario.ts';

const WINDOW_MS = 60_000;
const WARM_UP_MS = 30_000;
/** What a soak must show. */
const limits = { heapPercentPerTenMinutes: 1, loopP99Ms: 20, timersPerConnection: 1 } as const;

/** Slope of the values' least-squares line, per step. */
export function slope(values: readonly number[]): number {
  const count = values.length;
  const meanAt = (count - 1) / 2;
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  const spread = values.reduce((sum, _, at) => sum + (at - meanAt) ** 2, 0);
  return spread === 0 ? 0 : values.reduce((sum, one, at) => sum + (at - meanAt) * (one - mean), 0) / spread;
}

/** Players who come and go for so many minutes; heap after collection, event loop, timers and sockets, minute by minute. */
export async function soak(scenario: Scenario, minutes: number): Promise<void> {
  const stage = new Stage(scenario);
  const windows: Row[] = [];
  try {
    await stage.open();
    await sleep(WARM_UP_MS);
    for (let minute = 0; minute < minutes; minute++) {
      const row = await stage.measure(WINDOW_MS);
      windows.push(row);
      const { server, clients } = row;
      console.log(
        `  minute ${minute + 1}: heap ${server.heapMb.toFixed(1)} MB, RSS ${server.rssMb.toFixed(0)} MB, event loop p99 ${server.loopP99Ms.toFixed(1)} ms, ${server.timers} timers, ${server.sockets} sockets, ${server.connections} connections, ${clients.cameAgain} came again, ${clients.failures} failed`,
      );
    }
  } finally {
    await stage.close();
  }
  const heaps = windows.map(({ server }) => server.heapMb);
  const heap = ((slope(heaps) * 10) / (heaps[0] ?? 1)) * 100;
  const last = windows.at(-1)!.server;
  const loop = Math.max(...windows.map(({ server }) => server.loopP99Ms));
  const spare = {
    timers: last.timers - last.sockets * limits.timersPerConnection,
    sockets: last.sockets - scenario.players,
  };
  const verdict = (isOk: boolean) => (isOk ? 'ok' : 'MISSED');
  console.log(
    `\nSoak: ${scenario.players} players, ${scenario.churnPerSecond} leave and come a second, ${minutes} minutes\n`,
  );
  console.log(
    table(
      ['', 'figure', 'limit', ''],
      [
        ['heap, per 10 minutes', `${heap.toFixed(2)} %`, '1 %', verdict(heap < limits.heapPercentPerTenMinutes)],
        ['event loop p99, worst minute', `${loop.toFixed(1)} ms`, '20 ms', verdict(loop < limits.loopP99Ms)],
        [
          'sockets beyond those of the players',
          `${spare.sockets}`,
          '0',
          verdict(spare.sockets <= scenario.churnPerSecond),
        ],
        ['timers beyond one a connection', `${spare.timers}`, '10', verdict(spare.timers <= 10)],
        [
          'clients that failed to come again',
          `${windows.at(-1)!.clients.failures}`,
          '0',
          verdict(windows.at(-1)!.clients.failures === 0),
        ],
      ],
    ),
  );
}
