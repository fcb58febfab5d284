import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stagePrefix } from '#infra/constructs/names.ts';
import type { StageConfig } from '#infra/stage-config.ts';

/** A stack named `necpgame-<stage>-<part>`, with the tags and the protection that all stacks of a stage share. */
export abstract class GameStack extends Stack {
  constructor(scope: Construct, config: StageConfig, part: string, description: string) {
    super(scope, `${stagePrefix(config.stage)}-${part}`, {
      description: `NECPGAME ${config.stage}: ${description}`,
      terminationProtection: config.production,
      tags: { project: 'necpgame', stage: config.stage, part },
      ...(config.region !== undefined && { env: { region: config.region } }),
    });
  }
}
