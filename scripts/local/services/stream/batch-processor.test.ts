import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { InvokeResult } from '../../service.ts';
import { BatchProcessor, type BatchProcessorOptions } from './batch-processor.ts';
import type { StreamRecord } from './streams-api.ts';

const NOW_MS = 1_000_000_000;

const record = (sequence: number, ageSeconds = 0): StreamRecord => ({
  eventID: `e${sequence}`,
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(sequence),
    ApproximateCreationDateTime: NOW_MS / 1_000 - ageSeconds,
    Keys: { pk: { S: 'a' } },
  },
});

/** Runs a batch against a function given as "sequence numbers → answer"; notes calls and what was given up. */
async function run(
  batch: StreamRecord[],
  answer: (sequences: string[], call: number) => unknown | InvokeResult,
  options: Partial<BatchProcessorOptions> = {},
) {
  const calls: string[][] = [];
  const discarded: [string[], string][] = [];
  const sequences = (records: readonly { dynamodb?: { SequenceNumber?: string | undefined } | undefined }[]) =>
    records.map(({ dynamodb }) => dynamodb!.SequenceNumber!);
  const processor = new BatchProcessor({
    functionName: 'fn',
    eventSourceArn: 'arn:stream',
    region: 'eu-central-1',
    nowMs: () => NOW_MS,
    firstRetryMs: 1,
    reportBatchItemFailures: true,
    invoke: async (_name, payload) => {
      calls.push(sequences((payload as DynamoDBStreamEvent).Records));
      const reply = answer(calls.at(-1)!, calls.length);
      return typeof reply === 'object' && reply !== null && ('functionError' in reply || 'throttled' in reply)
        ? (reply as InvokeResult)
        : { payload: reply };
    },
    onDiscard: (records, condition) => discarded.push([sequences(records), condition]),
    ...options,
  });
  const done = await processor.process(batch, new AbortController().signal);
  return { calls, discarded, done };
}

const batch = (count: number) => Array.from({ length: count }, (_unused, index) => record(index + 1));
const failAt = (...ids: (string | null)[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const boom: InvokeResult = { functionError: { errorType: 'Error', errorMessage: 'boom' } };

test('the lowest reported record is the checkpoint: it and everything after it comes again', async () => {
  const { calls, done } = await run(batch(4), (_sequences, call) => (call === 1 ? failAt('4', '2') : null));
  expect(calls).toEqual([
    ['1', '2', '3', '4'],
    ['2', '3', '4'],
  ]);
  expect(done).toBe(true);
});

test.each([
  ['an identifier of no record', failAt('99')],
  ['an empty identifier', failAt(null)],
  ['a function error', boom],
])('%s fails the whole batch', async (_what, reply) => {
  const { calls } = await run(batch(2), (_sequences, call) => (call === 1 ? reply : null));
  expect(calls).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
});

test('a poison record is tried until its retries are spent, then given up with what hangs on it', async () => {
  const { calls, discarded } = await run(batch(3), (sequences) => (sequences.includes('2') ? failAt('2') : null), {
    maxRetries: 2,
  });
  expect(calls).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
    ['2', '3'],
  ]);
  expect(discarded).toEqual([[['2', '3'], 'RetryAttemptsExhausted']]);
});

test('bisecting isolates the poison record and saves the others', async () => {
  const { calls, discarded } = await run(batch(4), (sequences) => (sequences.includes('3') ? boom : null), {
    maxRetries: 1,
    bisectOnError: true,
  });
  expect(discarded).toEqual([[['3'], 'RetryAttemptsExhausted']]);
  expect(calls).toEqual([['1', '2', '3', '4'], ['1', '2'], ['3', '4'], ['3'], ['3'], ['4']]);
});

test('records past their age are given up unseen', async () => {
  const { calls, discarded } = await run([record(1, 120), record(2, 30)], () => null, { maxRecordAgeSeconds: 60 });
  expect(calls).toEqual([['2']]);
  expect(discarded).toEqual([[['1'], 'RecordAgeExceeded']]);
});

test('throttling does not use up retries', async () => {
  const { calls, discarded } = await run(batch(1), (_sequences, call) => (call <= 2 ? { throttled: true } : null), {
    maxRetries: 0,
  });
  expect(calls).toHaveLength(3);
  expect(discarded).toEqual([]);
});

test('with deliverTwice a batch that succeeded comes once more', async () => {
  const { calls } = await run(batch(2), () => null, { deliverTwice: true });
  expect(calls).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
});
