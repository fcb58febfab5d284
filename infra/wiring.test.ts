import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { placeholderBundles } from '#infra/constructs/bundles.ts';
import { apiOf } from '#infra/constructs/endpoint-route.ts';
import { timeoutSecondsOf } from '#infra/constructs/game-function.ts';
import { functionName } from '#infra/constructs/names.ts';
import { stageConfig } from '#infra/stage-config.ts';
import { backendApp } from '#infra/synthesize.ts';
import { sampleDomains } from '#infra/testing/sample-domains.ts';
import { type Resource, templatesOf } from '#infra/testing/templates.ts';
import { type Domain, defineDomain, functionsOf } from '#shared/contract/domain.ts';

const sample = templatesOf('dev', sampleDomains);
const game = templatesOf('dev', domains);
const find = (id: string) => sampleDomains.flatMap(functionsOf).find((fn) => fn.id === id)!;
const lambda = (id: string) =>
  sample.one('AWS::Lambda::Function', (each) => each.FunctionName === functionName('dev', find(id)));
/** Whether a property refers to this function: by `Ref`, by its ARN, or inside a longer text. */
const pointsAt = (value: unknown, fn: Resource) => JSON.stringify(value).includes(`"${fn.id}"`);

describe('routes', () => {
  const routesOf = (apiName: 'player' | 'admin', templates: typeof game) => {
    const logicalId = apiName === 'player' ? 'PlayerApi' : 'AdminApi';
    return templates
      .all('AWS::ApiGatewayV2::Route')
      .filter((route) => JSON.stringify(route.properties.ApiId).includes(`Ref${logicalId}`));
  };

  it.each([
    ['sample', sample, sampleDomains],
    ['game', game, domains],
  ] as const)('are the contract’s endpoints, one to one, each on its API: %s', (_name, templates, world) => {
    const endpoints = (world as readonly Domain[]).flatMap((domain) => domain.endpoints);
    for (const api of ['player', 'admin'] as const) {
      const declared = endpoints.filter((each) => apiOf(each) === api).map((each) => `${each.method} ${each.path}`);
      const routes = routesOf(api, templates).map((route) => route.properties.RouteKey);
      expect(routes.sort()).toEqual(declared.sort());
      for (const route of routesOf(api, templates)) {
        const endpoint = endpoints.find((each) => `${each.method} ${each.path}` === route.properties.RouteKey)!;
        expect(route.properties.AuthorizationType ?? 'NONE', endpoint.id).toBe(
          endpoint.auth === 'public' ? 'NONE' : 'CUSTOM',
        );
      }
    }
  });

  it('lead to their function, which the gateway may call for this route only', () => {
    const fn = lambda('sample.read-thing');
    const route = sample.one('AWS::ApiGatewayV2::Route', (each) => each.RouteKey === 'GET /api/v1/samples/{sampleId}');
    const integrations = sample.all('AWS::ApiGatewayV2::Integration').filter((each) => pointsAt(each.properties, fn));
    expect(integrations).toHaveLength(1);
    expect(pointsAt(route.properties.Target, integrations[0]!)).toBe(true);
    expect(integrations[0]!.properties).toMatchObject({ PayloadFormatVersion: '2.0', TimeoutInMillis: 11_000 });
    const permission = sample.one('AWS::Lambda::Permission', (each) => pointsAt(each.FunctionName, fn));
    expect(JSON.stringify(permission.properties.SourceArn)).toContain('/*/*/api/v1/samples/{sampleId}');
  });

  it('stay far below the 300 integrations that one HTTP API can have', () => {
    for (const api of ['player', 'admin'] as const) {
      const count = routesOf(api, game).length;
      if (count > 240) console.warn(`the ${api} API has ${count} of 300 integrations: split it before it is full`);
      expect(count).toBeLessThan(300);
    }
  });

  it('are throttled by their rate class in the stage, which comes after them', () => {
    const { routeThrottles } = stageConfig({ stage: 'dev' });
    for (const [templates, world] of [
      [sample, sampleDomains],
      [game, domains],
    ] as const) {
      const settings = Object.assign(
        {},
        ...templates.all('AWS::ApiGatewayV2::Stage').map((stage) => stage.properties.RouteSettings),
      );
      const endpoints = (world as readonly Domain[]).flatMap((domain) => domain.endpoints);
      expect(Object.keys(settings)).toHaveLength(endpoints.length);
      for (const endpoint of endpoints) {
        expect(settings[`${endpoint.method} ${endpoint.path}`], endpoint.id).toMatchObject({
          ThrottlingRateLimit: routeThrottles[endpoint.rate].ratePerSecond,
          ThrottlingBurstLimit: routeThrottles[endpoint.rate].burst,
        });
      }
    }
    expect(sample.dependencies.get('necpgame-dev-stages')).toEqual(
      expect.arrayContaining(['necpgame-dev-sample', 'necpgame-dev-machine']),
    );
  });
});

describe('authorizers', () => {
  it('answer both HTTP APIs with simple responses, cached five minutes by the Authorization header', () => {
    const authorizers = sample
      .all('AWS::ApiGatewayV2::Authorizer')
      .filter((each) => each.properties.EnableSimpleResponses);
    expect(authorizers.map((each) => each.properties.Name).sort()).toEqual(['admin-tokens', 'player-tokens']);
    for (const each of authorizers) {
      expect(each.properties).toMatchObject({
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        AuthorizerResultTtlInSeconds: 300,
        IdentitySource: ['$request.header.Authorization'],
      });
      expect(pointsAt(each.properties.AuthorizerUri, lambda('machine.authorize'))).toBe(true);
    }
  });

  it('ask the socket authorizer at each $connect, and only there', () => {
    const socket = sample.one('AWS::ApiGatewayV2::Authorizer', (each) => each.Name === 'connect');
    expect(socket.properties.AuthorizerResultTtlInSeconds).toBeUndefined();
    expect(socket.properties.IdentitySource).toBeUndefined();
    const routes = sample.all('AWS::ApiGatewayV2::Route').filter((each) => each.properties.RouteKey.startsWith('$'));
    expect(
      Object.fromEntries(routes.map((each) => [each.properties.RouteKey, each.properties.AuthorizationType])),
    ).toEqual({
      $connect: 'CUSTOM',
      $default: 'NONE',
      $disconnect: 'NONE',
    });
  });

  it('must be declared by somebody before an endpoint can be protected', () => {
    const lonely = sampleDomains.filter((domain) => domain.name === 'sample');
    expect(() => backendApp({ bundles: placeholderBundles, domains: lonely })).toThrow(/needs an authorizer/);
  });
});

describe('subscribers', () => {
  const fn = lambda('sample.count-things');
  const rules = sample.all('AWS::Events::Rule');

  it('have a rule per event version, from the owners and names that they declare', () => {
    expect(rules.map((rule) => rule.properties.EventPattern)).toEqual([
      {
        source: ['necpgame.sample', 'necpgame.other'],
        'detail-type': ['THING_MADE', 'THING_SOLD'],
        detail: { version: [1] },
      },
      { source: ['necpgame.sample'], 'detail-type': ['THING_MADE'], detail: { version: [2] } },
    ]);
  });

  it('are fed by a queue that gives back failed messages alone and sets them aside after five tries', () => {
    const [target] = rules[0]!.properties.Targets;
    const queue = sample.target(rules[0]!, target.Arn)!;
    expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * timeoutSecondsOf(find('sample.count-things')),
    );
    expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(5);
    const mapping = sample.one('AWS::Lambda::EventSourceMapping', (each) => pointsAt(each.FunctionName, fn));
    expect(sample.target(mapping, mapping.properties.EventSourceArn)).toBe(queue);
    expect(mapping.properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 7 },
    });
  });

  it('keep what the bus could not deliver with the other dead letters', () => {
    const [target] = rules[0]!.properties.Targets;
    const queue = sample.target(rules[0]!, target.Arn)!;
    const deadLetters = sample.target(rules[0]!, target.DeadLetterConfig.Arn);
    expect(deadLetters).toBeDefined();
    expect(sample.target(queue, queue.properties.RedrivePolicy.deadLetterTargetArn)).toBe(deadLetters);
  });
});

describe('jobs', () => {
  it('run on their schedule in UTC, and lose no failure', () => {
    const fn = lambda('sample.clean-up');
    const schedule = sample.one('AWS::Scheduler::Schedule');
    expect(schedule.properties).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(sample.target(schedule, schedule.properties.Target.Arn)).toBe(fn);
    const scheduler = sample.target(schedule, schedule.properties.Target.DeadLetterConfig.Arn);
    const invocations = sample.one('AWS::Lambda::EventInvokeConfig');
    const own = sample.target(invocations, invocations.properties.DestinationConfig.OnFailure.Destination);
    expect(scheduler?.properties.QueueName).toBe('necpgame-dev-sample-clean-up-dlq');
    expect(own).toBe(scheduler);
  });

  it('raise alarms by what they measure, each stage for itself', () => {
    const alarm = sample.one('AWS::CloudWatch::Alarm', ({ MetricName }) => MetricName === 'LeftBehind');
    expect(alarm.properties).toMatchObject({
      AlarmName: 'necpgame-dev-sample-clean-up-LeftBehind',
      Namespace: 'NECPGAME',
      Dimensions: expect.arrayContaining([
        { Name: 'Stage', Value: 'dev' },
        { Name: 'Job', Value: 'sample.clean-up' },
      ]),
      Threshold: 3,
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Maximum',
      Period: 300,
    });
    expect(alarm.properties.AlarmActions).toHaveLength(1);
  });
});

describe('platform triggers', () => {
  it('read only new outbox rows from the stream, and give up on a record after an hour', () => {
    const mapping = sample.one('AWS::Lambda::EventSourceMapping', (each) =>
      pointsAt(each.FunctionName, lambda('machine.relay')),
    );
    const { FilterCriteria, DestinationConfig, ...settings } = mapping.properties;
    expect(JSON.parse(FilterCriteria.Filters[0].Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { _et: { S: ['Outbox'] } } },
    });
    expect(JSON.stringify(DestinationConfig.OnFailure.Destination)).toContain('RelayDeadLetters');
    expect(settings).toMatchObject({
      BatchSize: 100,
      ParallelizationFactor: 10,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 3600,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(settings.MaximumBatchingWindowInSeconds).toBeLessThanOrEqual(1);
  });

  it('read settlements that begin from the stream, and leave one that cannot be noted to the sweeper', () => {
    const { FilterCriteria, ...settings } = sample.one('AWS::Lambda::EventSourceMapping', (each) =>
      pointsAt(each.FunctionName, lambda('machine.note')),
    ).properties;
    expect(FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT'], dynamodb: { NewImage: { _et: { S: ['Settlement'] }, state: { S: ['PREPARED'] } } } },
    ]);
    expect(settings).toMatchObject({
      MaximumRecordAgeInSeconds: 60,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(settings).not.toHaveProperty('DestinationConfig');
    const readers = sample
      .all('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => properties.StartingPosition);
    expect(readers.length, 'readers that a shard of the stream bears').toBeLessThanOrEqual(2);
  });

  it('keep messages from their function for as long as it says', () => {
    const queue = sample.one('AWS::SQS::Queue', (each) => each.QueueName === 'necpgame-dev-settlement-check');
    expect(queue.properties).toMatchObject({ DelaySeconds: 30, VisibilityTimeout: 6 * 30 });
    const deadLetters = sample.one('AWS::SQS::Queue', (each) => each.QueueName === 'necpgame-dev-settlement-check-dlq');
    expect(deadLetters.properties).not.toHaveProperty('DelaySeconds');
  });

  it('take messages from their queue, which hides them long enough', () => {
    const mapping = sample.one('AWS::Lambda::EventSourceMapping', (each) =>
      pointsAt(each.FunctionName, lambda('machine.deliver')),
    );
    expect(mapping.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    const queue = sample.one('AWS::SQS::Queue', (each) => each.QueueName === 'necpgame-dev-push');
    expect(queue.properties.VisibilityTimeout).toBe(6 * 20);
  });

  it('run at deployment again whenever their code changes, before the domains that rely on them', () => {
    const deployments = sample.all('Custom::Trigger');
    expect(deployments).toHaveLength(2);
    for (const each of deployments) {
      expect(sample.target(each, each.properties.HandlerArn)?.type).toBe('AWS::Lambda::Version');
    }
    expect(sample.dependencies.get('necpgame-dev-sample')).toContain('necpgame-dev-machine');
  });

  it('migrate as the owner of the schema, while others only run its functions', () => {
    expect(lambda('machine.migrate').properties.Environment.Variables.LEDGER_USER).toBe('ledger_owner');
    expect(lambda('sample.pay').properties.Environment.Variables.LEDGER_USER).toBe('ledger_app');
  });
});

describe('needs that cannot be met', () => {
  it('are refused: sockets from inside the VPC', () => {
    const [sampleDomain, machine] = sampleDomains as [Domain, Domain];
    const stuck = defineDomain({
      ...sampleDomain,
      jobs: [{ ...sampleDomain.jobs[0]!, needs: { ledger: true, sockets: true } }],
    });
    expect(() => backendApp({ bundles: placeholderBundles, domains: [stuck, machine] })).toThrow(/sockets/);
  });

  it('are refused: a name that AWS would cut', () => {
    const [sampleDomain, machine] = sampleDomains as [Domain, Domain];
    const long = { ...sampleDomain.jobs[0]!, id: `sample.${'very-'.repeat(10)}long` };
    expect(() =>
      backendApp({ bundles: placeholderBundles, domains: [{ ...sampleDomain, jobs: [long] }, machine] }),
    ).toThrow(/longer than 60/);
  });
});
