import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeLambda, LocalService } from '../../service.ts';
import { type BatchReply, failedItems } from '../batch-reply.ts';
import { compileEventPattern, type EventMatcher } from '../event-pattern/event-pattern.ts';
import type { MessageAttribute } from './message-digest.ts';
import type { Queue, ReceivedMessage } from './queue.ts';
import { systemAttributes } from './sqs-service.ts';
import { waitForMessages } from './wait-for-messages.ts';

const DEFAULT_BATCH_SIZE = 10;
/** Lambda itself would scale to hundreds; this is what two cores can carry. */
const DEFAULT_CONCURRENCY = 5;
const THROTTLE_PAUSE_MS = 50;
const STOP_GRACE_MS = 8_000;

export interface QueueEventSourceOptions {
  readonly queue: Queue;
  readonly functionName: string;
  readonly region: string;
  readonly invoke: InvokeLambda;
  readonly batchSize?: number;
  readonly batchingWindowMs?: number;
  readonly maxConcurrency?: number;
  readonly reportBatchItemFailures?: boolean;
  /** Patterns of FilterCriteria: a message that matches none is deleted unseen. */
  readonly filters?: readonly unknown[];
  /** How long a failed message stays hidden; unset: the rest of its visibility timeout, as on AWS. */
  readonly retryAfterMs?: number;
  /** Told of every failed batch. */
  readonly onFailure?: (message: string) => void;
}

/** Lambda's poller on an SQS queue: batches, bounded concurrency, partial batch failures. */
export class QueueEventSource implements LocalService {
  readonly name: string;
  readonly #options: QueueEventSourceOptions;
  readonly #filters: readonly EventMatcher[] | undefined;
  readonly #running = new Set<Promise<void>>();
  #stopping = new AbortController();
  #forget: (() => void) | undefined;
  #gathering = false;

  /** Throws when a filter uses what the pattern language does not have. */
  constructor(options: QueueEventSourceOptions) {
    this.name = `${options.queue.options.name} → ${options.functionName}`;
    this.#options = options;
    this.#filters = options.filters?.map(compileEventPattern);
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    this.#forget = this.#options.queue.onVisible(() => this.#pump());
    this.#pump();
  }

  /** Takes no more messages and waits for the batches in flight. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#forget?.();
    await Promise.race([Promise.all(this.#running), delay(STOP_GRACE_MS, undefined, { ref: false })]);
  }

  #pump(): void {
    // Messages become visible inside a send: take them after it has returned, together with those sent beside them.
    if (this.#gathering || this.#stopping.signal.aborted || this.#running.size >= this.#concurrency) return;
    if (this.#options.queue.visibleCount === 0) return;
    this.#gathering = true;
    setImmediate(async () => {
      const { queue, batchingWindowMs, batchSize = DEFAULT_BATCH_SIZE } = this.#options;
      if (batchingWindowMs) await waitForMessages(queue, batchSize, batchingWindowMs, this.#stopping.signal);
      this.#gathering = false;
      if (this.#stopping.signal.aborted) return;
      const batch = this.#admit(queue.receive(batchSize));
      if (batch.length > 0) {
        const work = this.#deliver(batch).finally(() => {
          this.#running.delete(work);
          this.#pump();
        });
        this.#running.add(work);
      }
      this.#pump();
    });
  }

  get #concurrency(): number {
    return this.#options.maxConcurrency ?? DEFAULT_CONCURRENCY;
  }

  #admit(received: ReceivedMessage[]): ReceivedMessage[] {
    const filters = this.#filters;
    if (!filters) return received;
    return received.filter((each) => {
      const admitted = filters.some((matches) => matches(filterView(each)));
      if (!admitted) this.#options.queue.delete(each.receiptHandle);
      return admitted;
    });
  }

  async #deliver(batch: ReceivedMessage[]): Promise<void> {
    const { queue } = this.#options;
    const failed = await this.#invoke(batch);
    for (const each of batch) {
      if (!failed.has(each.message.id)) queue.delete(each.receiptHandle);
      else if (this.#options.retryAfterMs !== undefined) {
        queue.changeVisibility(each.receiptHandle, Math.min(this.#options.retryAfterMs, queue.visibilityTimeoutMs));
      }
    }
  }

  /** Ids of the messages that failed. */
  async #invoke(batch: ReceivedMessage[]): Promise<Set<string>> {
    const { queue, functionName, region, reportBatchItemFailures } = this.#options;
    const everything = new Set(batch.map(({ message }) => message.id));
    const records = batch.map((each) => lambdaRecord(each, queue.options.arn, region));
    const giveUpAtMs = performance.now() + queue.visibilityTimeoutMs / 2;
    try {
      let result = await this.#options.invoke(functionName, { Records: records });
      while ('throttled' in result && performance.now() < giveUpAtMs && !this.#stopping.signal.aborted) {
        await delay(THROTTLE_PAUSE_MS);
        result = await this.#options.invoke(functionName, { Records: records });
      }
      if ('throttled' in result) return everything;
      if ('functionError' in result) {
        this.#options.onFailure?.(
          `${this.name}: ${result.functionError.errorType}: ${result.functionError.errorMessage}`,
        );
        return everything;
      }
      const failed = reportBatchItemFailures
        ? failedItems(result.payload as BatchReply, everything)
        : new Set<string>();
      if (failed.size > 0) this.#options.onFailure?.(`${this.name}: ${failed.size} of ${batch.length} messages failed`);
      return failed;
    } catch (error) {
      this.#options.onFailure?.(`${this.name}: ${String(error)}`);
      return everything;
    }
  }
}

function lambdaRecord(received: ReceivedMessage, queueArn: string, region: string) {
  const { message, receiptHandle } = received;
  return {
    messageId: message.id,
    receiptHandle,
    body: message.body,
    attributes: systemAttributes(received),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, value]) => [name, lambdaAttribute(value)]),
    ),
    md5OfBody: message.bodyMd5,
    ...(message.attributesMd5 ? { md5OfMessageAttributes: message.attributesMd5 } : {}),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function lambdaAttribute(attribute: MessageAttribute) {
  return {
    ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
    ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: attribute.DataType,
  };
}

/** What a filter sees: the body as JSON where it is JSON, as Lambda does. */
function filterView({ message }: ReceivedMessage): unknown {
  let body: unknown = message.body;
  try {
    body = JSON.parse(message.body);
  } catch {
    // Plain text is matched as text.
  }
  return {
    body,
    messageId: message.id,
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, value]) => [name, lambdaAttribute(value)]),
    ),
  };
}
