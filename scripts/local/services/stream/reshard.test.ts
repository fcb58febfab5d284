import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, expect, test, vi } from 'vitest';
import { StreamEventSource } from './stream-event-source.ts';

let server: Server;
let source: StreamEventSource;

afterEach(async () => {
  await source.stop();
  server.close();
  server.closeAllConnections();
});

const record = (sequence: string) => ({
  eventID: sequence,
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: 0, Keys: { pk: { S: 'same' } } },
});

/** A stream whose first shard has been split: it is closed after two records, and two children follow. */
async function splitStream(): Promise<string> {
  const records: Record<string, unknown[]> = {
    parent: [record('1'), record('2')],
    left: [record('3')],
    right: [record('4')],
  };
  const answers: Record<string, (input: Record<string, string>) => unknown> = {
    DescribeTable: () => ({ Table: { LatestStreamArn: 'arn:stream' } }),
    DescribeStream: () => ({
      StreamDescription: {
        // Children first: the order of the answer must not matter.
        Shards: [
          { ShardId: 'left', ParentShardId: 'parent' },
          { ShardId: 'right', ParentShardId: 'parent' },
          { ShardId: 'parent' },
        ],
      },
    }),
    GetShardIterator: ({ ShardId }) => ({ ShardIterator: ShardId }),
    GetRecords: ({ ShardIterator: shard }) => ({
      Records: records[shard!]!.splice(0),
      ...(shard === 'parent' ? {} : { NextShardIterator: shard }),
    }),
  };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const name = String(request.headers['x-amz-target']).split('.')[1]!;
    response.end(JSON.stringify(answers[name]!(JSON.parse(Buffer.concat(chunks).toString()))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('children of a split shard are read only when their parent is done, even while it fails', async () => {
  const seen: string[] = [];
  let failures = 3;
  source = new StreamEventSource({
    id: 'test',
    endpoint: await splitStream(),
    eventSourceArn: 'arn:stream',
    tableName: 'table',
    partitionKey: 'pk',
    functionName: 'fn',
    region: 'eu-central-1',
    startingPosition: 'LATEST',
    batchSize: 1,
    firstRetryMs: 1,
    pollMs: 5,
    nowMs: () => Date.now(),
    invoke: async (_name, payload) => {
      const [first] = (payload as DynamoDBStreamEvent).Records;
      seen.push(first!.dynamodb!.SequenceNumber!);
      if (seen.at(-1) === '2' && failures-- > 0) return { functionError: { errorType: 'Error', errorMessage: 'boom' } };
      return { payload: null };
    },
  });
  await source.start();
  await vi.waitFor(() => expect(seen).toHaveLength(7));
  expect(seen.slice(0, 5)).toEqual(['1', '2', '2', '2', '2']);
  expect(seen.slice(5).sort()).toEqual(['3', '4']);
});
