import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleOf, type DomainFunction } from '#shared/contract/domain.ts';

const root = join(import.meta.dirname, '../..');

/** Where the stacks take code from. */
export interface Bundles {
  codeOf(fn: DomainFunction): Code;
  /** Build context of the fleet's image: holds its Dockerfile. */
  readonly fleetContext: string;
}

/**
 * What `npm run build` wrote. Source maps stay behind: they decode stack traces on a developer's machine, and reading
 * them would slow cold starts.
 * @throws Error when a bundle is missing.
 */
export const builtBundles: Bundles = {
  codeOf(fn) {
    const folder = join(root, bundleOf(fn));
    if (!existsSync(join(folder, 'index.mjs'))) throw new Error(`${fn.id} has no bundle: run npm run build`);
    return Code.fromAsset(folder, { exclude: ['*.map'] });
  },
  fleetContext: join(root, 'dist/fleet'),
};

/** Stand-ins that let templates be made without a build. They cannot run: only for tests and for looking at templates. */
export const placeholderBundles: Bundles = {
  codeOf: (fn) => Code.fromInline(`exports.handler = async () => { throw new Error('${fn.id} is a placeholder'); };`),
  fleetContext: join(root, 'gamelift-fleet'),
};
