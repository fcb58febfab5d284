import { Arn, ArnFormat, Duration, Fn } from 'aws-cdk-lib';
import { Port, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AuroraPostgresEngineVersion,
  CaCertificate,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseProxy,
  DefaultAuthScheme,
  ProxyTarget,
} from 'aws-cdk-lib/aws-rds';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import { stagePrefix } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import type { Ledger, LedgerUser } from '#infra/constructs/surroundings.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';

const port = 5432;
const database = 'ledger';
const schemaOwner: LedgerUser = 'ledger_owner';
const application: LedgerUser = 'ledger_app';

/**
 * The ledger: Aurora Serverless v2 Postgres behind RDS Proxy. Functions sign in to the proxy by IAM alone. The proxy
 * goes on as `ledger_app` by IAM too, and as the schema's owner with the password that only it may read.
 */
export class LedgerStack extends GameStack {
  readonly ledger: Ledger;

  constructor(scope: Construct, config: StageConfig, vpc: Vpc, alarmTopic: ITopic) {
    super(scope, config, 'ledger', 'Aurora Postgres ledger and its proxy');
    const prefix = stagePrefix(config.stage);
    const groups = this.addSecurityGroups(vpc);
    const cluster = this.addCluster(config, vpc, groups.cluster);
    const proxy = new DatabaseProxy(this, 'Proxy', {
      dbProxyName: `${prefix}-ledger`,
      proxyTarget: ProxyTarget.fromCluster(cluster),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [groups.proxy],
      secrets: [cluster.secret!],
      iamAuth: true,
      defaultAuthScheme: DefaultAuthScheme.IAM_AUTH,
      requireTLS: true,
      borrowTimeout: Duration.seconds(5),
      idleClientTimeout: Duration.minutes(30),
    });
    (proxy.node.findChild('IAMRole') as never as { addToPolicy(statement: PolicyStatement): void }).addToPolicy(
      new PolicyStatement({
        actions: ['rds-db:connect'],
        resources: [this.connectArn(cluster.clusterResourceIdentifier, application)],
      }),
    );
    // `arn:…:db-proxy:prx-…`: the last part names the proxy in IAM.
    const proxyId = Fn.select(6, Fn.split(':', proxy.dbProxyArn));
    this.ledger = {
      vpc,
      subnets: vpc.isolatedSubnets,
      clientSecurityGroup: groups.clients,
      host: proxy.endpoint,
      port,
      database,
      connectArn: (user) => this.connectArn(proxyId, user),
    };
    new GameAlarm(this, 'Capacity', {
      name: `${prefix}-ledger-capacity`,
      metric: cluster.metricACUUtilization({ period: Duration.minutes(5) }),
      above: 90,
      periods: 2,
      what: 'The ledger runs at more than 90 % of its largest capacity',
      impact: 'Trades, purchases and mail with money become slow; raise ledger.maxCapacity',
      topic: alarmTopic,
    });
  }

  private connectArn(resourceId: string, user: LedgerUser): string {
    return Arn.format(
      {
        service: 'rds-db',
        resource: 'dbuser',
        resourceName: `${resourceId}/${user}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      },
      this,
    );
  }

  /** Clients may reach the proxy; CDK lets the proxy reach the cluster; nobody else anything. */
  private addSecurityGroups(vpc: Vpc) {
    const group = (id: string, description: string, allowAllOutbound = false) =>
      new SecurityGroup(this, id, { vpc, description, allowAllOutbound });
    const clients = group('Clients', 'Functions that use the ledger', true);
    const proxy = group('ProxyAccess', 'The proxy of the ledger');
    const cluster = group('ClusterAccess', 'The ledger itself');
    proxy.addIngressRule(clients, Port.tcp(port), 'functions to the proxy');
    return { clients, proxy, cluster };
  }

  private addCluster(config: StageConfig, vpc: Vpc, securityGroup: SecurityGroup): DatabaseCluster {
    const clusterIdentifier = `${stagePrefix(config.stage)}-ledger`;
    // Made before the cluster writes to it, so that its retention is ours.
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/rds/cluster/${clusterIdentifier}/postgresql`,
      retention: config.logRetentionDays,
      removalPolicy: removalPolicy(config),
    });
    const instance = { caCertificate: CaCertificate.RDS_CA_RSA2048_G1, enablePerformanceInsights: true };
    const cluster = new DatabaseCluster(this, 'Cluster', {
      clusterIdentifier,
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
      defaultDatabaseName: database,
      credentials: Credentials.fromGeneratedSecret(schemaOwner, { secretName: `${clusterIdentifier}/${schemaOwner}` }),
      iamAuthentication: true,
      storageEncrypted: true,
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      serverlessV2MinCapacity: config.ledger.minCapacity,
      serverlessV2MaxCapacity: config.ledger.maxCapacity,
      writer: ClusterInstance.serverlessV2('Writer', instance),
      readers: Array.from({ length: config.ledger.readers }, (_, index) =>
        ClusterInstance.serverlessV2(`Reader${index + 1}`, { ...instance, scaleWithWriter: true }),
      ),
      backup: { retention: Duration.days(config.ledger.backupDays) },
      cloudwatchLogsExports: ['postgresql'],
      deletionProtection: config.production,
      removalPolicy: removalPolicy(config),
      copyTagsToSnapshot: true,
    });
    cluster.node.addDependency(logs);
    acknowledge(cluster, 'SMG4', 'Only the proxy reads this password; rotating it is an operator task with a runbook.');
    acknowledge(cluster, 'RDS11', 'The port is reachable from the proxy alone, in subnets without any route out.');
    if (!config.production) {
      acknowledge(cluster, 'RDS10', 'Only production refuses deletion: other stages are made and removed at will.');
    }
    return cluster;
  }
}
