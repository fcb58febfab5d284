import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { eventSource } from '#shared/contract/event.ts';
import type { OutboxRow } from '#shared/events/outbox.ts';
import { clock } from '#shared/kernel/clock.ts';
import { config } from '#shared/kernel/config.ts';
import { step } from '#shared/kernel/step.ts';
import { sendToQueue } from '#shared/runtime/queue-sender.ts';
import { log } from '#shared/telemetry/log.ts';
import { markSent } from './store.ts';

/** Entries of one PutEvents or SendMessageBatch call: the services' limit. */
const BATCH = 10;
/** Tries within one run; what still fails is left to the stream's own retry and to the sweeper. */
const TRIES = 3;

/** Where the relay sends: the bus and the queue of pushes. Each answers the positions that it did not take. */
export interface Destinations {
  putEvents(entries: readonly PutEventsRequestEntry[]): Promise<readonly number[]>;
  sendPushes(bodies: readonly string[]): Promise<readonly number[]>;
}

let bus: EventBridgeClient | undefined;

const aws: Destinations = {
  async putEvents(entries) {
    bus ??= new EventBridgeClient({ maxAttempts: 3 });
    const { Entries } = await step('bus.PutEvents', () => bus!.send(new PutEventsCommand({ Entries: [...entries] })));
    return (Entries ?? []).flatMap((entry, index) => (entry.ErrorCode ? [index] : []));
  },
  async sendPushes(bodies) {
    return (await sendToQueue('PUSH_QUEUE_URL', bodies)).map(({ index }) => index);
  },
};

let destinations: Destinations = aws;

/** Sends elsewhere (tests, simulator) and returns the undo. */
export function useDestinations(next: Destinations): () => void {
  const before = destinations;
  destinations = next;
  return () => {
    destinations = before;
  };
}

interface Parcel<T> {
  readonly operationId: string;
  readonly content: T;
}

/**
 * Publishes rows and marks those that went out whole; answers the operations that did not. Publishing again is
 * harmless: event and push ids are fixed in the row, and consumers know what they have seen.
 */
export async function publishRows(rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> {
  const entries = rows.flatMap((row) =>
    row.events.map(({ owner, envelope }) => ({
      operationId: row.operationId,
      content: {
        EventBusName: config('BUS_NAME'),
        Source: eventSource(owner),
        DetailType: envelope.name,
        Detail: JSON.stringify(envelope),
        Time: new Date(envelope.occurredAt),
      } satisfies PutEventsRequestEntry,
    })),
  );
  const pushes = rows.flatMap((row) =>
    row.pushes.map((push) => ({ operationId: row.operationId, content: JSON.stringify(push) })),
  );
  const failed = new Set([
    ...(await sendAll(entries, (batch) => destinations.putEvents(batch))),
    ...(await sendAll(pushes, (batch) => destinations.sendPushes(batch))),
  ]);
  const sent = rows.filter((row) => !failed.has(row.operationId));
  await Promise.all(
    sent.map((row) =>
      // A lost mark only means that the sweeper publishes the row once more.
      markSent(row.operationId, clock.nowMs()).catch((error: Error) =>
        log().warn('outbox row not marked', { operationId: row.operationId, error }),
      ),
    ),
  );
  return failed;
}

/** Sends in batches, resends only what was refused, and answers the operations with something left unsent. */
async function sendAll<T>(
  parcels: readonly Parcel<T>[],
  send: (batch: readonly T[]) => Promise<readonly number[]>,
): Promise<readonly string[]> {
  const unsent: string[] = [];
  for (let from = 0; from < parcels.length; from += BATCH) {
    let batch = parcels.slice(from, from + BATCH);
    for (let attempt = 1; batch.length > 0 && attempt <= TRIES; attempt += 1) {
      const current = batch;
      try {
        const refused = await send(current.map((parcel) => parcel.content));
        batch = refused.map((index) => current[index]!);
      } catch (error) {
        log().error('relay call failed', { attempt, error: error as Error });
      }
    }
    unsent.push(...batch.map((parcel) => parcel.operationId));
  }
  return unsent;
}
