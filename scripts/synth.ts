import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stageNames } from '#infra/stage-config.ts';
import { fingerprint } from '#scripts/fingerprint.ts';

/**
 * Writes the CloudFormation templates of a stage into `cdk.out/<stage>`, without an account and without network.
 * Does nothing when neither the bundles nor the declarations have changed since the last time.
 *
 *   npm run synth [-- --stage dev|staging|prod|all] [--force] [--placeholders]
 *
 * `--placeholders` puts stand-ins in place of the bundles: for looking at templates before a build; they cannot run.
 */
const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    stage: { type: 'string', default: 'dev' },
    force: { type: 'boolean', default: false },
    placeholders: { type: 'boolean', default: false },
  },
});

const stages = stageNames.filter((name) => options.stage === 'all' || options.stage === name);
if (stages.length === 0) {
  console.error(`unknown stage ${options.stage}: one of ${stageNames.join(', ')} or all`);
  process.exit(2);
}

const inputs = inputsKey();
for (const stage of stages) {
  const outdir = join(root, 'cdk.out', stage);
  const stamp = join(outdir, 'inputs.sha256');
  if (!options.force && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) {
    console.log(`${stage}: templates are up to date`);
    continue;
  }
  const startedMs = performance.now();
  rmSync(outdir, { recursive: true, force: true });
  // Loaded only when needed: the CDK library alone takes a second.
  const [{ synthesize }, { builtBundles, placeholderBundles }] = await Promise.all([
    import('#infra/synthesize.ts'),
    import('#infra/constructs/bundles.ts'),
  ]);
  const bundles = options.placeholders ? placeholderBundles : builtBundles;
  const assembly = synthesize({ context: { stage }, outdir, bundles });
  writeFileSync(stamp, inputs);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${stage}: ${assembly.stacks.length} stacks in cdk.out/${stage} (${seconds} s)`);
}

writeRootManifest();

/** Joins the stages' assemblies into one, so that `cdk.out` as a whole is an assembly too. */
function writeRootManifest(): void {
  const parent = join(root, 'cdk.out');
  const made = stageNames.filter((stage) => existsSync(join(parent, stage, 'manifest.json')));
  const { version } = JSON.parse(readFileSync(join(parent, made[0]!, 'manifest.json'), 'utf8'));
  const artifacts = Object.fromEntries(
    made.map((stage) => [
      `assembly-${stage}`,
      { type: 'cdk:cloud-assembly', properties: { directoryName: stage, displayName: stage } },
    ]),
  );
  writeFileSync(join(parent, 'manifest.json'), JSON.stringify({ version, artifacts }, null, 1));
}

function inputsKey(): string {
  const hash = createHash('sha256');
  hash.update(`placeholders=${options.placeholders}`);
  hash.update(
    fingerprint(root, ['infra', 'functions', 'shared', 'events', 'content', 'cdk.json', 'package-lock.json']),
  );
  const built = join(root, 'dist/build.json');
  hash.update(!options.placeholders && existsSync(built) ? readFileSync(built) : '');
  return hash.digest('hex');
}
