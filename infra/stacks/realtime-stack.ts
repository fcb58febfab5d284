import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Cluster, ContainerImage, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { FleetShard, fleetPort } from '#infra/constructs/fleet-shard.ts';
import { statementsFor } from '#infra/constructs/grants.ts';
import { logGroupName, stagePrefix } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { Needs } from '#shared/contract/needs.ts';

/** What the zone processes may touch: the owning domains' rows, through their `public.ts`. */
const fleetNeeds: Needs = { table: 'write' };

/** The zone fleet: one service per shard behind one load balancer. */
export class RealtimeStack extends GameStack {
  constructor(scope: Construct, around: Surroundings, vpc: Vpc) {
    const { config } = around;
    super(scope, config, 'realtime', 'zone fleet on Fargate');
    const prefix = stagePrefix(config.stage);
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: prefix,
      vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const { balancer, listener, access } = this.addBalancer(around, vpc);
    const securityGroup = new SecurityGroup(this, 'ShardAccess', { vpc, description: 'Zone processes' });
    securityGroup.addIngressRule(access, Port.tcp(fleetPort), 'the load balancer');
    access.addEgressRule(securityGroup, Port.tcp(fleetPort), 'zone processes');
    const taskRole = new Role(this, 'TaskRole', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: `Zone fleet of ${config.stage}`,
      inlinePolicies: { needs: new PolicyDocument({ statements: statementsFor(this, fleetNeeds, around) }) },
    });
    const image = ContainerImage.fromAsset(around.bundles.fleetContext, { platform: Platform.LINUX_ARM64 });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: logGroupName(config.stage, 'fleet'),
      retention: config.logRetentionDays,
      removalPolicy: removalPolicy(config),
    });
    const publicOrigin = config.domain ? `wss://zone.${config.domain.name}` : `ws://${balancer.loadBalancerDnsName}`;
    let previous: FleetShard | undefined;
    for (let index = 0; index < config.fleet.shards + config.fleet.spareShards; index += 1) {
      const shard = new FleetShard(this, {
        index,
        around,
        cluster,
        vpc,
        listener,
        publicOrigin,
        image,
        taskRole: taskRole.withoutPolicyUpdates(),
        securityGroup,
        logGroup,
      });
      // One after the other: while a shard is replaced, the others take its zones.
      if (previous) shard.service.node.addDependency(previous.service);
      previous = shard;
    }
    new CfnOutput(this, 'ZoneUrl', { value: publicOrigin });
  }

  private addBalancer({ config }: Surroundings, vpc: Vpc) {
    const access = new SecurityGroup(this, 'BalancerAccess', {
      vpc,
      description: 'Players to the load balancer of the fleet',
      allowAllOutbound: false,
    });
    const port = config.domain ? 443 : 80;
    access.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'players');
    acknowledge(access, 'EC23', 'Players connect from everywhere; tickets, not addresses, let them in.');
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: `${stagePrefix(config.stage)}-fleet`,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: access,
      deletionProtection: config.production,
      dropInvalidHeaderFields: true,
      // Frames flow each tick; this bounds only sockets that hang.
      idleTimeout: Duration.seconds(120),
    });
    this.addAccessLogs(balancer);
    const refuse = ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'no such shard' });
    const listener: ApplicationListener = config.domain
      ? balancer.addListener('Tls', {
          port,
          protocol: ApplicationProtocol.HTTPS,
          certificates: [Certificate.fromCertificateArn(this, 'Certificate', config.domain.certificateArn)],
          sslPolicy: SslPolicy.RECOMMENDED_TLS,
          open: false,
          defaultAction: refuse,
        })
      : balancer.addListener('Plain', { port, protocol: ApplicationProtocol.HTTP, open: false, defaultAction: refuse });
    return { balancer, listener, access };
  }

  /** By attributes, since CDK's own way must know the region when it writes the template. */
  private addAccessLogs(balancer: ApplicationLoadBalancer): void {
    const bucket = new Bucket(this, 'AccessLogs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    acknowledge(bucket, 'S1', 'It holds access logs itself.');
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${this.account}/*`)],
      }),
    );
    balancer.setAttribute('access_logs.s3.enabled', 'true');
    balancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
    balancer.node.addDependency(bucket.policy!);
  }
}
