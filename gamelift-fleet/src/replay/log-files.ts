import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSink } from './input-log.ts';

/** Of every zone so many lives are kept, the newest ones. */
const KEPT_LIVES = 8;

/** A new file for a zone's life, in place of the oldest one when there are too many. */
export function openLogFile(directory: string, zoneId: string, epoch: number, failed: (cause: Error) => void): LogSink {
  mkdirSync(directory, { recursive: true });
  const prefix = `${zoneId}.`;
  const lives = readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.inputs'))
    .map((name) => ({ path: join(directory, name), at: statSync(join(directory, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of lives.slice(KEPT_LIVES - 1)) rmSync(path);
  const stream = createWriteStream(join(directory, `${prefix}${epoch}.inputs`));
  // A disk that fails costs the log alone.
  stream.on('error', failed);
  return {
    write: (line) => void stream.write(line),
    get pendingBytes() {
      return stream.destroyed ? Number.POSITIVE_INFINITY : stream.writableLength;
    },
  };
}
