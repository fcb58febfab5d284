import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { domains } from '#functions/domains.ts';
import { bundle } from '#scripts/bundle.ts';
import { bundleOf, type DomainFunction, functionsOf } from '#shared/contract/domain.ts';

/**
 * Most that a function's bundle may have above a handler that does nothing: bytes and import CPU above the bare one, and
 * bytes above the trimmed one, so that what trimming has won is not spent again. Content counts, and what a domain's
 * `public.ts` brings with it, but for entities that nobody touches.
 */
export const bundleBudget = { bytes: 205_000, bytesAboveTrimmed: 300_000, importCpuMs: 35 } as const;

/** Functions that may have more bytes above the trimmed floor, each with its reason. */
export const bundleAllowances: Readonly<Partial<Record<string, number>>> = {
  // Reads something of nearly every domain, at most once a day for each player, who waits for a file and not for a move.
  'account.export-data': 335_000,
  // Move items and money of two players: inventory, mail, settlement and ledger at once.
  'trade.accept': 320_000,
  'mail.send': 310_000,
  // What staff do: items, money, mail and zones at once, some times in an hour.
  'custody.claw-back': 313_000,
  'custody.grant': 313_000,
  'custody.approve-proposal': 313_000,
};

/**
 * A function's bundle beside its floor, a handler that does nothing with the same clients of stores and services: once as
 * esbuild alone bundles it (bare), and once with what our build leaves out of the SDK (trimmed).
 */
export interface BundleSize {
  readonly fn: DomainFunction;
  readonly file: string;
  readonly bytes: number;
  readonly bareFile: string;
  readonly bareBytes: number;
  readonly floorFile: string;
  readonly floorBytes: number;
}

/**
 * Sizes of the last build's bundles but those of deployment functions, with both floors of each, largest excess first.
 * @throws Error when there is no build.
 */
export async function bundleSizes(root: string): Promise<BundleSize[]> {
  const { outputs } = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as Metafile;
  const functions = domains
    .flatMap(functionsOf)
    .filter(servesPlayers)
    .flatMap((fn) => {
      const file = `${bundleOf(fn)}/index.mjs`;
      const output = outputs[file];
      return output ? [{ fn, file, bytes: output.bytes, source: floorSource(output) }] : [];
    });
  const floors = await buildFloors(root, [...new Set(functions.map(({ source }) => source))]);
  return functions
    .map(({ source, ...size }) => ({ ...size, ...floors.get(source)! }))
    .sort((a, b) => b.bytes - b.floorBytes - (a.bytes - a.floorBytes));
}

/** What runs once per deployment may load as slowly as it likes. */
function servesPlayers(fn: DomainFunction): boolean {
  return fn.kind !== 'trigger' || fn.trigger.kind !== 'deployment';
}

/** The client of Postgres, whose floor is its client as that of a table is the SDK's. */
const postgresModule = /node_modules\/pg\/lib\/client\.js$/;
const sdkModule = /node_modules\/(@aws-sdk\/(?:client|lib)-[\w-]+)\/dist-es\/(?:commands\/)?(\w+)\.js$/;

/** The floor's source: what the bundle has of the SDK's clients and commands and of Postgres' client, and an empty handler. */
function floorSource(output: Metafile['outputs'][string]): string {
  const used = new Map<string, Set<string>>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    if (postgresModule.test(path) && bytesInOutput > 0) used.set('pg', new Set(['Client']));
    const [, name, symbol] = sdkModule.exec(path) ?? [];
    if (name === undefined || symbol === undefined || bytesInOutput === 0) continue;
    if (!/(Client|Command)$/.test(symbol) || symbol === 'Client') continue;
    used.set(name, (used.get(name) ?? new Set()).add(symbol));
  }
  const packages = [...used]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, symbols]) => [name, [...symbols].sort()] as const);
  const imports = packages.map(([name, symbols], index) => {
    const list = symbols.map((symbol) => `${symbol} as ${symbol}${index}`).join(', ');
    return `import { ${list} } from '${name}';`;
  });
  const kept = packages.flatMap(([, symbols], index) => symbols.map((symbol) => `${symbol}${index}`));
  return [...imports, `export const handler = async () => [${kept.join(', ')}].length;`].join('\n');
}

async function buildFloors(root: string, sources: readonly string[]) {
  const folder = join(root, 'dist/floors');
  mkdirSync(join(folder, 'src'), { recursive: true });
  const entries = Object.fromEntries(
    sources.map((source, index) => {
      const file = join(folder, `src/floor-${index}.js`);
      writeFileSync(file, source);
      return [`floor-${index}`, file];
    }),
  );
  const trimmed = await bundle(root, entries, folder);
  const bare = await bundle(root, entries, join(folder, 'bare'), 'plain');
  return new Map(
    sources.map((source, index) => {
      const floorFile = `dist/floors/floor-${index}.mjs`;
      const bareFile = `dist/floors/bare/floor-${index}.mjs`;
      return [
        source,
        {
          floorFile,
          floorBytes: trimmed.outputs[floorFile]!.bytes,
          bareFile,
          bareBytes: bare.outputs[bareFile]!.bytes,
        },
      ];
    }),
  );
}
