import { randomUUID } from 'node:crypto';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { SQSEvent } from 'aws-lambda';
import { type Destinations, publishRows } from '#functions/platform/publisher.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { OutboxRow } from '#shared/events/outbox.ts';
import { step } from '#shared/kernel/step.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { Routes } from './routes.ts';
import type { Scheduler } from './scheduler.ts';

/** A message that was not handled is seen again after this time, as a queue's visibility time-out has it. */
const VISIBILITY_MS = 30_000;
const MAX_RECEIVES = 5;
/** How late a message may come, at most; so that events overtake each other. */
const MAX_DELAY_MS = 3_000;
/** The stream hands a row to the relay again so often; then it is the sweeper's. */
const RELAY_TRIES = 2;

type Reaction = ReturnType<Routes['subscribersOf']>[number];

export interface Message {
  readonly reaction: Reaction;
  readonly event: EventEnvelope;
}

/**
 * Stream → relay → bus → a queue per subscriber → its real handler, as processes of a simulation: at least once, late,
 * twice and out of order. What fails five times lies in the dead-letter queue until it is driven again.
 */
export class SimulatedBus {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private readonly routes: Routes;
  private readonly ways: { readonly duplicatePercent: number; readonly forgetsFailures: boolean };
  /** Messages and rows on their way. */
  private underWay = 0;
  readonly deadLetters: Message[] = [];
  /** Ids of the events that reached the bus, as often as they did. */
  readonly accepted = new Map<string, number>();

  constructor(scheduler: Scheduler, random: SeededRandom, routes: Routes, ways: SimulatedBus['ways']) {
    this.scheduler = scheduler;
    this.random = random;
    this.routes = routes;
    this.ways = ways;
  }

  readonly destinations: Destinations = {
    putEvents: (entries: readonly PutEventsRequestEntry[]) =>
      step('bus.PutEvents', async () => {
        for (const { Detail } of entries) this.accept(JSON.parse(Detail ?? '') as EventEnvelope);
        return [];
      }),
    sendPushes: () => step('queue.SendMessageBatch', async () => []),
  };

  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** The table's stream has a new outbox row: the relay publishes it. */
  relay(row: OutboxRow): void {
    this.underWay += 1;
    const publish = async (): Promise<void> => {
      for (let tries = 0; tries < RELAY_TRIES; tries += 1) {
        const run = this.scheduler
          .start('platform.relay', () => publishRows([row]), { isFaulty: true })
          .then(
            (failed) => failed.size === 0,
            () => false,
          );
        if (await this.within(run)) break;
      }
      this.underWay -= 1;
    };
    void this.scheduler.start('stream', publish);
  }

  /** Sends everything in the dead-letter queues on its way once more. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0)) this.enqueue(message);
  }

  private accept(event: EventEnvelope): void {
    this.accepted.set(event.id, (this.accepted.get(event.id) ?? 0) + 1);
    for (const reaction of this.routes.subscribersOf(event.name)) {
      this.enqueue({ reaction, event });
      if (this.random.percent(this.ways.duplicatePercent)) this.enqueue({ reaction, event });
    }
  }

  private enqueue(message: Message): void {
    this.underWay += 1;
    void this.scheduler.start(`queue of ${message.reaction.id}`, async () => {
      await this.scheduler.sleep(this.random.int(0, MAX_DELAY_MS));
      let isHandled = false;
      if (this.ways.forgetsFailures) isHandled = (await this.handled(message)) || true;
      for (let receives = 0; receives < MAX_RECEIVES && !isHandled; receives += 1)
        isHandled = await this.handled(message);
      if (!isHandled) this.deadLetters.push(message);
      this.underWay -= 1;
    });
  }

  /** Hands the message to an invocation of its own; false when that fails, or has not ended in time. */
  private handled({ reaction, event }: Message): Promise<boolean> {
    const body = JSON.stringify({ 'detail-type': event.name, detail: event });
    const record = { messageId: randomUUID(), receiptHandle: '', body, eventSource: 'aws:sqs' };
    const facts = { delivery: `${reaction.id} of ${event.id}` };
    const invocation = this.scheduler
      .start(reaction.id, () => reaction.handler({ Records: [record] } as unknown as SQSEvent, lambdaContext()), {
        isFaulty: true,
        facts,
      })
      .then(
        ({ batchItemFailures }) => batchItemFailures.length === 0,
        () => false,
      );
    return this.within(invocation);
  }

  private async within(run: Promise<boolean>): Promise<boolean> {
    return (await this.scheduler.within(VISIBILITY_MS, run)) ?? false;
  }
}
