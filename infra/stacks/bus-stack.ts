import { Duration } from 'aws-cdk-lib';
import { EventBus, Match } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { timeoutSecondsOf } from '#infra/constructs/game-function.ts';
import { DeadLetterQueue, GameQueue } from '#infra/constructs/game-queue.ts';
import { pascalCase, stagePrefix } from '#infra/constructs/names.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import type { Domain } from '#shared/contract/domain.ts';
import { type QueueName, queueNames } from '#shared/contract/needs.ts';
import type { Trigger } from '#shared/contract/trigger.ts';

/** The event bus with its archive, and the queues between the platform's own functions. */
export class BusStack extends GameStack {
  readonly bus: EventBus;
  readonly relayDeadLetters: IQueue;
  readonly queues: Readonly<Record<QueueName, IQueue>>;

  constructor(scope: Construct, config: StageConfig, domains: readonly Domain[], topic: ITopic) {
    super(scope, config, 'bus', 'event bus, archive, platform queues');
    const prefix = stagePrefix(config.stage);
    this.bus = new EventBus(this, 'Bus', { eventBusName: prefix });
    this.bus.archive('Archive', {
      archiveName: `${prefix}-events`,
      description: 'Every event of the last year, for replay into rebuilt projections',
      eventPattern: { source: Match.prefix('necpgame.') },
      retention: Duration.days(365),
    });
    this.relayDeadLetters = new DeadLetterQueue(this, 'RelayDeadLetters', {
      name: `${prefix}-relay`,
      impact: 'Events of finished operations are late; the sweeper publishes them again from the outbox within minutes',
      topic,
    }).queue;
    this.queues = Object.fromEntries(
      queueNames.map((name) => {
        const consumer = consumerOf(name, domains);
        const queue = new GameQueue(this, pascalCase(name), {
          name: `${prefix}-${name}`,
          consumerTimeoutSeconds: consumer === undefined ? 30 : timeoutSecondsOf(consumer),
          delaySeconds: consumer?.trigger.kind === 'queue' ? consumer.trigger.delaySeconds : undefined,
          impact: consumer?.impact ?? `Nothing works on the queue ${name}`,
          topic,
        });
        return [name, queue.queue as IQueue];
      }),
    ) as Record<QueueName, IQueue>;
  }
}

function consumerOf(name: QueueName, domains: readonly Domain[]): Trigger | undefined {
  return domains
    .flatMap((domain) => domain.triggers)
    .find(({ trigger }) => trigger.kind === 'queue' && trigger.queue === name);
}
