import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { accessPatterns } from './access-patterns.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';
import { zoneCodec } from './zone-codec.ts';
import { zoneProtocolPage } from './zone-protocol-page.ts';

const ZONE_CODEC = 'gamelift-fleet/protocol/generated-codec.ts';

/** Source as it stands in the repository. */
function formatted(path: string, source: string): string {
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${path}`], {
    input: source,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the formatter refuses ${path}: ${stderr}`);
  return stdout;
}

/**
 * Writes the documents and sources that derive from the declarations: `npm run generate`. With `--check` it writes nothing and
 * fails when a committed document is stale.
 */
const documents: ReadonlyArray<readonly [path: string, content: string]> = [
  ['docs/api/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`],
  ['docs/api/asyncapi.json', `${JSON.stringify(asyncApiDocument(), null, 2)}\n`],
  ['docs/access-patterns.md', accessPatterns()],
  ['docs/api/zone-protocol.md', zoneProtocolPage()],
  [ZONE_CODEC, formatted(ZONE_CODEC, zoneCodec())],
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
