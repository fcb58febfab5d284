import { RemovalPolicy } from 'aws-cdk-lib';
import type { StageConfig } from '#infra/stage-config.ts';

/** Production keeps its data when a stack goes; other stages clean up after themselves. */
export function removalPolicy(config: StageConfig): RemovalPolicy {
  return config.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
