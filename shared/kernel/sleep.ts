import { setTimeout as systemSleep } from 'node:timers/promises';

type Sleep = (ms: number) => Promise<unknown>;

let current: Sleep = systemSleep;

/** Waits; in the simulator by its own clock. */
export async function sleep(ms: number): Promise<void> {
  await current(ms);
}

/** Replaces how the process waits and returns the undo. */
export function useSleep(next: Sleep): () => void {
  const before = current;
  current = next;
  return () => {
    current = before;
  };
}
