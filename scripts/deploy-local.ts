import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domains } from '#functions/domains.ts';
import { functionName } from '#infra/constructs/names.ts';
import { emulatorTemplate } from '#scripts/emulator-template.ts';
import { functionsOf } from '#shared/contract/domain.ts';

/**
 * Deploys stage dev to a LocalStack-compatible endpoint, by default http://127.0.0.1:4566 (`AWS_ENDPOINT_URL`).
 * MiniStack is one that needs neither Docker nor an account: `pip install ministack && ministack`.
 * What such an endpoint cannot do is left out: `infra/README.md` lists it.
 */
const root = join(import.meta.dirname, '..');
const endpoint = (process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566').replace(/\/$/, '');
const region = process.env.AWS_REGION ?? 'us-east-1';
const assembly = join(root, '.local/emulator');
const environment = {
  ...process.env,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
};

await answers();
run('node', ['scripts/build.ts']);
run('node', ['scripts/synth.ts', '--stage', 'dev']);
const stacks = writeAssembly();
run('cdk', ['bootstrap', `aws://000000000000/${region}`, '--app', assembly, '--no-notices']);
run('cdk', ['deploy', '--app', assembly, ...stacks, '--require-approval', 'never', '--no-notices']);
await runDeploymentFunctions();

async function answers(): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(5_000) });
  } catch {
    console.error(`nothing answers at ${endpoint}: start one, such as \`pip install ministack && ministack\``);
    process.exit(1);
  }
}

/** Copies dev's assembly with the templates changed, and names the stacks to deploy. */
function writeAssembly(): string[] {
  rmSync(assembly, { recursive: true, force: true });
  cpSync(join(root, 'cdk.out/dev'), assembly, { recursive: true });
  const suffix = '.template.json';
  const templates = readdirSync(assembly).filter((file) => file.endsWith(suffix));
  for (const file of templates) {
    const template = JSON.parse(readFileSync(join(assembly, file), 'utf8'));
    writeFileSync(join(assembly, file), JSON.stringify(emulatorTemplate(template, endpoint)));
  }
  // The fleet's image needs Docker; its process runs by itself against the same endpoint.
  return templates.map((file) => file.slice(0, -suffix.length)).filter((name) => name !== 'necpgame-dev-realtime');
}

/** What CloudFormation would run at deployment: all but the migration of the ledger, which is not there. */
async function runDeploymentFunctions(): Promise<void> {
  const functions = domains
    .flatMap(functionsOf)
    .filter((fn) => fn.kind === 'trigger' && fn.trigger.kind === 'deployment' && !fn.needs.ledger);
  for (const fn of functions) {
    const url = `${endpoint}/2015-03-31/functions/${functionName('dev', fn)}/invocations`;
    const scope = `test/20260101/${region}/lambda/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const response = await fetch(url, { method: 'POST', body: '{}', headers: { authorization } });
    const failed = !response.ok || response.headers.has('x-amz-function-error');
    if (failed) throw new Error(`${fn.id} failed: ${await response.text()}`);
    console.log(`${fn.id}: done`);
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync('npx', ['--no-install', command, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environment,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
