import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lets one cdk-nag rule pass for a construct and what it contains, with the reason that a reviewer reads. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: rule.startsWith('AwsSolutions-') ? rule : `AwsSolutions-${rule}`, reason });
}
