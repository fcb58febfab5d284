import { randomUUID } from 'node:crypto';
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { type Destinations, publishRows } from '#functions/platform/publisher.ts';
import type { SendChecks } from '#functions/settlement/publisher.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { OutboxRow } from '#shared/events/outbox.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { step } from '#shared/kernel/step.ts';
import { TAKE_OVER_AFTER_MS } from '#shared/settlement/take-over.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import type { Consumer, Routes } from './routes.ts';
import type { Scheduler } from './scheduler.ts';

/** A message that was not handled is seen again after this time, as a queue's visibility time-out has it. */
const VISIBILITY_MS = 30_000;
const MAX_RECEIVES = 5;
/** How late a message may come, at most; so that events overtake each other. */
const MAX_DELAY_MS = 3_000;
/** The stream hands a row to the relay again so often; then it is the sweeper's. */
const RELAY_TRIES = 2;

/** The stream hands a settlement that has begun to its reader until the record is so old, and waits so long each time. */
const NOTE_FOR_MS = MINUTE_MS;
const NOTE_TIMEOUT_MS = 10 * SECOND_MS;
const NOTE_BACKOFF_MS = SECOND_MS;
/** A check that failed is seen again after six times its function's time-out. */
const CHECK_VISIBILITY_MS = 180 * SECOND_MS;

export interface Message {
  readonly consumer: Consumer;
  readonly body: string;
  /** What it is about, such as an event's name and id. */
  readonly about: string;
  /** Of an event: whose effects are watched. */
  readonly delivery?: string;
  readonly delayMs: number;
  /** It is hidden so long when it was not handled; unset: it comes again at once. */
  readonly hiddenMs?: number;
}

/**
 * Stream → relay → bus → a queue per subscriber → its real handler, as processes of a simulation: at least once, late,
 * twice and out of order. What fails five times lies in the dead-letter queue until it is driven again. And stream →
 * note of a settlement → delayed queue → whoever ends what was left.
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

  /** The queue of settlements that are to be looked at. */
  readonly sendChecks: SendChecks = (bodies) =>
    step('queue.SendMessageBatch', async () => {
      for (const body of bodies) {
        const message = {
          consumer: this.routes.endLeft,
          body,
          about: `check of ${body}`,
          delayMs: TAKE_OVER_AFTER_MS,
          hiddenMs: CHECK_VISIBILITY_MS,
        };
        this.enqueue(message);
        if (this.random.percent(this.ways.duplicatePercent)) this.enqueue(message);
      }
      return [];
    });

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
        if (await this.within(VISIBILITY_MS, run)) break;
      }
      this.underWay -= 1;
    };
    void this.scheduler.start('stream', publish);
  }

  /** The table's stream has a settlement that has begun. */
  begun(transactionId: string): void {
    this.underWay += 1;
    const image = { transactionId: { S: transactionId } };
    const event = { Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: image } }] };
    const note = async (): Promise<void> => {
      const untilMs = this.scheduler.nowMs + NOTE_FOR_MS;
      while (this.scheduler.nowMs < untilMs) {
        const run = this.scheduler
          .start(
            'settlement.note-begun',
            () => this.routes.noteBegun(event as unknown as DynamoDBStreamEvent, lambdaContext()),
            { isFaulty: true },
          )
          .then(
            ({ batchItemFailures }) => batchItemFailures.length === 0,
            () => false,
          );
        if (await this.within(NOTE_TIMEOUT_MS, run)) break;
        await this.scheduler.sleep(NOTE_BACKOFF_MS);
      }
      this.underWay -= 1;
    };
    void this.scheduler.start('stream', note);
  }

  /** Sends everything in the dead-letter queues on its way once more. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0)) this.enqueue(message);
  }

  private accept(event: EventEnvelope): void {
    this.accepted.set(event.id, (this.accepted.get(event.id) ?? 0) + 1);
    for (const consumer of this.routes.subscribersOf(event.name)) {
      const message = {
        consumer,
        body: JSON.stringify({ 'detail-type': event.name, detail: event }),
        about: `${event.name} ${event.id}`,
        delivery: `${consumer.id} of ${event.id}`,
        delayMs: 0,
      };
      this.enqueue(message);
      if (this.random.percent(this.ways.duplicatePercent)) this.enqueue(message);
    }
  }

  private enqueue(message: Message): void {
    this.underWay += 1;
    void this.scheduler.start(`queue of ${message.consumer.id}`, async () => {
      await this.scheduler.sleep(message.delayMs + this.random.int(0, MAX_DELAY_MS));
      let isHandled = false;
      if (this.ways.forgetsFailures) isHandled = (await this.handled(message)) || true;
      for (let receives = 0; receives < MAX_RECEIVES && !isHandled; receives += 1) {
        const receivedMs = this.scheduler.nowMs;
        isHandled = await this.handled(message);
        if (isHandled || !message.hiddenMs) continue;
        await this.scheduler.sleep(receivedMs + message.hiddenMs - this.scheduler.nowMs);
      }
      if (!isHandled) this.deadLetters.push(message);
      this.underWay -= 1;
    });
  }

  /** Hands the message to an invocation of its own; false when that fails, or has not ended in time. */
  private handled({ consumer, body, delivery }: Message): Promise<boolean> {
    const record = { messageId: randomUUID(), receiptHandle: '', body, eventSource: 'aws:sqs' };
    const invocation = this.scheduler
      .start(consumer.id, () => consumer.handler({ Records: [record] } as unknown as SQSEvent, lambdaContext()), {
        isFaulty: true,
        facts: delivery ? { delivery } : {},
      })
      .then(
        ({ batchItemFailures }) => batchItemFailures.length === 0,
        () => false,
      );
    return this.within(VISIBILITY_MS, invocation);
  }

  private async within(ms: number, run: Promise<boolean>): Promise<boolean> {
    return (await this.scheduler.within(ms, run)) ?? false;
  }
}
