import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { domains } from '#functions/domains.ts';
import { type Destinations, publishRows } from '#functions/platform/publisher.ts';
import { listUnsent } from '#functions/platform/store.ts';
import type { EventEnvelope } from '#shared/contract/event.ts';
import type { Subscriber } from '#shared/contract/subscriber.ts';
import type { OutboxPush } from '#shared/events/outbox.ts';
import { step } from '#shared/kernel/step.ts';
import type { SeededRandom } from '#shared/testing/seeded-random.ts';
import { invokeSubscriber } from '#shared/testing/test-world.ts';
import type { Scheduler } from './scheduler.ts';

/** A message that was not handled is seen again after this time, as a queue's visibility time-out has it. */
const VISIBILITY_MS = 30_000;
const MAX_RECEIVES = 5;
/** How late a message may come, at most; so that events overtake each other. */
const MAX_DELAY_MS = 3_000;
const DUPLICATE_PERCENT = 10;
const ROWS_PER_SHARD = 100;

interface Message {
  readonly subscriber: Subscriber;
  readonly event: EventEnvelope;
}

/**
 * Outbox → relay → bus → a queue per subscriber → its real handler, as processes of a simulation: at least once, late,
 * twice and out of order. What fails five times lies in the dead-letter queue until it is driven again.
 */
export class SimulatedBus {
  private readonly scheduler: Scheduler;
  private readonly random: SeededRandom;
  private underWay = 0;
  readonly deadLetters: Message[] = [];
  /** Every event that left the outbox, as often as it did. */
  readonly events: EventEnvelope[] = [];
  readonly pushes: OutboxPush[] = [];

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.scheduler = scheduler;
    this.random = random;
  }

  readonly destinations: Destinations = {
    putEvents: async (entries: readonly PutEventsRequestEntry[]) => {
      await step('bus.PutEvents', async () => {
        for (const { Detail } of entries) this.accept(JSON.parse(Detail ?? '') as EventEnvelope);
      });
      return [];
    },
    sendPushes: async (bodies) => {
      await step('queue.SendMessageBatch', async () => {
        this.pushes.push(...bodies.map((body) => JSON.parse(body) as OutboxPush));
      });
      return [];
    },
  };

  /** One run of the relay or of its sweeper. */
  async relay(): Promise<void> {
    await publishRows(await listUnsent(Number.MAX_SAFE_INTEGER / 2 ** 12, ROWS_PER_SHARD));
  }

  /** Whether messages are still on their way. */
  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** Sends everything in the dead-letter queues on its way once more. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0)) this.enqueue(message);
  }

  private accept(event: EventEnvelope): void {
    this.events.push(event);
    for (const subscriber of subscribersOf(event.name)) {
      this.enqueue({ subscriber, event });
      if (this.random.percent(DUPLICATE_PERCENT)) this.enqueue({ subscriber, event });
    }
  }

  private enqueue(message: Message): void {
    this.underWay += 1;
    void this.scheduler.start(`queue of ${message.subscriber.id}`, async () => {
      await this.scheduler.sleep(this.random.int(0, MAX_DELAY_MS));
      for (let receives = 1; receives <= MAX_RECEIVES; receives += 1) {
        if (await this.handled(message)) {
          this.underWay -= 1;
          return;
        }
      }
      this.underWay -= 1;
      this.deadLetters.push(message);
    });
  }

  /** Hands the message to an invocation of its own; false when that fails, or has not ended in time. */
  private async handled({ subscriber, event }: Message): Promise<boolean> {
    const invocation = this.scheduler
      .start(subscriber.id, () => invokeSubscriber(subscriber, event), { isFaulty: true })
      .then(
        ({ batchItemFailures }) => batchItemFailures.length === 0,
        () => false,
      );
    return Promise.race([invocation, this.scheduler.sleep(VISIBILITY_MS).then(() => false)]);
  }
}

const byEvent = new Map<string, readonly Subscriber[]>();

function subscribersOf(name: string): readonly Subscriber[] {
  let known = byEvent.get(name);
  if (!known) {
    known = domains
      .flatMap((domain) => domain.subscribers)
      .filter((subscriber) => subscriber.on.some((definition) => definition.name === name));
    byEvent.set(name, known);
  }
  return known;
}
