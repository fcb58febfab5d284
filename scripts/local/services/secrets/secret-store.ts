import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Versions that a secret remembers; AWS keeps those with labels and about a hundred more. */
const MOST_VERSIONS = 20;
const OWNER_ONLY = 0o600;

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

const Version = z.object({
  id: z.string(),
  text: z.string(),
  stages: z.array(z.string()),
  createdAtMs: z.number(),
});
export type SecretVersion = z.infer<typeof Version>;

const StoreFile = z.record(z.string(), z.array(Version));

/** Versions of every secret by name, kept in a file that only its owner may read; without a path, in memory. */
export class SecretStore {
  readonly #path: string | undefined;
  readonly #versions: Map<string, SecretVersion[]>;

  /** Throws when the file is there and is not a store: what it held may be needed. */
  constructor(path: string | undefined) {
    this.#path = path;
    const saved = path !== undefined && existsSync(path) ? StoreFile.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
    this.#versions = new Map(Object.entries(saved));
  }

  /** Newest first. */
  versions(name: string): readonly SecretVersion[] {
    return this.#versions.get(name) ?? [];
  }

  /** The version with this id, or else with this label. */
  find(name: string, wanted: { readonly id?: string | undefined; readonly stage: string }): SecretVersion | undefined {
    return this.versions(name).find(({ id, stages }) =>
      wanted.id === undefined ? stages.includes(wanted.stage) : id === wanted.id,
    );
  }

  /**
   * Adds a version and moves its labels to it; the version that loses AWSCURRENT becomes AWSPREVIOUS. Repeating an id
   * with the same text changes nothing; with another text it returns undefined.
   */
  put(
    name: string,
    text: string,
    nowMs: number,
    options: { readonly id?: string | undefined; readonly stages?: readonly string[] | undefined } = {},
  ): SecretVersion | undefined {
    const versions = this.#versions.get(name) ?? [];
    const repeated = versions.find(({ id }) => id === options.id);
    if (repeated) return repeated.text === text ? repeated : undefined;
    const stages = [...(options.stages ?? [CURRENT])];
    const loser = stages.includes(CURRENT) ? versions.find((version) => version.stages.includes(CURRENT)) : undefined;
    const moved = new Set([...stages, ...(loser ? [PREVIOUS] : [])]);
    for (const version of versions) version.stages = version.stages.filter((stage) => !moved.has(stage));
    loser?.stages.push(PREVIOUS);
    const added: SecretVersion = { id: options.id ?? randomUUID(), text, stages, createdAtMs: nowMs };
    this.#versions.set(name, [added, ...versions].slice(0, MOST_VERSIONS));
    this.#save();
    return added;
  }

  #save(): void {
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(this.#versions), null, 2), {
      mode: OWNER_ONLY,
    });
    chmodSync(`${this.#path}.new`, OWNER_ONLY);
    renameSync(`${this.#path}.new`, this.#path);
  }
}
