import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { median, percentile } from '../report.ts';
import { nowUs } from './now-us.ts';
import { RingWriter, ringMemory } from './shared-ring.ts';
import { type WakeWay, wake, wakeWays } from './wake-up.ts';

/** What it costs to wake another thread that sleeps. */
export interface WakeCost {
  readonly way: WakeWay;
  /** Time of the call that wakes, and processor time of the thread that is woken. */
  readonly wakerUs: number;
  readonly wokenUs: number;
  /** From the call until the other thread runs. */
  readonly delayP50Us: number;
  readonly delayP99Us: number;
}

/** What the woken thread of `wake-cost-worker.ts` answers. */
export interface WokenMeasurement {
  readonly delaysUs: readonly number[];
  readonly cpuUs: number;
}

const WAKES = 400;
const PAUSE_MS = 1;
const ROUNDS = 3;
const RING_BYTES = 4_096;

async function round(way: WakeWay): Promise<WakeCost> {
  const memory = ringMemory(RING_BYTES);
  const ring = new RingWriter(memory);
  const worker = new Worker(new URL('./wake-cost-worker.ts', import.meta.url), { workerData: { way, memory } });
  await once(worker, 'message');
  const wakerUs: number[] = [];
  for (let one = 0; one < WAKES; one++) {
    await sleep(PAUSE_MS);
    const beganUs = nowUs();
    ring.put(1, 0, beganUs | 0);
    ring.publish();
    wake(way, worker, ring.head);
    wakerUs.push((nowUs() - beganUs) >>> 0);
  }
  const answer = once(worker, 'message') as Promise<[WokenMeasurement]>;
  worker.postMessage('end');
  const [{ delaysUs, cpuUs }] = await answer;
  await worker.terminate();
  return {
    way,
    wakerUs: median(wakerUs),
    wokenUs: cpuUs / delaysUs.length,
    delayP50Us: median(delaysUs),
    delayP99Us: percentile(delaysUs, 99),
  };
}

/** Both ways in turn, medians of the rounds; some seconds. */
export async function wakeCosts(): Promise<WakeCost[]> {
  const rounds: WakeCost[] = [];
  for (let one = 0; one < ROUNDS; one++) for (const way of wakeWays) rounds.push(await round(way));
  return wakeWays.map((way) => {
    const own = rounds.filter((one) => one.way === way);
    const middle = (of: Exclude<keyof WakeCost, 'way'>) => median(own.map((one) => one[of]));
    return {
      way,
      wakerUs: middle('wakerUs'),
      wokenUs: middle('wokenUs'),
      delayP50Us: middle('delayP50Us'),
      delayP99Us: middle('delayP99Us'),
    };
  });
}
