import { readFileSync } from 'node:fs';

/** Open files that a process may have: Node raises its own limit to the hard one. Undefined where the system does not tell. */
export function openFileLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return undefined;
  }
}

/** Beside the sockets: the process's own. */
const SPARE = 100;

/** @throws Error that says what to do, when so many clients cannot be connected. */
export function needOpenFiles(clients: number): void {
  const limit = openFileLimit();
  if (limit !== undefined && clients + SPARE > limit)
    throw new Error(
      `${clients} clients need ${clients + SPARE} open files and ${limit} are allowed: raise \`ulimit -n\``,
    );
}
