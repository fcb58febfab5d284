import { parentPort, type Worker } from 'node:worker_threads';
import { WRITTEN } from './shared-ring.ts';

/** How the thread behind a ring learns that there is something in it: a word that it waits for, or a message. */
export const wakeWays = ['atomics', 'message'] as const;
export type WakeWay = (typeof wakeWays)[number];

/** What is needed of a worker to wake it. */
export type Woken = Pick<Worker, 'postMessage'>;

const WAKE = 0;

/** Wakes the worker that follows this ring, after {@link RingWriter.publish}. */
export function wake(way: WakeWay, worker: Woken, head: Int32Array): void {
  if (way === 'message') worker.postMessage(WAKE);
  else Atomics.notify(head, WRITTEN);
}

/** In the worker: calls `woken` from its event loop whenever the ring may have something new. */
export function onWake(way: WakeWay, head: Int32Array, woken: () => void): void {
  if (way === 'message') {
    parentPort!.on('message', (message) => {
      if (message === WAKE) woken();
    });
    return;
  }
  const follow = async () => {
    for (;;) {
      const seen = Atomics.load(head, WRITTEN);
      woken();
      const change = Atomics.waitAsync(head, WRITTEN, seen);
      if (change.async) await change.value;
    }
  };
  void follow();
}
