import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import fixture from '#events/fixtures/LEVEL_UP.v1.json' with { type: 'json' };
import { LEVEL_UP } from '#events/progression.ts';
import { event } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { handler as sweep } from './jobs/sweep-outbox.ts';
import { type Destinations, useDestinations } from './publisher.ts';
import { listUnsent } from './store.ts';
import { handler as relay } from './triggers/relay.ts';

const MINUTE_MS = 60_000;

describe('the outbox relay', () => {
  let world: TestWorld;
  let sent: string[];
  let undo: () => void = () => {};
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterEach(() => undo());
  afterAll(() => world.stop());

  /** A bus that refuses entries by the given rule; remembers the ids of what it took. */
  const useBus = (refuses: (id: string, call: number) => boolean) => {
    sent = [];
    let calls = 0;
    const destinations: Destinations = {
      putEvents: async (entries) => {
        calls += 1;
        return entries.flatMap((entry, index) => {
          const { id } = JSON.parse(entry.Detail ?? '') as { id: string };
          if (refuses(id, calls)) return [index];
          sent.push(id);
          return [];
        });
      },
      sendPushes: async () => [],
    };
    undo = useDestinations(destinations);
  };

  const commitEvents = async (count: number) => {
    const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'c', causationId: 'c' });
    const fact = event(LEVEL_UP, { aggregateId: fixture.aggregateId, aggregateSeq: 1, data: fixture.data as never });
    await operation.commit({ events: Array.from({ length: count }, () => fact) });
    return operation.id;
  };

  const streamOf = async (): Promise<DynamoDBStreamEvent> => {
    const rows = (await world.snapshot()).filter((row) => row._et === 'Outbox' && row.sentAtMs === undefined);
    return {
      Records: rows.map((row, index) => ({
        eventName: 'INSERT',
        dynamodb: { SequenceNumber: String(index), NewImage: marshall(row) as never },
      })),
    };
  };
  const unsent = async () => (await listUnsent(world.clock.nowMs() + MINUTE_MS, 100)).map((row) => row.operationId);

  it('publishes every event of a row once and marks the row as sent', async () => {
    await commitEvents(23);
    useBus(() => false);
    const { batchItemFailures } = await relay(await streamOf(), lambdaContext());
    expect(batchItemFailures).toEqual([]);
    expect(new Set(sent).size).toBe(23);
    expect(sent.length).toBe(23);
    expect(await unsent()).toEqual([]);
  });

  it('resends only the entries that the bus refused', async () => {
    await commitEvents(5);
    let refusals = 0;
    useBus((_id, call) => call === 1 && refusals++ < 2);
    await relay(await streamOf(), lambdaContext());
    expect(sent.length).toBe(5);
    expect(new Set(sent).size).toBe(5);
  });

  it('reports a row that stays refused, publishes the others, and leaves it to the sweeper', async () => {
    const poisoned = await commitEvents(1);
    const healthy = await commitEvents(1);
    const stream = await streamOf();
    const position = stream.Records.findIndex((record) => JSON.stringify(record).includes(poisoned));
    const poisonedEvent = (await listUnsent(world.clock.nowMs() + MINUTE_MS, 100)).find(
      (row) => row.operationId === poisoned,
    )!.events[0]!.envelope.id;
    useBus((id) => id === poisonedEvent);
    const { batchItemFailures } = await relay(stream, lambdaContext());
    expect(batchItemFailures).toEqual([{ itemIdentifier: String(position) }]);
    expect(await unsent()).toEqual([poisoned]);
    expect(await unsent()).not.toContain(healthy);

    undo();
    useBus(() => false);
    await sweep({}, lambdaContext());
    expect(sent).toEqual([]);
    world.clock.advance(2 * MINUTE_MS);
    expect(await sweep({}, lambdaContext())).toEqual({ processed: 1 });
    expect(sent).toEqual([poisonedEvent]);
    expect(await unsent()).toEqual([]);
  });

  it('publishes the same event ids again when the mark was lost', async () => {
    await commitEvents(3);
    useBus(() => false);
    const stream = await streamOf();
    await relay(stream, lambdaContext());
    const first = [...sent];
    await relay(stream, lambdaContext());
    expect(sent.slice(3)).toEqual(first);
  });
});
