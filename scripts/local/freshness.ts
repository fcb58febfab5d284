import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What bundles and templates are made of, from the repository's root. */
const sources = [
  'content',
  'events',
  'functions',
  'gamelift-fleet',
  'infra',
  'shared',
  'cdk.json',
  'package-lock.json',
];

/** What is out of date: everything after it in the list is made anew with it. */
export type Stale = 'bundles' | 'templates' | 'nothing';

/** Compares times of change: sources with the bundles, and both with the templates. Tests do not count. */
export function findStale(root: string): Stale {
  const builtMs = modifiedMs(join(root, 'dist/functions'));
  const synthesizedMs = modifiedMs(join(root, 'cdk.out/manifest.json'));
  const changedMs = Math.max(...sources.map((source) => newestMs(join(root, source))));
  if (builtMs === undefined || oldestBundleMs(join(root, 'dist/functions')) < changedMs) return 'bundles';
  if (synthesizedMs === undefined || synthesizedMs < newestMs(join(root, 'dist'))) return 'templates';
  return 'nothing';
}

function modifiedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function newestMs(path: string): number {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return 0;
  if (!entry.isDirectory()) return entry.mtimeMs;
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !/\.test\.ts$|\.md$|^testing$|^fixtures$|^node_modules$/.test(name))
    .reduce((newest, { name }) => Math.max(newest, newestMs(join(path, name))), 0);
}

/** One build writes all bundles: the first to be older than a source makes them stale. */
function oldestBundleMs(folder: string): number {
  return readdirSync(folder).reduce(
    (oldest, id) => Math.min(oldest, modifiedMs(join(folder, id, 'index.mjs')) ?? 0),
    Number.POSITIVE_INFINITY,
  );
}

/** Runs one of the repository's scripts to its end. Rejects with the last lines of its output when it fails. */
export function runScript(root: string, script: string, args: readonly string[] = []): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-4_000);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${script} ended with ${code}:\n${output.trim()}`));
    });
  });
}
