import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createId, type TransactionId } from '#shared/kernel/ids.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { parseCheck, useCheckQueue } from './publisher.ts';
import { handler as endLeft } from './triggers/end-left.ts';
import { handler as noteBegun } from './triggers/note-begun.ts';

let undo: () => void = () => {};
let undoSink: () => void = () => {};
beforeAll(() => {
  undoSink = useMetricSink(() => {});
});
afterEach(() => undo());
afterAll(() => undoSink());

function streamOf(ids: readonly TransactionId[]): DynamoDBStreamEvent {
  return {
    Records: ids.map((transactionId, index) => ({
      eventName: 'INSERT' as const,
      dynamodb: { SequenceNumber: `s${index}`, NewImage: { transactionId: { S: transactionId } } },
    })),
  };
}

describe('settlements that have begun', () => {
  it('are each put on the queue, ten at a time', async () => {
    const ids = Array.from({ length: 23 }, () => createId('txn'));
    const batches: (readonly string[])[] = [];
    undo = useCheckQueue(async (bodies) => {
      batches.push(bodies);
      return [];
    });
    expect(await noteBegun(streamOf(ids), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(batches.flat().map(parseCheck)).toEqual(ids);
  });

  it('come again where the queue refused them, or did not answer, and only those', async () => {
    const ids = Array.from({ length: 25 }, () => createId('txn'));
    let calls = 0;
    undo = useCheckQueue(async () => {
      calls += 1;
      if (calls === 2) throw new Error('the queue does not answer');
      return calls === 1 ? [3] : [];
    });
    const { batchItemFailures } = await noteBegun(streamOf(ids), lambdaContext());
    const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    expect(failed).toEqual(['s3', ...Array.from({ length: 10 }, (_none, index) => `s${index + 10}`)]);
  });
});

describe('the delayed queue', () => {
  it('gives back messages that name no settlement', async () => {
    const bodies = ['', '{}', '{"transactionId":"chr_1"}', 'null'];
    const Records = bodies.map((body, index) => ({ messageId: `m${index}`, body }));
    expect(await endLeft({ Records } as unknown as SQSEvent, lambdaContext())).toEqual({
      batchItemFailures: bodies.map((_body, index) => ({ itemIdentifier: `m${index}` })),
    });
  });
});
