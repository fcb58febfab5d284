import { parentPort, workerData } from 'node:worker_threads';
import { nowUs } from './now-us.ts';
import { RingReader } from './shared-ring.ts';
import type { WokenMeasurement } from './wake-cost.ts';
import { onWake, type WakeWay } from './wake-up.ts';

const { way, memory } = workerData as { readonly way: WakeWay; readonly memory: SharedArrayBuffer };
const ring = new RingReader(memory);
const delaysUs: number[] = [];
onWake(way, ring.head, () => ring.drain((_kind, _low, wokenAtUs) => delaysUs.push((nowUs() - wokenAtUs) >>> 0)));
const before = process.threadCpuUsage();
parentPort!.on('message', (message) => {
  if (message !== 'end') return;
  const cpu = process.threadCpuUsage(before);
  parentPort!.postMessage({ delaysUs, cpuUs: cpu.user + cpu.system } satisfies WokenMeasurement);
});
parentPort!.postMessage('ready');
