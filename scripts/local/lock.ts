import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes the data folder for this process, so that two local clouds never write the same stores, and returns the
 * release. Throws when another living process holds it; what a dead one left behind does not count.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'lock');
  mkdirSync(dataDir, { recursive: true });
  const holder = readHolder(file);
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
    throw new Error(`A local cloud already runs on ${dataDir} (process ${holder}): stop it first`);
  }
  if (holder === process.pid) throw new Error(`This process already runs a local cloud on ${dataDir}`);
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
