import { Duration } from 'aws-cdk-lib';
import { WebSocketAuthorizer, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  type EventSourceMappingProps,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Trigger as DeploymentTrigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';
import { httpAuthorizers, socketAuthorizer } from '#infra/constructs/authorizers.ts';
import type { AuthorizerIds } from '#infra/constructs/endpoint-route.ts';
import { consumeQueue, consumeStatement } from '#infra/constructs/event-subscriber.ts';
import { errorAlarm } from '#infra/constructs/function-alarm.ts';
import { GameFunction } from '#infra/constructs/game-function.ts';
import { constructId, functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import type { Trigger } from '#shared/contract/trigger.ts';
import { tableDefinition } from '#shared/table/definition.ts';

/** The authorizers that routes name; filled as the functions behind them are declared. */
export interface Authorizers {
  readonly http?: AuthorizerIds;
  readonly socket?: string;
}

/** A function of the platform itself with whatever starts it. */
export class PlatformTrigger extends Construct {
  readonly alarms: readonly GameAlarm[];
  /** What the given authorizers become with this function. */
  readonly authorizers: Authorizers;

  constructor(scope: Construct, declaration: Trigger, around: Surroundings, authorizers: Authorizers) {
    super(scope, `${constructId(declaration)}Trigger`);
    const { trigger } = declaration;
    const fn = new GameFunction(this, declaration, around, statementsOf(declaration, around));
    const alarms = [errorAlarm(fn, declaration, around)];
    switch (trigger.kind) {
      case 'authorizer':
        authorizers =
          trigger.api === 'http'
            ? { ...authorizers, http: httpAuthorizers(fn, around) }
            : { ...authorizers, socket: socketAuthorizer(fn, around) };
        break;
      case 'websocket-route':
        this.addSocketRoute(fn, trigger.route, around, authorizers.socket);
        break;
      case 'table-stream':
        alarms.push(this.readStream(fn, declaration, streams[trigger.filter](around), around));
        break;
      case 'queue':
        consumeQueue(this, fn.lambda, around.queues[trigger.queue], around.config.subscriberConcurrency);
        break;
      case 'deployment':
        new DeploymentTrigger(this, 'OnDeploy', { handler: fn.lambda, timeout: Duration.seconds(fn.timeoutSeconds) });
        break;
    }
    this.alarms = alarms;
    this.authorizers = authorizers;
  }

  private addSocketRoute(fn: GameFunction, routeKey: string, around: Surroundings, authorizerId?: string): void {
    if (routeKey === '$connect' && authorizerId === undefined) {
      throw new Error('$connect needs an authorizer trigger with api websocket in some domain');
    }
    const route = new WebSocketRoute(this, 'Route', {
      webSocketApi: around.socketApi,
      routeKey,
      integration: new WebSocketLambdaIntegration('Integration', fn.lambda, { timeout: Duration.seconds(29) }),
      // The last answer to a message goes back as the function's own reply: one call to the gateway less for each frame.
      returnResponse: routeKey === '$default',
      ...(routeKey === '$connect' && {
        authorizer: WebSocketAuthorizer.fromWebSocketAuthorizerAttributes(this, 'Authorizer', {
          authorizerId: authorizerId!,
          authorizerType: 'CUSTOM',
        }),
      }),
    });
    if (routeKey !== '$connect') {
      acknowledge(
        route,
        'APIG4',
        'A WebSocket API authorizes on $connect only; later frames belong to that connection.',
      );
    }
  }

  /** Reads rows that are new from the table's stream, in order per key, and never blocks a shard for long. */
  private readStream(
    fn: GameFunction,
    declaration: Trigger,
    { newImage, ...giveUp }: StreamReading,
    around: Surroundings,
  ): GameAlarm {
    new EventSourceMapping(this, 'Stream', {
      target: fn.lambda,
      eventSourceArn: around.table.tableStreamArn!,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      parallelizationFactor: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      ...giveUp,
      filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT'), dynamodb: { NewImage: newImage } })],
    });
    return new GameAlarm(this, 'StreamAge', {
      name: `${functionName(around.config.stage, declaration)}-stream-age`,
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: fn.lambda.functionName },
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      above: 60_000,
      periods: 2,
      what: 'The table stream is read more than a minute late',
      impact: declaration.impact,
      topic: around.alarmTopic,
    });
  }
}

/** Which new rows are read, and when one that cannot be handled is left to others. */
interface StreamReading extends Pick<EventSourceMappingProps, 'retryAttempts' | 'maxRecordAge' | 'onFailure'> {
  readonly newImage: Readonly<Record<string, unknown>>;
}

/** A table's stream has room for two readers. */
const streams: Readonly<Record<'outbox' | 'settlements', (around: Surroundings) => StreamReading>> = {
  outbox: ({ relayDeadLetters }) => ({
    newImage: { [tableDefinition.entityAttribute]: { S: FilterRule.isEqual('Outbox') } },
    retryAttempts: 10,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(relayDeadLetters),
  }),
  // Tried until it is a minute old: then the sweeper is there.
  settlements: () => ({
    newImage: {
      [tableDefinition.entityAttribute]: { S: FilterRule.isEqual('Settlement') },
      state: { S: FilterRule.isEqual('PREPARED') },
    },
    maxRecordAge: Duration.minutes(1),
  }),
};

function statementsOf({ trigger }: Trigger, around: Surroundings): PolicyStatement[] {
  if (trigger.kind === 'queue') return [consumeStatement(around.queues[trigger.queue])];
  if (trigger.kind !== 'table-stream') return [];
  return [
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [around.table.tableStreamArn!],
    }),
    new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    ...(trigger.filter === 'outbox'
      ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [around.relayDeadLetters.queueArn] })]
      : []),
  ];
}
