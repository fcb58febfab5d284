import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import type { InvokeLambda } from '../../service.ts';
import { Queue, type QueueOptions } from './queue.ts';
import { QueueEventSource, type QueueEventSourceOptions } from './queue-event-source.ts';

const sources: QueueEventSource[] = [];

afterEach(async () => {
  for (const source of sources.splice(0)) await source.stop();
});

function makeQueue(name: string, options: Partial<QueueOptions> = {}): Queue {
  return new Queue({ name, arn: `arn:${name}`, url: `http://local/${name}`, nowMs: () => Date.now(), ...options });
}

async function attach(
  queue: Queue,
  invoke: (event: SQSEvent) => unknown,
  options: Partial<QueueEventSourceOptions> = {},
): Promise<void> {
  const run: InvokeLambda = async (_name, payload) => ({ payload: await invoke(payload as SQSEvent) });
  const source = new QueueEventSource({
    queue,
    functionName: 'fn',
    region: 'eu-central-1',
    invoke: run,
    reportBatchItemFailures: true,
    retryAfterMs: 5,
    ...options,
  });
  sources.push(source);
  await source.start();
}

const empty = { visible: 0, inFlight: 0, delayed: 0 };
const fail = (...ids: string[]): SQSBatchResponse => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

test('only the failed messages of a batch come again, and after maxReceiveCount they lie in the dead-letter queue', async () => {
  const dead = makeQueue('dead');
  const queue = makeQueue('main', { redrive: { deadLetterArn: 'arn:dead', maxReceiveCount: 3 } });
  queue.deadLetters = dead;
  const seen: string[] = [];
  for (const body of ['a', 'poison', 'b']) queue.send({ body });
  await attach(queue, ({ Records }) => {
    seen.push(...Records.map(({ body }) => body));
    return fail(...Records.filter(({ body }) => body === 'poison').map(({ messageId }) => messageId));
  });
  await vi.waitFor(() => expect(dead.counts.visible).toBe(1));
  expect(seen.filter((body) => body === 'poison')).toHaveLength(3);
  expect(seen.filter((body) => body !== 'poison').sort()).toEqual(['a', 'b']);
  expect(queue.counts).toEqual(empty);
  expect(dead.drain()[0]).toMatchObject({ body: 'poison', deadLetterSourceArn: 'arn:main' });
});

test.each([
  ['an identifier of no message', { batchItemFailures: [{ itemIdentifier: 'nobody' }] }],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['a reply of another shape', 'oops'],
])('%s fails the whole batch', async (_what, reply) => {
  const queue = makeQueue('main');
  let calls = 0;
  queue.send({ body: 'a' });
  queue.send({ body: 'b' });
  const sizes: number[] = [];
  await attach(queue, ({ Records }) => {
    sizes.push(Records.length);
    return ++calls === 1 ? reply : undefined;
  });
  await vi.waitFor(() => expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4));
  await vi.waitFor(() => expect(queue.counts).toEqual(empty));
});

test('a function error keeps the messages; without partial responses the reply does not matter', async () => {
  const queue = makeQueue('main');
  queue.send({ body: 'a' });
  const invoke = vi
    .fn<InvokeLambda>()
    .mockResolvedValueOnce({ functionError: { errorType: 'Error', errorMessage: 'boom' } })
    .mockResolvedValue({ payload: fail('x') });
  const failures: string[] = [];
  await attach(queue, () => undefined, {
    invoke,
    reportBatchItemFailures: false,
    onFailure: (line) => failures.push(line),
  });
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledTimes(2));
  await vi.waitFor(() => expect(queue.counts).toEqual(empty));
  expect(failures).toEqual(['main → fn: Error: boom']);
});

test('a throttled batch waits and is not counted as a failed delivery', async () => {
  const queue = makeQueue('main');
  queue.send({ body: 'a' });
  const counts: string[] = [];
  const invoke = vi
    .fn<InvokeLambda>()
    .mockResolvedValueOnce({ throttled: true })
    .mockImplementation(async (_name, payload) => {
      counts.push((payload as SQSEvent).Records[0]!.attributes.ApproximateReceiveCount);
      return { payload: undefined };
    });
  await attach(queue, () => undefined, { invoke });
  await vi.waitFor(() => expect(counts).toEqual(['1']));
});

test('batches hold at most batchSize messages, and no more run at once than the mapping allows', async () => {
  const queue = makeQueue('main');
  for (let index = 0; index < 40; index++) queue.send({ body: String(index) });
  const gate = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  let handled = 0;
  await attach(
    queue,
    async ({ Records }) => {
      most = Math.max(most, ++running);
      expect(Records.length).toBeLessThanOrEqual(4);
      await gate.promise;
      handled += Records.length;
      running--;
    },
    { batchSize: 4, maxConcurrency: 2 },
  );
  await vi.waitFor(() => expect(running).toBe(2));
  gate.resolve();
  await vi.waitFor(() => expect(handled).toBe(40));
  expect(most).toBe(2);
});

test('a batching window gathers what arrives within it', async () => {
  const queue = makeQueue('main');
  const sizes: number[] = [];
  await attach(queue, ({ Records }) => void sizes.push(Records.length), { batchSize: 3, batchingWindowMs: 60_000 });
  queue.send({ body: 'a' });
  queue.send({ body: 'b' });
  expect(sizes).toEqual([]);
  queue.send({ body: 'c' });
  await vi.waitFor(() => expect(sizes).toEqual([3]));
});

test('a message that no filter matches is deleted unseen', async () => {
  const queue = makeQueue('main');
  const seen: string[] = [];
  await attach(queue, ({ Records }) => void seen.push(...Records.map(({ body }) => body)), {
    filters: [{ body: { kind: ['wanted'] } }],
  });
  queue.send({ body: '{"kind":"other"}' });
  queue.send({ body: '{"kind":"wanted"}' });
  queue.send({ body: 'not json' });
  await vi.waitFor(() => expect(queue.counts).toEqual(empty));
  expect(seen).toEqual(['{"kind":"wanted"}']);
});

test('with deliverTwice each message reaches the function twice under one id', async () => {
  const queue = makeQueue('main', { deliverTwice: true });
  const ids: string[] = [];
  await attach(queue, ({ Records }) => void ids.push(...Records.map(({ messageId }) => messageId)));
  queue.send({ body: 'a' });
  queue.send({ body: 'b' });
  await vi.waitFor(() => expect(ids).toHaveLength(4));
  expect(new Set(ids).size).toBe(2);
  await vi.waitFor(() => expect(queue.counts).toEqual(empty));
});

test('stop waits for the batch in flight and takes no further one', async () => {
  const queue = makeQueue('main');
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  await attach(queue, async () => {
    calls++;
    await gate.promise;
  });
  queue.send({ body: 'a' });
  await vi.waitFor(() => expect(calls).toBe(1));
  const stopped = sources[0]!.stop();
  queue.send({ body: 'b' });
  gate.resolve();
  await stopped;
  expect(queue.counts).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(calls).toBe(1);
});
