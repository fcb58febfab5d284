import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The kernel counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Processor time of one part of a benchmark: a process, or all that are named so among those that it has started. */
export interface CpuPart {
  readonly name: string;
  readonly pid: number;
  /** Only this process without its descendants; unset: all descendants that no other part names. */
  readonly command?: string;
}

export interface CpuUse {
  /** Cores that were busy with the benchmark, and with everything else on the machine, on average. */
  readonly ownCores: number;
  readonly foreignCores: number;
  readonly cores: number;
  /** Milliseconds of processor time of each part. */
  readonly partsMs: ReadonlyMap<string, number>;
}

/**
 * Begins to watch who uses the processors; the answer tells what has been used since. Undefined where the system does not
 * tell (only Linux does). Figures of a machine that others use are worth little without it.
 */
export function watchCpu(parts: readonly CpuPart[]): () => CpuUse | undefined {
  const before = look(parts);
  const beganMs = performance.now();
  return () => {
    const now = look(parts);
    if (!before || !now) return undefined;
    const wallMs = performance.now() - beganMs;
    const partsMs = new Map([...now.parts].map(([name, ms]) => [name, ms - (before.parts.get(name) ?? 0)]));
    const ownMs = [...partsMs.values()].reduce((sum, ms) => sum + ms, 0);
    return {
      ownCores: ownMs / wallMs,
      foreignCores: Math.max(0, now.busyMs - before.busyMs - ownMs) / wallMs,
      cores: availableParallelism(),
      partsMs,
    };
  };
}

/** `1.4 of 2 cores, others 0.3` */
export function describeCpu(use: CpuUse | undefined): string {
  if (!use) return 'processors: not told by this system';
  const { ownCores, foreignCores, cores } = use;
  return `${ownCores.toFixed(2)} of ${cores} cores were ours, ${foreignCores.toFixed(2)} used by others`;
}

interface Look {
  readonly busyMs: number;
  readonly parts: ReadonlyMap<string, number>;
}

function look(parts: readonly CpuPart[]): Look | undefined {
  try {
    const processes = readProcesses();
    return { busyMs: busyMs(), parts: new Map(parts.map((part) => [part.name, timeOf(part, parts, processes)])) };
  } catch {
    return undefined;
  }
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly usedMs: number;
}

function readProcesses(): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
      const fields = text.slice(close + 2).split(' ');
      const pid = Number(name);
      found.set(pid, {
        pid,
        parent: Number(fields[1]),
        command: text.slice(open + 1, close),
        // Its own, and that of its children who have ended.
        usedMs: [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) * TICK_MS,
      });
    } catch {
      // It has ended since.
    }
  }
  return found;
}

function timeOf(part: CpuPart, parts: readonly CpuPart[], processes: ReadonlyMap<number, Process>): number {
  const named = new Set(parts.flatMap(({ command }) => command ?? []));
  const roots = new Set(parts.map(({ pid }) => pid));
  const below = (pid: number): Process[] =>
    [...processes.values()].flatMap((one) =>
      one.parent === pid && !roots.has(one.pid) ? [one, ...below(one.pid)] : [],
    );
  const own = processes.get(part.pid);
  const belonging = part.command
    ? below(part.pid).filter(({ command }) => command === part.command)
    : [...(own ? [own] : []), ...below(part.pid).filter(({ command }) => !named.has(command))];
  return belonging.reduce((sum, { usedMs }) => sum + usedMs, 0);
}

/** Time of all processors but idle and waiting for disks. */
function busyMs(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0]!;
  const [user, nice, system, , , irq, softIrq, stolen] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softIrq! + stolen!) * TICK_MS;
}
