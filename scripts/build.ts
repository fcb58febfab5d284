import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { validateContent } from '#content/catalogue.ts';
import { domains } from '#functions/domains.ts';
import { bundle, bundlePage, type Entries, fleetEntry, functionEntries, missingSources } from '#scripts/bundle.ts';
import { fingerprint } from '#scripts/fingerprint.ts';

/**
 * Validates content, then bundles every declared function, the fleet and its page into `dist/`. Does nothing when no source has changed
 * since the last build. Fails when a declared function has no source file; those that have one are built
 * nevertheless.
 *
 *   npm run build [-- --force]
 */
const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({ options: { force: { type: 'boolean', default: false } } });

const dist = join(root, 'dist');
const stamp = join(dist, 'build.json');
const key = fingerprint(root, [
  ...['functions', 'shared', 'events', 'content', 'gamelift-fleet'],
  ...['scripts/build.ts', 'scripts/bundle.ts', 'scripts/bundle-plugins.ts', 'package-lock.json'],
]);

if (!options.force && existsSync(stamp) && JSON.parse(readFileSync(stamp, 'utf8')).key === key) {
  console.log('bundles are up to date');
} else {
  await build();
}

/** Removes bundles of functions that are no longer declared. */
function removeStale(entries: Entries): void {
  for (const id of readdirSync(join(dist, 'functions'))) {
    if (!(`functions/${id}/index` in entries)) rmSync(join(dist, 'functions', id), { recursive: true });
  }
}

async function build(): Promise<void> {
  const startedMs = performance.now();
  validateContent();
  const entries = functionEntries(root, domains);
  rmSync(stamp, { force: true });
  const metafile = await bundle(root, entries, dist);
  await bundle(root, fleetEntry(root), dist, 'container');
  await bundlePage(root, join(dist, 'zone-page'));
  removeStale(entries);
  writeFileSync(join(dist, 'meta.json'), JSON.stringify(metafile));
  mkdirSync(join(dist, 'fleet'), { recursive: true });
  for (const file of ['Dockerfile', '.dockerignore'])
    copyFileSync(join(root, 'gamelift-fleet', file), join(dist, 'fleet', file));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${Object.keys(entries).length} bundles and the fleet in dist/ (${seconds} s)`);
  const missing = missingSources(root, domains);
  if (missing.length > 0) {
    console.error(`declared in a contract, but without a source file:\n  ${missing.join('\n  ')}`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(stamp, JSON.stringify({ key }));
}
