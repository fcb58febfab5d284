import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '#infra/constructs/acknowledge.ts';
import { GameAlarm } from '#infra/constructs/alarm.ts';

/** After so many tries a message is set aside. */
export const maxReceiveCount = 5;
const retention = Duration.days(14);

export interface GameQueueProps {
  readonly name: string;
  /** Timeout of the function that works on it; a message stays hidden six times as long. */
  readonly consumerTimeoutSeconds: number;
  /** Messages lie so long before anybody sees them; unset: not at all. */
  readonly delaySeconds?: number | undefined;
  readonly impact: string;
  readonly topic: ITopic;
}

/** A queue with its dead letters: encrypted, TLS only, kept for 14 days, with alarms on dead letters and on age. */
export class GameQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;
  readonly alarms: readonly GameAlarm[];

  constructor(scope: Construct, id: string, props: GameQueueProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props);
    this.queue = new Queue(this, 'Queue', {
      queueName: props.name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: retention,
      ...(props.delaySeconds !== undefined && { deliveryDelay: Duration.seconds(props.delaySeconds) }),
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
    const age = new GameAlarm(this, 'Age', {
      name: `${props.name}-age`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: 300,
      periods: 2,
      what: 'Messages wait longer than 5 minutes',
      impact: props.impact,
      topic: props.topic,
    });
    this.alarms = [this.deadLetters.alarm, age];
  }
}

/** Where messages end that could not be handled; the first one raises an alarm within a minute. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly alarm: GameAlarm;

  constructor(scope: Construct, id: string, props: Omit<GameQueueProps, 'consumerTimeoutSeconds' | 'delaySeconds'>) {
    super(scope, id);
    const name = `${props.name}-dlq`;
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: retention,
    });
    acknowledge(this.queue, 'SQS3', 'This queue is itself where dead letters go; an alarm watches it.');
    this.alarm = new GameAlarm(this, 'Alarm', {
      name,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      above: 0,
      what: 'Messages could not be handled and wait for a redrive',
      impact: props.impact,
      topic: props.topic,
    });
  }
}
