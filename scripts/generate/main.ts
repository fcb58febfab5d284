import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { accessPatterns } from './access-patterns.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';

/**
 * Writes the documents that derive from the declarations: `npm run generate`. With `--check` it writes nothing and
 * fails when a committed document is stale.
 */
const documents: ReadonlyArray<readonly [path: string, content: string]> = [
  ['docs/api/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`],
  ['docs/api/asyncapi.json', `${JSON.stringify(asyncApiDocument(), null, 2)}\n`],
  ['docs/access-patterns.md', accessPatterns()],
];

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, content] of documents) {
  const committed = await readFile(path, 'utf8').catch(() => undefined);
  if (committed === content) continue;
  stale.push(path);
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
if (check && stale.length > 0) {
  console.error(`stale, run \`npm run generate\` and commit: ${stale.join(', ')}`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'generated documents are up to date' : `written: ${stale.join(', ')}`);
