import { execFileSync } from 'node:child_process';

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** `Z…`: it has ended, and nobody has buried it yet. */
  readonly state: string;
  /** Its command line. */
  readonly args: string;
}

/** SIGKILL, whether it still runs or not. */
export function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A process that has ended and that nobody has buried yet does nothing any more. */
export function isAlive(pid: number): boolean {
  return processes().some((one) => one.pid === pid && !one.state.startsWith('Z'));
}

/** Children of a process, and theirs. */
export function descendantsOf(pid: number): readonly RunningProcess[] {
  const all = processes();
  const below = (parent: number): RunningProcess[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

function processes(): readonly RunningProcess[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [, pid, parent, state, args] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line)!;
    return { pid: Number(pid), parent: Number(parent), state: state!, args: args! };
  });
}
