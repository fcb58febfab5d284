import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { readFunctions } from '../lambda/function-config.ts';
import { registryOf, temporaryFolder } from '../testing/fixtures.ts';
import { loadAssembly } from './assembly.ts';

/** Synthesizes an app as CDK does it now, so that these tests notice when its output changes. */
function synthesize(build: (app: App, code: string) => void): string {
  const folder = temporaryFolder();
  const code = join(folder, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), 'export const handler = async () => 1;');
  const app = new App({ outdir: join(folder, 'out'), analyticsReporting: false });
  build(app, code);
  return app.synth().directory;
}

function addStack(scope: App | Stage, code: string): void {
  const data = new Stack(scope, 'data');
  const queue = new Queue(data, 'Queue', { queueName: 'jobs' });
  const stack = new Stack(scope, 'app');
  new LambdaFunction(stack, 'Fn', {
    functionName: 'fn',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    memorySize: 256,
    code: Code.fromAsset(code),
    environment: { QUEUE_URL: queue.queueUrl },
  });
}

// Loading the CDK library takes seconds on a busy machine.
describe('a cloud assembly', { timeout: 60_000 }, () => {
  it('gives the stacks at its root, with values that travel between them and the places of bundles', () => {
    const stacks = loadAssembly(synthesize(addStack), 'dev');
    expect(stacks.map(({ stackName }) => stackName).sort()).toEqual(['app', 'data']);
    const functions = readFunctions(registryOf(...stacks), stacks);
    expect(functions).toHaveLength(1);
    expect(functions[0]).toMatchObject({ name: 'fn', exportName: 'handler', memoryMb: 256, timeoutMs: 3_000 });
    expect(functions[0]!.environment.QUEUE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/jobs$/);
    expect(functions[0]!.moduleFile).toMatch(/asset\.[0-9a-f]{64}\/index\.mjs$/);
  });

  it('gives only the stage that is asked for when the app has several', () => {
    const directory = synthesize((app, code) => {
      addStack(new Stage(app, 'dev'), code);
      new Queue(new Stack(new Stage(app, 'prod'), 'data'), 'Queue');
    });
    expect(loadAssembly(directory, 'prod').map(({ stackName }) => stackName)).toEqual(['prod-data']);
    expect(() => loadAssembly(directory, 'qa')).toThrow(/has no stage "qa" \(it has: dev, prod\)/);
  });

  it('says what to do when there is none', () => {
    expect(() => loadAssembly(temporaryFolder(), 'dev')).toThrow(/run "npm run synth" first/);
  });

  it('names a function with inline code, another runtime or a feature that does not run locally', () => {
    const stacks = loadAssembly(
      synthesize((app) => {
        new LambdaFunction(new Stack(app, 'app'), 'Python', {
          runtime: Runtime.PYTHON_3_13,
          handler: 'index.handler',
          code: Code.fromInline('def handler(event, context): pass'),
        });
      }),
      'dev',
    );
    expect(() => readFunctions(registryOf(...stacks), stacks)).toThrow(
      /app\.Python\w+ \(AWS::Lambda::Function\)[\s\S]*only bundles run locally[\s\S]*only Node runtimes run locally/,
    );
  });
});
