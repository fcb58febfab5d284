import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { CfnApiMapping, CfnDomainName, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { type ApiName, apiOf } from '#infra/constructs/endpoint-route.ts';
import { socketStageName } from '#infra/constructs/grants.ts';
import { logGroupName, pascalCase } from '#infra/constructs/names.ts';
import { removalPolicy } from '#infra/constructs/removal-policy.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import type { Domain } from '#shared/contract/domain.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';

/**
 * The APIs' stages: throttles per route, access logs, domain names. A stage that throttles a route refuses to exist
 * before the route does, so this stack comes after all domains.
 */
export class StagesStack extends GameStack {
  constructor(scope: Construct, around: Surroundings, domains: readonly Domain[]) {
    const { config } = around;
    super(scope, config, 'stages', 'API stages, throttles, access logs, domain names');
    const endpoints = domains.flatMap((domain) => domain.endpoints);
    for (const name of ['player', 'admin'] as const) {
      const stage = this.addHttpStage(
        config,
        name,
        around.apis[name].apiId,
        endpoints.filter((e) => apiOf(e) === name),
      );
      // With a CDN its host is the public one, and the APIs need no names of their own.
      if (!config.cdn) this.addDomain(config, name === 'player' ? 'api' : 'admin', around.apis[name].apiId, stage);
    }
    const sockets = this.addSocketStage(config, around.socketApi.apiId);
    if (!config.cdn) this.addDomain(config, 'ws', around.socketApi.apiId, sockets);
  }

  private addHttpStage(config: StageConfig, name: ApiName, apiId: string, endpoints: readonly Endpoint[]): CfnStage {
    const throttle = (rate: Endpoint['rate']) => ({
      ThrottlingRateLimit: config.routeThrottles[rate].ratePerSecond,
      ThrottlingBurstLimit: config.routeThrottles[rate].burst,
      // Metrics per route: the endpoints' alarms read them.
      DetailedMetricsEnabled: true,
    });
    return new CfnStage(this, pascalCase(`${name}-stage`), {
      apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: this.addLogGroup(config, `${name}-api`).logGroupArn,
        format: JSON.stringify({
          at: '$context.requestTime',
          requestId: '$context.requestId',
          ip: '$context.identity.sourceIp',
          route: '$context.routeKey',
          status: '$context.status',
          accountId: '$context.authorizer.accountId',
          latencyMs: '$context.responseLatency',
          functionMs: '$context.integrationLatency',
          bytes: '$context.responseLength',
          error: '$context.error.message',
          functionError: '$context.integrationErrorMessage',
        }),
      },
      defaultRouteSettings: {
        throttlingRateLimit: config.routeThrottles.read.ratePerSecond,
        throttlingBurstLimit: config.routeThrottles.read.burst,
        detailedMetricsEnabled: true,
      },
      routeSettings: Object.fromEntries(endpoints.map((e) => [`${e.method} ${e.path}`, throttle(e.rate)])),
    });
  }

  private addSocketStage(config: StageConfig, apiId: string): CfnStage {
    // WebSocket APIs log only through a role that the account names once per region; stages of one account share it.
    const role = new Role(this, 'GatewayLogsRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(
      role,
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'The policy that API Gateway names for this one purpose.',
    );
    const account = new CfnAccount(this, 'GatewayAccount', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const stage = new CfnStage(this, 'SocketStage', {
      apiId,
      stageName: socketStageName,
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: this.addLogGroup(config, 'sockets').logGroupArn,
        format: JSON.stringify({
          at: '$context.requestTime',
          requestId: '$context.requestId',
          ip: '$context.identity.sourceIp',
          connectionId: '$context.connectionId',
          route: '$context.routeKey',
          event: '$context.eventType',
          status: '$context.status',
          error: '$context.error.message',
        }),
      },
      defaultRouteSettings: {
        throttlingRateLimit: config.socketThrottle.ratePerSecond,
        throttlingBurstLimit: config.socketThrottle.burst,
        detailedMetricsEnabled: true,
      },
    });
    stage.addResourceDependency(account);
    return stage;
  }

  private addDomain(config: StageConfig, label: string, apiId: string, stage: CfnStage): void {
    if (!config.domain) return;
    const domainName = new CfnDomainName(this, pascalCase(`${label}-domain`), {
      domainName: `${label}.${config.domain.name}`,
      domainNameConfigurations: [
        { certificateArn: config.domain.certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
      ],
    });
    const mapping = new CfnApiMapping(this, pascalCase(`${label}-mapping`), {
      apiId,
      domainName: domainName.ref,
      stage: stage.ref,
      ...(label === 'ws' && { apiMappingKey: socketStageName }),
    });
    mapping.addResourceDependency(stage);
  }

  private addLogGroup(config: StageConfig, id: string): LogGroup {
    return new LogGroup(this, pascalCase(`${id}-logs`), {
      logGroupName: logGroupName(config.stage, `access/${id}`),
      retention: config.logRetentionDays,
      removalPolicy: removalPolicy(config),
    });
  }
}
