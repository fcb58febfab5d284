import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { domains as allDomains } from '#functions/domains.ts';
import { addBackend } from '#infra/backend.ts';
import type { Bundles } from '#infra/constructs/bundles.ts';
import { stageConfig } from '#infra/stage-config.ts';
import type { Domain } from '#shared/contract/domain.ts';

export interface SynthesisOptions {
  /** What `-c name=value` would set: `{ stage: 'dev' }`. */
  readonly context?: Parameters<typeof stageConfig>[0];
  readonly bundles: Bundles;
  readonly outdir?: string;
  readonly domains?: readonly Domain[];
}

/** The app of one stage, not yet synthesized. */
export function backendApp({ context, bundles, outdir, domains = allDomains }: SynthesisOptions): App {
  const app = new App({
    ...(outdir !== undefined && { outdir }),
    context: cdkContext(),
    analyticsReporting: false,
  });
  addBackend(app, stageConfig(context), domains, bundles);
  return app;
}

/** Writes the templates of one stage, in this process, without the CDK command line. */
export function synthesize(options: SynthesisOptions): CloudAssembly {
  return backendApp(options).synth();
}

/** Feature flags of cdk.json, which the CDK command line would otherwise hand over. */
function cdkContext(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')).context;
}
