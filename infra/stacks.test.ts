import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { stageConfig } from '#infra/stage-config.ts';
import { sampleDomains } from '#infra/testing/sample-domains.ts';
import { templatesOf } from '#infra/testing/templates.ts';
import { tableDefinition } from '#shared/table/definition.ts';

const dev = templatesOf('dev', sampleDomains);
const prod = templatesOf('prod', domains);

/** CloudFormation refuses a stack with more than 500. */
const maxResources = 450;

describe('every stage', () => {
  it.each([
    ['the sample domains in dev', dev],
    ['the game in dev', templatesOf('dev', domains)],
    ['the game in staging', templatesOf('staging', domains)],
    ['the game in prod', prod],
  ])('%s: each cdk-nag finding is acknowledged with its reason', (_name, { app }) => {
    const report = new AwsSolutionsChecks(app).validateScope(app);
    const findings = report.violations.flatMap((violation) =>
      violation.violatingResources.map((each) => `${violation.ruleName} ${JSON.stringify(each)}`),
    );
    expect(findings).toEqual([]);
  });

  it.each([
    ['dev', dev],
    ['prod', prod],
  ] as const)('%s: names its stacks by stage and part, and keeps them small', (stage, templates) => {
    for (const [name, resources] of templates.stacks) {
      expect(name).toMatch(new RegExp(`^necpgame-${stage}-[a-z-]+$`));
      expect(resources.length, name).toBeLessThan(maxResources);
    }
  });

  it.each([
    ['dev', dev],
    ['prod', prod],
  ] as const)(
    '%s: every queue is encrypted, keeps messages 14 days, and has dead letters that raise an alarm',
    (_stage, templates) => {
      const alarms = JSON.stringify(templates.all('AWS::CloudWatch::Alarm'));
      const queues = templates.all('AWS::SQS::Queue');
      const deadLetters = queues.filter((queue) => queue.properties.QueueName.endsWith('-dlq'));
      expect(deadLetters.length).toBeGreaterThan(0);
      for (const queue of queues) {
        expect(queue.properties, queue.id).toMatchObject({
          SqsManagedSseEnabled: true,
          MessageRetentionPeriod: 1_209_600,
        });
        if (deadLetters.includes(queue)) {
          expect(alarms, queue.id).toContain(`"${queue.id}"`);
        } else {
          const target = templates.target(queue, queue.properties.RedrivePolicy.deadLetterTargetArn);
          expect(deadLetters, queue.id).toContain(target);
          expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(5);
        }
      }
    },
  );

  it('keeps log groups for the stage’s time, none for ever', () => {
    for (const group of dev.all('AWS::Logs::LogGroup')) expect(group.properties.RetentionInDays, group.id).toBe(7);
    for (const group of prod.all('AWS::Logs::LogGroup')) expect(group.properties.RetentionInDays, group.id).toBe(90);
  });

  it('needs no function of CDK’s own beyond the one that runs deployment triggers', () => {
    for (const templates of [dev, prod]) {
      const custom = [...templates.stacks.values()]
        .flat()
        .filter((each) => /^(Custom::|AWS::CloudFormation::Custom)/.test(each.type));
      expect(custom.filter((each) => each.type !== 'Custom::Trigger')).toEqual([]);
    }
  });
});

describe('the table', () => {
  it('is what its definition says', () => {
    const { properties } = dev.one('AWS::DynamoDB::Table');
    expect(properties.KeySchema).toEqual([
      { AttributeName: tableDefinition.partitionKey, KeyType: 'HASH' },
      { AttributeName: tableDefinition.sortKey, KeyType: 'RANGE' },
    ]);
    expect(properties.GlobalSecondaryIndexes).toEqual(
      Object.entries(tableDefinition.indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: index.partitionKey, KeyType: 'HASH' },
          { AttributeName: index.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      })),
    );
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: tableDefinition.stream },
      TimeToLiveSpecification: { AttributeName: tableDefinition.ttlAttribute, Enabled: true },
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('outlives its stack in production, and there alone', () => {
    const kept = prod.one('AWS::DynamoDB::Table');
    expect(kept.properties.DeletionProtectionEnabled).toBe(true);
    expect(kept.deletionPolicy).toBe('Retain');
    expect(dev.one('AWS::DynamoDB::Table').deletionPolicy).toBe('Delete');
  });
});

describe('the ledger', () => {
  it('is encrypted, isolated, and open to the proxy alone', () => {
    for (const templates of [dev, prod]) {
      const cluster = templates.one('AWS::RDS::DBCluster');
      expect(cluster.properties).toMatchObject({ StorageEncrypted: true, EnableIAMDatabaseAuthentication: true });
      const groups = templates.all('AWS::EC2::SecurityGroup');
      const clusterGroup = groups.find((each) => each.properties.GroupDescription === 'The ledger itself')!;
      const proxyGroup = groups.find((each) => each.properties.GroupDescription === 'The proxy of the ledger')!;
      const ingress = templates
        .all('AWS::EC2::SecurityGroupIngress')
        .filter((each) => templates.target(each, each.properties.GroupId) === clusterGroup);
      expect(ingress.map((each) => templates.target(each, each.properties.SourceSecurityGroupId))).toEqual([
        proxyGroup,
      ]);
      expect(clusterGroup.properties.SecurityGroupIngress).toBeUndefined();
    }
  });

  it('lets functions in by IAM and TLS only', () => {
    const { properties } = dev.one('AWS::RDS::DBProxy');
    expect(properties.RequireTLS).toBe(true);
    expect(properties.DefaultAuthScheme).toBe('IAM_AUTH');
    for (const auth of properties.Auth) expect(auth.IAMAuth).toBe('REQUIRED');
  });

  it('refuses deletion and keeps backups in production', () => {
    expect(prod.one('AWS::RDS::DBCluster').properties).toMatchObject({
      DeletionProtection: true,
      BackupRetentionPeriod: 35,
      ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 32 },
    });
  });
});

describe('the bus', () => {
  it('archives every event of the game for a year', () => {
    expect(dev.one('AWS::Events::Archive').properties).toMatchObject({
      RetentionDays: 365,
      EventPattern: { source: [{ prefix: 'necpgame.' }] },
    });
  });
});

describe('secrets', () => {
  it('are born with their contents, except the signing keys, which the deployment makes', () => {
    const named = dev
      .all('AWS::SecretsManager::Secret')
      .filter((each) => /^necpgame\/dev\//.test(each.properties.Name));
    const generated = named.filter((each) => each.properties.GenerateSecretString !== undefined);
    expect(named.map((each) => each.properties.Name).sort()).toEqual([
      'necpgame/dev/mail-token-key',
      'necpgame/dev/mfa-key',
      'necpgame/dev/password-pepper',
      'necpgame/dev/token-signing-keys',
    ]);
    expect(generated).toHaveLength(3);
    for (const each of named) expect(each.properties.SecretString).toBeUndefined();
  });
});

describe('the edge', () => {
  it('logs every request to the APIs and bounds what sockets send', () => {
    for (const stage of dev.all('AWS::ApiGatewayV2::Stage')) {
      expect(stage.properties.AccessLogSettings.DestinationArn, stage.id).toBeDefined();
      expect(stage.properties.DefaultRouteSettings.ThrottlingRateLimit, stage.id).toBeGreaterThan(0);
    }
    expect(dev.all('AWS::ApiGatewayV2::Stage')).toHaveLength(3);
  });

  it('stands behind CloudFront and WAF in production', () => {
    const acl = prod.one('AWS::WAFv2::WebACL');
    const distribution = prod.one('AWS::CloudFront::Distribution');
    const rules = acl.properties.Rules.map((rule: { Name: string }) => rule.Name);
    expect(rules).toEqual(
      expect.arrayContaining(['rate', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesCommonRuleSet']),
    );
    expect(prod.target(distribution, distribution.properties.DistributionConfig.WebACLId)).toBe(acl);
    expect(dev.all('AWS::WAFv2::WebACL')).toEqual([]);
  });

  it('takes names of its own when the deployer has a domain', () => {
    const named = templatesOf('dev', sampleDomains, {
      domainName: 'dev.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:111111111111:certificate/x',
    });
    const names = named.all('AWS::ApiGatewayV2::DomainName').map((each) => each.properties.DomainName);
    expect(names.sort()).toEqual(['admin.dev.example.com', 'api.dev.example.com', 'ws.dev.example.com']);
    expect(named.one('AWS::ElasticLoadBalancingV2::Listener').properties).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
    });
    const [shard] = named.all('AWS::ECS::TaskDefinition');
    const variables = shard!.properties.ContainerDefinitions[0].Environment;
    expect(variables).toContainEqual({ Name: 'PUBLIC_URL', Value: 'wss://zone.dev.example.com/shard-0' });
  });
});

describe('the fleet', () => {
  const { shards, spareShards } = stageConfig({ stage: 'prod' }).fleet;
  const all = shards + spareShards;
  const tasks = prod.all('AWS::ECS::TaskDefinition');
  const services = prod.all('AWS::ECS::Service');
  const serviceOf = (index: number) =>
    services.find(({ properties }) => properties.ServiceName === `necpgame-prod-shard-${index}`)!;

  it('is one service of one task behind one target group per shard', () => {
    expect(tasks).toHaveLength(all);
    expect(prod.all('AWS::ElasticLoadBalancingV2::TargetGroup')).toHaveLength(all);
    expect(services).toHaveLength(all);
    const groups = services.map(({ properties }) => JSON.stringify(properties.LoadBalancers[0].TargetGroupArn));
    expect(new Set(groups).size).toBe(all);
    const paths = prod
      .all('AWS::ElasticLoadBalancingV2::ListenerRule')
      .map((rule) => rule.properties.Conditions[0].PathPatternConfig.Values);
    expect(paths.sort()).toEqual(Array.from({ length: all }, (_, index) => [`/shard-${index}`, `/shard-${index}/*`]));
  });

  it('replaces a shard by draining the old task first, one shard after the other', () => {
    for (const { properties } of services) {
      expect(properties.DeploymentConfiguration).toMatchObject({
        MinimumHealthyPercent: 0,
        MaximumPercent: 100,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      });
    }
    for (let index = 1; index < all; index += 1) expect(serviceOf(index).dependsOn).toContain(serviceOf(index - 1).id);
    for (const { properties } of prod.all('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      expect(properties.HealthCheckPath).toBe('/health');
      expect(properties.TargetGroupAttributes).toContainEqual({
        Key: 'deregistration_delay.timeout_seconds',
        Value: '20',
      });
    }
  });

  it('keeps as many shards as its stage says, and leaves the number of spare ones to the load', () => {
    for (let index = 0; index < all; index += 1)
      expect(serviceOf(index).properties.DesiredCount).toBe(index < shards ? 1 : undefined);
    const targets = prod.all('AWS::ApplicationAutoScaling::ScalableTarget');
    expect(targets).toHaveLength(spareShards);
    for (const { properties } of targets) expect(properties).toMatchObject({ MinCapacity: 0, MaxCapacity: 1 });
    const named = templatesOf('prod', [], { shards: '1', spareShards: '0' });
    expect(named.all('AWS::ECS::Service')).toHaveLength(1);
    expect(named.all('AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
  });

  it('starts and ends each spare shard by the zones and the tick time of the whole fleet', () => {
    for (let index = shards; index < all; index += 1) {
      for (const [what, tasksThen] of [
        ['start', 1],
        ['end', 0],
      ] as const) {
        const alarm = prod.one(
          'AWS::CloudWatch::Alarm',
          ({ AlarmName }) => AlarmName === `necpgame-prod-shard-${index}-${what}`,
        );
        const { Metrics, AlarmActions } = alarm.properties;
        const told = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: object; Stat: string } }) =>
          MetricStat ? [MetricStat] : [],
        );
        const Dimensions = [{ Name: 'Stage', Value: 'prod' }];
        for (const [MetricName, Stat] of [
          ['TickMs', 'Maximum'],
          ['Zones', 'Sum'],
          ['Zones', 'SampleCount'],
        ])
          expect(told).toContainEqual(
            expect.objectContaining({ Metric: { Namespace: 'NECPGAME', MetricName, Dimensions }, Stat }),
          );
        const policy = prod.target(alarm, AlarmActions[0])!;
        expect(policy.properties.StepScalingPolicyConfiguration).toMatchObject({
          AdjustmentType: 'ExactCapacity',
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: tasksThen }],
        });
      }
    }
  });

  it('shows its zones to nobody: the live feed is the local cloud’s alone', () => {
    for (const template of [prod, templatesOf('dev', [])])
      for (const { properties } of template.all('AWS::ECS::TaskDefinition'))
        expect(JSON.stringify(properties)).not.toContain('LIVE_FEED');
  });

  it('runs as nobody, writes no file, is checked, and has two minutes to drain', () => {
    for (const task of tasks) {
      expect(task.properties.RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
      const [container] = task.properties.ContainerDefinitions;
      expect(container).toMatchObject({ User: '1000', ReadonlyRootFilesystem: true, StopTimeout: 120 });
      expect(container.HealthCheck.Command[0]).toBe('CMD');
    }
  });

  it('may touch the table without Scan, and nothing else', () => {
    const role = prod.target(tasks[0]!, tasks[0]!.properties.TaskRoleArn)!;
    const [{ PolicyDocument }] = role.properties.Policies;
    expect(PolicyDocument.Statement).toHaveLength(1);
    expect(PolicyDocument.Statement[0].Action).not.toContain('dynamodb:Scan');
    for (const action of PolicyDocument.Statement[0].Action) expect(action).toMatch(/^dynamodb:\w+$/);
    expect(JSON.stringify(PolicyDocument.Statement[0].Resource)).not.toContain('*');
  });

  it('has alarms on its cores, on the time of a tick and on the number of zones for each shard', () => {
    const names = prod.all('AWS::CloudWatch::Alarm').map((alarm) => alarm.properties.AlarmName);
    for (let index = 0; index < all; index += 1) {
      expect(names).toContain(`necpgame-prod-shard-${index}-cpu`);
      expect(names).toContain(`necpgame-prod-shard-${index}-tick`);
      expect(names).toContain(`necpgame-prod-shard-${index}-zones`);
    }
  });
});
