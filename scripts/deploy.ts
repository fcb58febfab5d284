import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stageNames } from '#infra/stage-config.ts';

/**
 * Deploys a stage to the AWS account of the current credentials: build, then `cdk deploy` of all its stacks.
 *
 *   npm run deploy -- --stage dev [--diff] [-- any further argument of cdk]
 *
 * Settings of `infra/stage-config.ts` are overridden by cdk's own `-c name=value` after the second `--`. `--diff` shows
 * what would change and deploys nothing. Docker must run, since the fleet's image is built on the way.
 */
const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { stage: { type: 'string' }, diff: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const stage = stageNames.find((name) => name === values.stage);
if (stage === undefined) {
  console.error(`say which stage: --stage ${stageNames.join('|')}`);
  process.exit(2);
}

run('node', ['scripts/build.ts']);
const stacks = ['-c', `stage=${stage}`, `necpgame-${stage}-*`];
if (values.diff) {
  run('cdk', ['diff', ...stacks, ...positionals]);
} else {
  // Whoever deploys to production sees each change of rights before it happens.
  const approval = stage === 'prod' ? 'broadening' : 'never';
  run('cdk', ['deploy', ...stacks, '--require-approval', approval, '--concurrency', '4', ...positionals]);
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync('npx', ['--no-install', command, ...args], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
