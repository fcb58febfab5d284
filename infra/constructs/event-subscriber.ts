import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GameAlarm } from '#infra/constructs/alarm.ts';
import { errorAlarm } from '#infra/constructs/function-alarm.ts';
import { GameFunction, timeoutSecondsOf } from '#infra/constructs/game-function.ts';
import { GameQueue } from '#infra/constructs/game-queue.ts';
import { constructId, functionName } from '#infra/constructs/names.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import { eventSource } from '#shared/contract/event.ts';
import type { Subscriber } from '#shared/contract/subscriber.ts';

/** Largest batch that one invocation gets; a failed message is given back alone. */
export const queueBatchSize = 10;

/** One reaction to events: rule → queue with dead letters → function with partial batch response. */
export class EventSubscriber extends Construct {
  readonly alarms: readonly GameAlarm[];

  constructor(scope: Construct, subscriber: Subscriber, around: Surroundings) {
    super(scope, `${constructId(subscriber)}Subscriber`);
    const name = functionName(around.config.stage, subscriber);
    const queue = new GameQueue(this, 'Queue', {
      name,
      consumerTimeoutSeconds: timeoutSecondsOf(subscriber),
      impact: subscriber.impact,
      topic: around.alarmTopic,
    });
    for (const [version, pattern] of patternsByVersion(subscriber)) {
      new Rule(this, `RuleV${version}`, {
        ruleName: `${name}-v${version}`,
        eventBus: around.bus,
        eventPattern: pattern,
        targets: [
          new SqsQueue(queue.queue, {
            deadLetterQueue: queue.deadLetters.queue,
            maxEventAge: Duration.hours(24),
            retryAttempts: 185,
          }),
        ],
      });
    }
    const fn = new GameFunction(this, subscriber, around, [consumeStatement(queue.queue)]);
    consumeQueue(this, fn.lambda, queue.queue, subscriber.maxConcurrency ?? around.config.subscriberConcurrency);
    this.alarms = [...queue.alarms, errorAlarm(fn, subscriber, around)];
  }
}

/** One pattern per event version, so that a subscriber never sees a version that it does not know. */
function patternsByVersion(subscriber: Subscriber): (readonly [number, EventPattern])[] {
  const byVersion = Map.groupBy(subscriber.on, (event) => event.version);
  return [...byVersion].map(([version, events]) => [
    version,
    {
      source: [...new Set(events.map((event) => eventSource(event.owner)))],
      detailType: events.map((event) => event.name),
      detail: { version: [version] },
    },
  ]);
}

/** What a function needs to take messages from a queue. */
export function consumeStatement(queue: IQueue): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    resources: [queue.queueArn],
  });
}

/** Joins a queue to its function: at once, in small batches, failed messages given back one by one. */
export function consumeQueue(scope: Construct, lambda: IFunction, queue: IQueue, maxConcurrency: number): void {
  new EventSourceMapping(scope, 'Consumer', {
    target: lambda,
    eventSourceArn: queue.queueArn,
    batchSize: queueBatchSize,
    reportBatchItemFailures: true,
    maxConcurrency,
  });
}
