import { cpus } from 'node:os';

/** Asking the system for the size of the process takes longer than many an event: the last answer is good for so long. */
const SIZE_GOOD_FOR_MS = 250;

/** What the machine has left, as the host needs to know it. */
export interface MachineGauge {
  /** Begins a look at the processors; the answer tells which share of all of them has idled since then, 0 to 1. */
  watchIdle(): () => number;
  /** Memory of this process with all its threads, as of the last quarter of a second. */
  residentBytes(): number;
}

export function createMachineGauge(): MachineGauge {
  let residentBytes = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return {
    watchIdle() {
      const before = processorTimes();
      return () => {
        const now = processorTimes();
        const totalMs = now.totalMs - before.totalMs;
        return totalMs === 0 ? 0 : (now.idleMs - before.idleMs) / totalMs;
      };
    },
    residentBytes() {
      const nowMs = performance.now();
      if (nowMs - askedAtMs > SIZE_GOOD_FOR_MS) {
        askedAtMs = nowMs;
        residentBytes = process.memoryUsage.rss();
      }
      return residentBytes;
    },
  };
}

function processorTimes(): { readonly idleMs: number; readonly totalMs: number } {
  let [idleMs, totalMs] = [0, 0];
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idleMs, totalMs };
}
