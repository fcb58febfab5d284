import type { SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import example from '#events/fixtures/LOGOUT.v1.json' with { type: 'json' };
import { LOGOUT } from '#events/session.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { defineJob } from '#shared/contract/job.ts';
import { defineSubscriber } from '#shared/contract/subscriber.ts';
import { defineTrigger } from '#shared/contract/trigger.ts';
import { createOperation } from '#shared/events/operation.ts';
import { tableName } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { endpointHandler } from './endpoint-handler.ts';
import { jobHandler } from './job-handler.ts';
import { subscriberHandler } from './subscriber-handler.ts';
import { triggerHandler } from './trigger-handler.ts';

/** Three small items: six units by AWS's rule. */
const writes = (name: string): Write[] =>
  [1, 2, 3].map((n) => ({
    params: () => ({ Put: { TableName: tableName(), Item: { pk: `CAP#${name}`, sk: `${n}` } } }),
  }));
const needs = { table: 'write' } as const;

describe('the metric line of every kind of function', () => {
  let world: TestWorld;
  let lines: Record<string, unknown>[];
  let undo: () => void;

  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());
  beforeEach(() => {
    lines = [];
    undo = useMetricSink((line) => lines.push(JSON.parse(line)));
  });
  afterEach(() => undo());

  it('tells what an endpoint consumed', async () => {
    const store = defineEndpoint({
      id: 'sample.store',
      method: 'POST',
      path: '/api/v1/sample',
      summary: 'Store',
      auth: 'public',
      success: 204,
      errors: [],
      idempotency: 'none',
      rate: 'write',
      needs,
      impact: 'none: a sample',
      budget: { readUnits: 0, writeUnits: 6 },
    });
    const { capacity } = await world.call(
      endpointHandler(store, async ({ commit }) => commit({ writes: writes('endpoint') })),
      store,
    );
    expect(lines).toMatchObject([{ Endpoint: store.id, ReadUnits: 0, WriteUnitsByRule: 6, TableCalls: 1 }]);
    expect(lines[0]!.WriteUnits).toBe(capacity.writeUnits);
  });

  it('tells what a job and a trigger consumed', async () => {
    const commit = (name: string) =>
      createOperation({ actor: { origin: 'test' }, correlationId: 'c', causationId: 'c' }).commit({
        writes: writes(name),
      });
    const job = defineJob({ id: 'sample.job', schedule: 'rate(1 minute)', needs, impact: 'none: a sample' });
    await jobHandler(job, async () => {
      await commit('job');
      return { processed: 1 };
    })({}, lambdaContext());
    const trigger = defineTrigger({
      id: 'sample.run',
      trigger: { kind: 'deployment' },
      needs,
      impact: 'none: a sample',
    });
    await triggerHandler(trigger, () => commit('trigger'))({}, lambdaContext());
    expect(lines).toMatchObject([
      { Job: job.id, WriteUnitsByRule: 6, TableCalls: 1 },
      { Trigger: trigger.id, WriteUnitsByRule: 6, TableCalls: 1 },
    ]);
  });

  it('tells what each event cost its subscriber, apart from the others of the batch', async () => {
    const subscriber = defineSubscriber({ id: 'sample.react', on: [LOGOUT], needs, impact: 'none: a sample' });
    const handler = subscriberHandler(subscriber, async (event, { commit }) => {
      await commit({ writes: event.id.endsWith('1') ? writes('subscriber') : [] });
    });
    const record = (n: number) => ({
      messageId: `m${n}`,
      body: JSON.stringify({ detail: { ...example, id: `evt_${n}` } }),
      eventSource: 'aws:sqs',
    });
    const batch = { Records: [record(1), record(2)] } as unknown as SQSEvent;
    expect(await handler(batch, lambdaContext())).toEqual({ batchItemFailures: [] });
    const units = new Map(lines.map(({ eventId, WriteUnitsByRule }) => [eventId, WriteUnitsByRule]));
    // Its writes and the mark that the event is handled; the mark alone.
    expect(units).toEqual(
      new Map([
        ['evt_1', 8],
        ['evt_2', 2],
      ]),
    );
  });
});
