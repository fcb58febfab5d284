import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lets one cdk-nag rule pass for a construct and what it contains, with the reason that a reviewer reads. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: rule.startsWith('AwsSolutions-') ? rule : `AwsSolutions-${rule}`, reason });
}

/** Lets one resource with a wildcard pass in the policies of a role. */
export function acknowledgeWildcard(role: IConstruct, resource: string, reason: string): void {
  acknowledge(role, `IAM5[Resource::${flattened(Stack.of(role).resolve(resource))}]`, reason);
}

/** As cdk-nag writes a reference in the name of its finding. */
function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join, 'Fn::ImportValue': imported } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (typeof imported === 'string') return imported;
  const [delimiter, parts] = join as [string, unknown[]];
  return parts.map(flattened).join(delimiter);
}
