import { App } from 'aws-cdk-lib';
import { domains } from '#functions/domains.ts';
import { addBackend } from '#infra/backend.ts';
import { builtBundles } from '#infra/constructs/bundles.ts';
import { StageContext, stageConfig } from '#infra/stage-config.ts';

/** Entry of the CDK command line (`cdk.json`): one stage, chosen with `-c stage=dev`. */
const app = new App();
const context = Object.fromEntries(
  Object.keys(StageContext.shape).map((name) => [name, app.node.tryGetContext(name) as string | undefined]),
);
addBackend(app, stageConfig(context), domains, builtBundles);
app.synth();
