import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where stream readers had got to, kept over restarts as Lambda keeps it. */
export class CheckpointFile {
  readonly #path: string;
  #bySource: Record<string, Record<string, string>>;
  #changed = false;

  /** A file that is missing or damaged counts as empty: records are then read again, which at-least-once allows. */
  constructor(path: string) {
    this.#path = path;
    this.#bySource = readJson(path);
  }

  get(sourceId: string, shardId: string): string | undefined {
    return this.#bySource[sourceId]?.[shardId];
  }

  set(sourceId: string, shardId: string, sequenceNumber: string | undefined): void {
    if (sequenceNumber === undefined || this.get(sourceId, shardId) === sequenceNumber) return;
    this.#bySource[sourceId] = { ...this.#bySource[sourceId], [shardId]: sequenceNumber };
    this.#changed = true;
  }

  /** Writes what has changed, whole or not at all. */
  save(): void {
    if (!this.#changed) return;
    this.#changed = false;
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#bySource, null, 2));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function readJson(path: string): Record<string, Record<string, string>> {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
