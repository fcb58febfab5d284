import { copyFileSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import {
  environmentCredentials,
  noJsonSchema,
  pureDeclarations,
  pureEntities,
  pureToolbox,
  requiredHttp,
} from '#scripts/bundle-plugins.ts';
import { bundleOf, type Domain, entryOf, functionsOf } from '#shared/contract/domain.ts';

/** Output without extension, from `dist/` → source file. */
export type Entries = Record<string, string>;

/** Every declared function that has a source file. */
export function functionEntries(root: string, domains: readonly Domain[]): Entries {
  const functions = domains.flatMap(functionsOf).filter((fn) => existsSync(join(root, entryOf(fn))));
  return Object.fromEntries(
    functions.map((fn) => [`${relative('dist', bundleOf(fn))}/index`, join(root, entryOf(fn))]),
  );
}

/** Source files that contracts call for and that do not exist. */
export function missingSources(root: string, domains: readonly Domain[]): string[] {
  return [...domains.flatMap(functionsOf).map(entryOf), fleetSource].filter((file) => !existsSync(join(root, file)));
}

const fleetSource = 'gamelift-fleet/src/main.ts';

export function fleetEntry(root: string): Entries {
  const source = join(root, fleetSource);
  return existsSync(source) ? { 'fleet/main': source } : {};
}

/**
 * Bundles the zone page for browsers into a folder that can be served as it is.
 * @throws BuildFailure with the place of each error.
 */
export async function bundlePage(root: string, outdir: string): Promise<void> {
  const source = join(root, 'gamelift-fleet/page');
  await build({
    absWorkingDir: root,
    entryPoints: [join(source, 'main.ts')],
    outdir,
    bundle: true,
    platform: 'browser',
    target: 'es2023',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'page.css']) copyFileSync(join(source, file), join(outdir, file));
}

const sourcePlugins = [pureToolbox, noJsonSchema, pureDeclarations, pureEntities, requiredHttp];

/** Where a bundle runs: what is left out of it depends on that. `plain` leaves out nothing. */
export type BundleTarget = 'lambda' | 'container' | 'plain';

/**
 * Bundles entries as ES modules for Node 24, minified, the SDK inside. Source maps stand beside, without the sources'
 * text, which would be 300 MB over all functions.
 * @throws BuildFailure with the place of each error.
 */
export async function bundle(
  root: string,
  entries: Entries,
  outdir: string,
  target: BundleTarget = 'lambda',
): Promise<Metafile> {
  const plugins = {
    lambda: [...sourcePlugins, environmentCredentials(root)],
    container: sourcePlugins,
    plain: [],
  }[target];
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // pg asks for its native binding only when told to.
    external: ['pg-native'],
    // CommonJS packages inside an ES module call require for Node's own modules.
    // The name must be one that minifying never makes up.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    plugins,
  });
  return result.metafile;
}
