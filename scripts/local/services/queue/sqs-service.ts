import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { LocalService } from '../../service.ts';
import { AwsError } from '../aws-error.ts';
import { AwsJsonServer, action } from '../aws-json-server.ts';
import type { MessageAttribute } from './message-digest.ts';
import type { NewMessage, Queue, ReceivedMessage } from './queue.ts';
import { waitForMessages } from './wait-for-messages.ts';

const BATCH_LIMIT = 10;
const MESSAGE_BYTES = 1_048_576;
const SECOND_MS = 1_000;
const TWELVE_HOURS_SECONDS = 43_200;

const Attribute = z.object({
  DataType: z.string().min(1).max(256),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const Send = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string().max(256), Attribute).optional(),
});
const QueueUrl = z.object({ QueueUrl: z.string() });
const Seconds = z.int().min(0).max(TWELVE_HOURS_SECONDS);
const Names = z.array(z.string()).optional();
const Batch = <S extends z.ZodType>(entry: S) => QueueUrl.extend({ Entries: z.array(entry) });
const EntryId = z.object({ Id: z.string().regex(/^[\w-]{1,80}$/) });

export interface SqsServiceOptions {
  readonly port: number;
  readonly queues: readonly Queue[];
}

/** SQS's JSON protocol in front of in-memory queues. Nothing is kept over a restart. */
export class SqsService implements LocalService {
  readonly name = 'SQS';
  readonly #byName: ReadonlyMap<string, Queue>;
  readonly #byArn: ReadonlyMap<string, Queue>;
  readonly #server: AwsJsonServer;
  readonly #stopping = new AbortController();

  /** Wires each queue to its dead-letter queue; throws when a redrive policy names a queue that is not there. */
  constructor(options: SqsServiceOptions) {
    this.#byName = new Map(options.queues.map((queue) => [queue.options.name, queue]));
    this.#byArn = new Map(options.queues.map((queue) => [queue.options.arn, queue]));
    for (const queue of options.queues) {
      const { redrive } = queue.options;
      if (!redrive) continue;
      const deadLetters = this.#byArn.get(redrive.deadLetterArn);
      if (!deadLetters) throw new Error(`${queue.options.name}: no dead-letter queue ${redrive.deadLetterArn}`);
      queue.deadLetters = deadLetters;
    }
    this.#server = new AwsJsonServer({
      port: options.port,
      target: 'AmazonSQS',
      protocol: '1.0',
      bodyLimitBytes: 2 * MESSAGE_BYTES,
      actions: this.#actions(),
    });
  }

  get queues(): readonly Queue[] {
    return [...this.#byName.values()];
  }

  byArn(arn: string): Queue | undefined {
    return this.#byArn.get(arn);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server.stop();
    for (const queue of this.#byName.values()) queue.stop();
  }

  #actions() {
    return {
      SendMessage: action(QueueUrl.extend(Send.shape), (input) => this.#send(this.#queue(input.QueueUrl), input)),
      SendMessageBatch: action(Batch(EntryId.extend(Send.shape)), (input) => {
        const queue = this.#queue(input.QueueUrl);
        checkBatch(input.Entries);
        if (input.Entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > MESSAGE_BYTES) {
          throw queryError('BatchRequestTooLong', `Batch requests cannot be longer than ${MESSAGE_BYTES} bytes.`);
        }
        return inBatch(input.Entries, (entry) => this.#send(queue, entry));
      }),
      ReceiveMessage: action(
        QueueUrl.extend({
          MaxNumberOfMessages: z.int().min(1).max(BATCH_LIMIT).optional(),
          VisibilityTimeout: Seconds.optional(),
          WaitTimeSeconds: z.int().min(0).max(20).optional(),
          AttributeNames: Names,
          MessageSystemAttributeNames: Names,
          MessageAttributeNames: Names,
        }),
        async (input) => {
          const queue = this.#queue(input.QueueUrl);
          const most = input.MaxNumberOfMessages ?? 1;
          const waitMs = (input.WaitTimeSeconds ?? queue.options.receiveWaitSeconds ?? 0) * SECOND_MS;
          if (waitMs > 0) await waitForMessages(queue, 1, waitMs, this.#stopping.signal);
          const visibilityMs = input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * SECOND_MS;
          const received = queue.receive(most, visibilityMs);
          if (received.length === 0) return {};
          const system = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
          return { Messages: received.map((each) => wireMessage(each, system, input.MessageAttributeNames ?? [])) };
        },
      ),
      DeleteMessage: action(QueueUrl.extend({ ReceiptHandle: z.string() }), (input) => {
        this.#queue(input.QueueUrl).delete(input.ReceiptHandle);
      }),
      DeleteMessageBatch: action(Batch(EntryId.extend({ ReceiptHandle: z.string() })), (input) => {
        const queue = this.#queue(input.QueueUrl);
        checkBatch(input.Entries);
        return inBatch(input.Entries, (entry) => {
          queue.delete(entry.ReceiptHandle);
          return {};
        });
      }),
      ChangeMessageVisibility: action(
        QueueUrl.extend({ ReceiptHandle: z.string(), VisibilityTimeout: Seconds }),
        (input) => {
          if (!this.#queue(input.QueueUrl).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout * SECOND_MS)) {
            throw queryError('MessageNotInflight', 'The message is not in flight.');
          }
        },
      ),
      GetQueueUrl: action(z.object({ QueueName: z.string() }), (input) => ({
        QueueUrl: this.#queue(input.QueueName).options.url,
      })),
      GetQueueAttributes: action(QueueUrl.extend({ AttributeNames: Names }), (input) => {
        const all = attributesOf(this.#queue(input.QueueUrl));
        const wanted = input.AttributeNames ?? [];
        return { Attributes: wanted.includes('All') ? all : pick(all, wanted) };
      }),
      ListQueues: action(z.object({ QueueNamePrefix: z.string().optional() }), (input) => ({
        QueueUrls: this.queues
          .filter(({ options }) => options.name.startsWith(input.QueueNamePrefix ?? ''))
          .map(({ options }) => options.url),
      })),
      PurgeQueue: action(QueueUrl, (input) => this.#queue(input.QueueUrl).purge()),
      StartMessageMoveTask: action(
        z.object({ SourceArn: z.string(), DestinationArn: z.string().optional() }),
        (input) => {
          const source = this.#byArn.get(input.SourceArn);
          if (!source || (input.DestinationArn !== undefined && !this.#byArn.has(input.DestinationArn)))
            throw missingQueue();
          for (const message of source.drain()) {
            const back = this.#byArn.get(input.DestinationArn ?? message.deadLetterSourceArn ?? '');
            if (back) back.adopt(message, undefined);
            else source.adopt(message, message.deadLetterSourceArn);
          }
          return { TaskHandle: randomUUID() };
        },
      ),
    };
  }

  /** By URL or name: URLs differ in host only, as with `localhost` and `127.0.0.1`. */
  #queue(urlOrName: string): Queue {
    const queue = this.#byName.get(urlOrName.slice(urlOrName.lastIndexOf('/') + 1));
    if (!queue) throw missingQueue();
    return queue;
  }

  #send(queue: Queue, entry: z.output<typeof Send>): Record<string, string> {
    const most = queue.options.maxMessageBytes ?? MESSAGE_BYTES;
    if (bytesOf(entry) > most) {
      throw queryError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
      );
    }
    const message: NewMessage = {
      body: entry.MessageBody,
      ...(entry.MessageAttributes ? { attributes: entry.MessageAttributes } : {}),
      ...(entry.DelaySeconds === undefined ? {} : { delaySeconds: entry.DelaySeconds }),
    };
    const kept = queue.send(message);
    if (!kept) throw queryError('OverLimit', `The local queue ${queue.options.name} is full.`);
    return {
      MessageId: kept.id,
      MD5OfMessageBody: kept.bodyMd5,
      ...(kept.attributesMd5 ? { MD5OfMessageAttributes: kept.attributesMd5 } : {}),
    };
  }
}

function checkBatch(entries: readonly { Id: string }[]): void {
  if (entries.length === 0) throw queryError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > BATCH_LIMIT)
    throw queryError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${BATCH_LIMIT}.`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw queryError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
}

/** Runs each entry by itself: one that is refused does not stop the others. */
function inBatch<E extends { Id: string }>(entries: readonly E[], run: (entry: E) => Record<string, string>) {
  const Successful: Record<string, string>[] = [];
  const Failed: Record<string, string | boolean>[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

function bytesOf(entry: z.output<typeof Send>): number {
  let bytes = Buffer.byteLength(entry.MessageBody);
  for (const [name, value] of Object.entries(entry.MessageAttributes ?? {})) {
    bytes +=
      Buffer.byteLength(name + value.DataType + (value.StringValue ?? '')) +
      Buffer.from(value.BinaryValue ?? '', 'base64').length;
  }
  return bytes;
}

/** What SQS tells of a received message; also the `attributes` of a Lambda record. */
export function systemAttributes({ message }: ReceivedMessage): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMs),
    SenderId: 'AIDALOCALCLOUD',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    ...(message.deadLetterSourceArn ? { DeadLetterQueueSourceArn: message.deadLetterSourceArn } : {}),
  };
}

function wireMessage(received: ReceivedMessage, system: readonly string[], attributeNames: readonly string[]) {
  const { message, receiptHandle } = received;
  const all = systemAttributes(received);
  const chosen = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => attributeNames.some((wanted) => names(wanted, name))),
  );
  const attributes: Record<string, MessageAttribute> = chosen;
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    Body: message.body,
    MD5OfBody: message.bodyMd5,
    ...(system.length > 0 ? { Attributes: system.includes('All') ? all : pick(all, system) } : {}),
    ...(Object.keys(attributes).length > 0
      ? { MessageAttributes: attributes, MD5OfMessageAttributes: message.attributesMd5 }
      : {}),
  };
}

function names(wanted: string, name: string): boolean {
  if (wanted === 'All' || wanted === '.*' || wanted === name) return true;
  return wanted.endsWith('.*') && name.startsWith(wanted.slice(0, -2));
}

function attributesOf({ options, counts, visibilityTimeoutMs }: Queue): Record<string, string> {
  return {
    QueueArn: options.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    VisibilityTimeout: String(visibilityTimeoutMs / SECOND_MS),
    DelaySeconds: String(options.delaySeconds ?? 0),
    ...(options.redrive
      ? {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: options.redrive.deadLetterArn,
            maxReceiveCount: options.redrive.maxReceiveCount,
          }),
        }
      : {}),
  };
}

function pick(all: Readonly<Record<string, string>>, wanted: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}

function missingQueue(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
  });
}

function queryError(code: string, message: string): AwsError {
  return new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` });
}
