import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { logGroupName, pascalCase, stagePrefix } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import { type Domain, functionsOf } from '#shared/contract/domain.ts';

/**
 * The VPC: isolated subnets for the ledger and the functions that use it, private subnets for the fleet, public ones
 * for its load balancer. All other functions run outside.
 */
export class NetworkStack extends GameStack {
  readonly vpc: Vpc;

  constructor(scope: Construct, config: StageConfig, domains: readonly Domain[]) {
    super(scope, config, 'network', 'VPC of the ledger and the zone fleet');
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: stagePrefix(config.stage),
      ipAddresses: IpAddresses.cidr('10.40.0.0/16'),
      maxAzs: 2,
      natGateways: config.network.natGateways,
      // CDK would clear the default group's rules with a function of its own; nothing uses that group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 22, mapPublicIpOnLaunch: false },
        { name: 'fleet', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'ledger', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    const flowLogs = new LogGroup(this, 'FlowLogs', {
      logGroupName: logGroupName(config.stage, 'vpc-flow'),
      retention: config.logRetentionDays,
      removalPolicy: removalPolicy(config),
    });
    this.vpc.addFlowLog('Rejected', {
      destination: FlowLogDestination.toCloudWatchLogs(flowLogs),
      trafficType: FlowLogTrafficType.REJECT,
    });
    this.addInterfaceEndpoints(domains);
  }

  /** Isolated functions reach a service only through an endpoint, which costs by the hour: only those in use exist. */
  private addInterfaceEndpoints(domains: readonly Domain[]): void {
    const services = interfaceServicesOf(domains);
    if (services.size === 0) return;
    const group = new SecurityGroup(this, 'EndpointAccess', {
      vpc: this.vpc,
      description: 'HTTPS from within the VPC to AWS services',
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.ipv4(this.vpc.vpcCidrBlock), Port.tcp(443), 'HTTPS from the VPC');
    acknowledge(group, 'EC23', 'The source is the CIDR of this very VPC, known only at deployment.');
    for (const [name, service] of services) {
      new InterfaceVpcEndpoint(this, pascalCase(name), {
        vpc: this.vpc,
        service,
        subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        securityGroups: [group],
        open: false,
      });
    }
  }
}

function interfaceServicesOf(domains: readonly Domain[]): Map<string, InterfaceVpcEndpointAwsService> {
  const services = new Map<string, InterfaceVpcEndpointAwsService>();
  for (const { id, needs } of domains.flatMap(functionsOf).filter((fn) => fn.needs.ledger)) {
    if (needs.sockets) throw new Error(`${id}: sockets cannot be reached from the ledger's subnets; push by a queue`);
    if (needs.secrets?.length) services.set('secrets-manager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER);
    if (needs.queues?.length) services.set('sqs', InterfaceVpcEndpointAwsService.SQS);
    if (needs.bus) services.set('events', InterfaceVpcEndpointAwsService.EVENTBRIDGE);
    if (needs.mail) services.set('ses', InterfaceVpcEndpointAwsService.EMAIL);
  }
  return services;
}
