import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  type Cluster,
  type ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import { stagePrefix } from '#infra/constructs/names.ts';
import { ShardScaling } from '#infra/constructs/shard-scaling.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';

/** Where a shard listens inside its container. */
export const fleetPort = 8080;
/** Answers 200 while the shard runs its tick and takes players; 503 while it drains. */
export const fleetHealthPath = '/health';
/** Share of its cores; beyond it a garbage collection makes ticks late. */
const cpuAlarmPercent = 80;
/** A tick has 50 ms; when its work takes longer than this at p99 the shard has too many players. */
const tickAlarmMs = 40;
/** Zones that one shard can run; more of them means that shards are missing. */
const zonesAlarm = 30;

export interface FleetShardProps {
  /** From 0; with the stage's prefix it names the shard for ever. */
  readonly index: number;
  readonly around: Surroundings;
  readonly cluster: Cluster;
  readonly vpc: IVpc;
  readonly listener: ApplicationListener;
  /** `wss://host`, without a path. */
  readonly publicOrigin: string;
  readonly image: ContainerImage;
  readonly taskRole: IRole;
  readonly securityGroup: ISecurityGroup;
  readonly logGroup: LogGroup;
}

/**
 * One zone process: a service of one task behind a path of its own, so that a client reaches this process. A spare one
 * runs only while the load asks for it.
 */
export class FleetShard extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, props: FleetShardProps) {
    const shardId = `shard-${props.index}`;
    super(scope, `Shard${props.index}`);
    const { config } = props.around;
    const prefix = stagePrefix(config.stage);
    const isSpare = props.index >= config.fleet.shards;
    const task = this.addTask(shardId, props);
    const service = new FargateService(this, 'Service', {
      serviceName: `${prefix}-${shardId}`,
      cluster: props.cluster,
      taskDefinition: task,
      // A deployment leaves a spare shard as the load has it; a new one runs until the load is seen to be low.
      ...(isSpare ? {} : { desiredCount: 1 }),
      // Two tasks of one shard would share its address: the old one drains and ends before the new one starts, and its
      // zones move to other shards meanwhile.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      healthCheckGracePeriod: Duration.seconds(30),
      enableECSManagedTags: true,
    });
    const targets = new ApplicationTargetGroup(this, 'Targets', {
      vpc: props.vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: fleetPort,
      // As long as a drain may take: sockets live on until their players know where to go.
      deregistrationDelay: Duration.seconds(20),
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
      healthCheck: {
        path: fleetHealthPath,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    service.attachToApplicationTargetGroup(targets);
    new ApplicationListenerRule(this, 'Rule', {
      listener: props.listener,
      priority: props.index + 1,
      conditions: [ListenerCondition.pathPatterns([`/${shardId}`, `/${shardId}/*`])],
      action: ListenerAction.forward([targets]),
    });
    this.addAlarms(shardId, prefix, service, props);
    this.service = service;
    if (!isSpare) return;
    const { clusterName } = props.cluster;
    new ShardScaling(this, 'Scaling', { index: props.index, config, clusterName, service });
  }

  private addTask(shardId: string, props: FleetShardProps): FargateTaskDefinition {
    const { config, table } = props.around;
    const task = new FargateTaskDefinition(this, 'Task', {
      family: `${stagePrefix(config.stage)}-${shardId}`,
      cpu: config.fleet.cpu,
      memoryLimitMiB: config.fleet.memoryMb,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      taskRole: props.taskRole,
    });
    acknowledge(task, 'ECS2', 'These variables are addresses and names; no secret is among them.');
    acknowledge(
      task,
      'IAM5[Resource::*]',
      'Pulling images begins with a token that ECR gives for no resource in particular.',
    );
    task.addContainer('zone', {
      image: props.image,
      essential: true,
      readonlyRootFilesystem: true,
      user: '1000',
      linuxParameters: new LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      // Time to hand its zones over and let players go.
      stopTimeout: Duration.seconds(120),
      portMappings: [{ containerPort: fleetPort }],
      logging: LogDriver.awsLogs({ logGroup: props.logGroup, streamPrefix: shardId }),
      healthCheck: {
        command: ['CMD', 'node', '-e', healthProbe],
        interval: Duration.seconds(15),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(20),
      },
      environment: {
        STAGE: config.stage,
        TABLE_NAME: table.tableName,
        SHARD_ID: shardId,
        PUBLIC_URL: `${props.publicOrigin}/${shardId}`,
        PORT: String(fleetPort),
        PUBLIC_HTTP_URL: props.around.publicHttpUrl,
        PUBLIC_SOCKET_URL: props.around.publicSocketUrl,
        LOG_LEVEL: config.logLevel,
        ALLOWED_ORIGINS: config.allowedOrigins.join(','),
        SERVICE_NAME: 'fleet',
      },
    });
    return task;
  }

  /** What tells an operator, or an autoscaler, that the stage needs another shard. */
  private addAlarms(
    shardId: string,
    prefix: string,
    service: FargateService,
    { around, index }: FleetShardProps,
  ): void {
    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'NECPGAME',
        metricName,
        dimensionsMap: { Stage: around.config.stage, Shard: shardId },
        statistic,
        period: Duration.minutes(1),
      });
    new GameAlarm(this, 'Cpu', {
      name: `${prefix}-${shardId}-cpu`,
      metric: service.metricCpuUtilization({ period: Duration.minutes(1), statistic: 'Average' }),
      above: cpuAlarmPercent,
      periods: 5,
      what: `Shard ${index} uses more than ${cpuAlarmPercent} % of its cores`,
      impact: 'Movement and combat are about to stutter for its players; raise fleet.shards',
      topic: around.alarmTopic,
    });
    new GameAlarm(this, 'TickTime', {
      name: `${prefix}-${shardId}-tick`,
      metric: metric('TickMs', 'p99'),
      above: tickAlarmMs,
      periods: 3,
      what: `Shard ${index} needs more than ${tickAlarmMs} ms of a 50 ms tick`,
      impact: 'Movement and combat stutter for its players; raise fleet.shards',
      topic: around.alarmTopic,
    });
    new GameAlarm(this, 'Zones', {
      name: `${prefix}-${shardId}-zones`,
      metric: metric('Zones', 'Maximum'),
      above: zonesAlarm,
      periods: 3,
      what: `Shard ${index} runs more than ${zonesAlarm} zones`,
      impact: 'The next crowded zone will stutter; raise fleet.shards',
      topic: around.alarmTopic,
    });
  }
}

const healthProbe = `fetch('http://127.0.0.1:${fleetPort}${fleetHealthPath}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
