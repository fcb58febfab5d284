import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

export interface LogFiles {
  /** Appends a line, with the time before it, to `<name>.log`. */
  write(name: string, line: string): void;
  names(): string[];
  /** The last lines of a log; undefined when there is none of that name. */
  tail(name: string, lines: number): string[] | undefined;
  close(): Promise<void>;
}

/** One file per function and service in `folder`; a start begins them anew. */
export function openLogs(folder: string): LogFiles {
  mkdirSync(folder, { recursive: true });
  const streams = new Map<string, WriteStream>();
  const fileOf = (name: string) => join(folder, `${name.replaceAll(/[^\w.-]/g, '-')}.log`);
  return {
    write(name, line) {
      let stream = streams.get(name);
      if (!stream) {
        stream = createWriteStream(fileOf(name), { flags: 'w' });
        streams.set(name, stream);
      }
      stream.write(`${new Date().toISOString()} ${line}\n`);
    },
    names: () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.log'))
        .map((file) => file.slice(0, -'.log'.length))
        .sort(),
    tail(name, lines) {
      const file = fileOf(name);
      if (!existsSync(file)) return undefined;
      return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
    },
    close: async () => {
      await Promise.all([...streams.values()].map((stream) => new Promise<void>((resolve) => stream.end(resolve))));
    },
  };
}
