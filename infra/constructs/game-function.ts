import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#infra/constructs/acknowledge.ts';
import { environmentOf } from '#infra/constructs/environment.ts';
import { connectionArns, ledgerUserOf, statementsFor } from '#infra/constructs/grants.ts';
import { constructId, functionName, logGroupName } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';

const defaultMemoryMb = 512;
const defaultTimeoutSeconds: Record<DomainFunction['kind'], number> = {
  endpoint: 10,
  subscriber: 30,
  job: 60,
  trigger: 10,
};

/** How long a function may run, in seconds. */
export function timeoutSecondsOf(fn: DomainFunction): number {
  if (fn.timeoutSeconds !== undefined) return fn.timeoutSeconds;
  if (fn.kind === 'trigger' && fn.trigger.kind === 'deployment') return 120;
  if (fn.kind === 'trigger' && (fn.trigger.kind === 'table-stream' || fn.trigger.kind === 'queue')) return 30;
  return defaultTimeoutSeconds[fn.kind];
}

/**
 * One declared function as every function is: its own bundle, its own role with what its contract needs, its own log
 * group with the stage's retention, traced, and inside the VPC only when it needs the ledger.
 */
export class GameFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly timeoutSeconds: number;

  /** @param extra what the way of being triggered calls for, beyond the contract's needs. */
  constructor(scope: Construct, fn: DomainFunction, around: Surroundings, extra: readonly PolicyStatement[] = []) {
    super(scope, constructId(fn));
    const { config } = around;
    this.timeoutSeconds = timeoutSecondsOf(fn);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: logGroupName(config.stage, fn.id),
      retention: config.logRetentionDays,
      removalPolicy: removalPolicy(config),
    });
    const inVpc = fn.needs.ledger === true;
    const statements = [
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
      ...(inVpc ? [new PolicyStatement({ actions: networkInterfaceActions, resources: ['*'] })] : []),
      ...statementsFor(this, fn.needs, around, ledgerUserOf(fn)),
      ...extra,
    ];
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${fn.id} in ${config.stage}`,
      inlinePolicies: { needs: new PolicyDocument({ statements }) },
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'X-Ray and, for functions of the VPC, the network interface actions know no resources.',
    );
    for (const arn of fn.needs.sockets ? connectionArns(this, around) : []) {
      acknowledgeWildcard(role, arn, 'Connections have no names until clients connect.');
    }
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionName(config.stage, fn),
      description: descriptionOf(fn),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: around.bundles.codeOf(fn),
      memorySize: fn.memoryMb ?? defaultMemoryMb,
      timeout: Duration.seconds(this.timeoutSeconds),
      environment: environmentOf(fn, around),
      tracing: Tracing.ACTIVE,
      logGroup,
      // CDK would add statements of its own beside the ones above.
      role: role.withoutPolicyUpdates(),
      ...(fn.reservedConcurrency !== undefined &&
        config.reserveConcurrency && { reservedConcurrentExecutions: fn.reservedConcurrency }),
      ...(inVpc && {
        vpc: around.ledger.vpc,
        vpcSubnets: { subnets: [...around.ledger.subnets] },
        securityGroups: [around.ledger.clientSecurityGroup],
      }),
    });
    // With a role of our own CDK leaves out this dependency, and the first call may then come before the rights.
    this.lambda.node.addDependency(role);
  }
}

const networkInterfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

function descriptionOf(fn: DomainFunction): string {
  const text = fn.kind === 'endpoint' ? `${fn.method} ${fn.path}: ${fn.summary}` : `${fn.id} (${fn.kind})`;
  return text.slice(0, 256);
}
