import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { attributesMd5, md5 } from './message-digest.ts';
import { Queue, type QueueOptions } from './queue.ts';
import { SqsService } from './sqs-service.ts';

let service: SqsService;
let client: SQSClient;
let wallMs = Date.parse('2026-11-22T07:00:00Z');

const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

function queue(name: string, options: Partial<QueueOptions> = {}): Queue {
  return new Queue({ name, arn: arnOf(name), url: urlOf(name), nowMs: () => wallMs, ...options });
}

let port = 0;
const urlOf = (name: string) => `http://127.0.0.1:${port}/000000000000/${name}`;

beforeEach(async () => {
  port = await freePort();
  service = new SqsService({
    port,
    queues: [
      queue('orders', { redrive: { deadLetterArn: arnOf('orders-dlq'), maxReceiveCount: 2 } }),
      queue('orders-dlq'),
      queue('twice', { deliverTwice: true }),
      queue('small', { maxMessageBytes: 1_024 }),
    ],
  });
  await service.start();
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterEach(async () => {
  client.destroy();
  await service.stop();
});

const receive = async (name: string, more: object = {}) =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10, ...more })))
    .Messages ?? [];

test('a message with attributes comes back whole, with the digests that the SDK verifies', async () => {
  const attributes = {
    kind: { DataType: 'String', StringValue: 'ключ' },
    raw: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255, 7) },
  };
  const sent = await client.send(
    new SendMessageCommand({ QueueUrl: urlOf('orders'), MessageBody: 'тело', MessageAttributes: attributes }),
  );
  const [message] = await receive('orders', { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'тело',
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
  });
  expect(message?.MessageAttributes).toEqual(attributes);
  expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(wallMs) });
});

test('the digest of message attributes is the one that AWS documents', async () => {
  // By hand: length and name, length and type, transport byte, length and value.
  const digest = attributesMd5({ a: { DataType: 'String', StringValue: 'b' } });
  const canonical = Buffer.from('000000016100000006537472696e67010000000162', 'hex');
  expect(digest).toBe(md5(canonical));
});

test('a batch refuses one bad entry and takes the others', async () => {
  const Entries = [
    { Id: 'good', MessageBody: 'x' },
    { Id: 'huge', MessageBody: 'y'.repeat(1_025) },
  ];
  const reply = await client.send(new SendMessageBatchCommand({ QueueUrl: urlOf('small'), Entries }));
  expect(reply.Successful).toMatchObject([{ Id: 'good' }]);
  expect(reply.Failed).toMatchObject([{ Id: 'huge', Code: 'InvalidParameterValue', SenderFault: true }]);
  expect(await receive('small')).toMatchObject([{ Body: 'x' }]);
});

test.each([
  ['BatchRequestTooLong', [{ Id: 'a', MessageBody: 'y'.repeat(1_048_577) }]],
  ['BatchEntryIdsNotDistinct', ['x', 'y'].map((MessageBody) => ({ Id: 'a', MessageBody }))],
  [
    'TooManyEntriesInBatchRequest',
    Array.from({ length: 11 }, (_unused, index) => ({ Id: String(index), MessageBody: 'x' })),
  ],
  ['EmptyBatchRequest', []],
])('%s refuses the whole batch', async (name, Entries) => {
  const sent = client.send(new SendMessageBatchCommand({ QueueUrl: urlOf('orders'), Entries }));
  await expect(sent).rejects.toMatchObject({ name });
  expect(await receive('orders')).toEqual([]);
});

test('a message that is received and not deleted comes back, then goes to the dead-letter queue and can be moved back', async () => {
  await client.send(new SendMessageCommand({ QueueUrl: urlOf('orders'), MessageBody: 'stubborn' }));
  for (const count of ['1', '2']) {
    const [message] = await receive('orders', {
      VisibilityTimeout: 30,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urlOf('orders'),
        ReceiptHandle: message!.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
  }
  expect(await receive('orders')).toEqual([]);
  const [dead] = await receive('orders-dlq', { VisibilityTimeout: 0, MessageSystemAttributeNames: ['All'] });
  expect(dead).toMatchObject({ Body: 'stubborn', Attributes: { DeadLetterQueueSourceArn: arnOf('orders') } });

  await client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('orders-dlq') }));
  expect(await receive('orders')).toMatchObject([{ Body: 'stubborn', MessageId: dead!.MessageId }]);
});

test('a deleted message does not come back, a purged queue is empty', async () => {
  await client.send(
    new SendMessageBatchCommand({
      QueueUrl: urlOf('orders'),
      Entries: ['a', 'b', 'c'].map((id) => ({ Id: id, MessageBody: id })),
    }),
  );
  const messages = await receive('orders', { VisibilityTimeout: 0, MaxNumberOfMessages: 1 });
  expect(messages).toHaveLength(1);
  const all = await receive('orders');
  await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: urlOf('orders'),
      Entries: all.slice(0, 2).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  const counts = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: urlOf('orders'),
      AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  expect(counts.Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '1' });
  await client.send(new PurgeQueueCommand({ QueueUrl: urlOf('orders') }));
  expect(service.byArn(arnOf('orders'))?.counts).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a delayed message appears when the wall clock has moved', async () => {
  await client.send(new SendMessageCommand({ QueueUrl: urlOf('orders'), MessageBody: 'later', DelaySeconds: 600 }));
  expect(await receive('orders')).toEqual([]);
  wallMs += 600_000;
  expect(await receive('orders')).toMatchObject([{ Body: 'later' }]);
});

test('a long poll answers as soon as a message arrives', async () => {
  const waiting = receive('orders', { WaitTimeSeconds: 20 });
  await client.send(new SendMessageCommand({ QueueUrl: urlOf('orders'), MessageBody: 'now' }));
  expect(await waiting).toMatchObject([{ Body: 'now' }]);
});

test('with deliverTwice a deleted message comes once more, and only once', async () => {
  await client.send(new SendMessageCommand({ QueueUrl: urlOf('twice'), MessageBody: 'echo' }));
  const ids: (string | undefined)[] = [];
  for (let round = 0; round < 3; round++) {
    for (const message of await receive('twice')) {
      ids.push(message.MessageId);
      await client.send(new DeleteMessageCommand({ QueueUrl: urlOf('twice'), ReceiptHandle: message.ReceiptHandle }));
    }
  }
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('unknown queues and actions are errors that name them', async () => {
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSQS.CreateQueue' },
    body: '{}',
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
});

test('a redrive policy that names no queue is an error at start', () => {
  const lonely = queue('lonely', { redrive: { deadLetterArn: arnOf('gone'), maxReceiveCount: 1 } });
  expect(() => new SqsService({ port: 0, queues: [lonely] })).toThrow(/lonely: no dead-letter queue .*gone/);
});

test('a message becomes visible by itself when its visibility timeout ends', async () => {
  const target = service.byArn(arnOf('orders'))!;
  target.send({ body: 'again' });
  expect(target.receive(1, 20)).toHaveLength(1);
  const shown = vi.fn();
  target.onVisible(shown);
  await vi.waitFor(() => expect(shown).toHaveBeenCalled());
});
