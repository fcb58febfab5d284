import { setTimeout as delay } from 'node:timers/promises';
import type { InvokeLambda } from '../../service.ts';
import type { BatchReply } from '../batch-reply.ts';
import type { StreamRecord } from './streams-api.ts';

const SECOND_MS = 1_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

export interface BatchProcessorOptions {
  readonly functionName: string;
  readonly eventSourceArn: string;
  readonly region: string;
  readonly invoke: InvokeLambda;
  readonly reportBatchItemFailures?: boolean;
  /** Halves a failed batch, which isolates the record that fails. */
  readonly bisectOnError?: boolean;
  /** Unset or negative: again and again until the records are too old. */
  readonly maxRetries?: number | undefined;
  /** Unset or negative: no record is too old. */
  readonly maxRecordAgeSeconds?: number | undefined;
  /** Hands every batch that succeeded to the function once more. */
  readonly deliverTwice?: boolean;
  readonly firstRetryMs?: number;
  readonly nowMs: () => number;
  /** Records that are given up, with AWS's word for why. */
  readonly onDiscard?: (records: readonly StreamRecord[], condition: DiscardCondition, attempts: number) => void;
  readonly onFailure?: (message: string) => void;
}

export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** Brings batches of one shard lane to a function, with Lambda's rules for stream failures. */
export class BatchProcessor {
  readonly #options: BatchProcessorOptions;

  constructor(options: BatchProcessorOptions) {
    this.#options = options;
  }

  /**
   * Resolves when every record is done: taken by the function, or given up after its retries or its age. Until then it
   * blocks whatever comes after. Resolves to false when `signal` stops it before.
   */
  async process(batch: readonly StreamRecord[], signal: AbortSignal): Promise<boolean> {
    let pending = batch;
    let attempts = 0;
    while (pending.length > 0) {
      if (signal.aborted) return false;
      pending = this.#dropOld(pending, attempts);
      if (pending.length === 0) return true;
      const handled = await this.#attempt(pending);
      if (handled === 'throttled') {
        await pause(FIRST_RETRY_MS, signal);
        continue;
      }
      if (handled === pending.length) return true;
      if (handled > 0) attempts = 0;
      pending = pending.slice(handled);
      attempts += 1;
      const exhausted = this.#retriesLeft(attempts) <= 0;
      if (this.#options.bisectOnError && pending.length > 1) {
        // Halving does not count against the retries.
        const middle = Math.ceil(pending.length / 2);
        return (
          (await this.process(pending.slice(0, middle), signal)) && (await this.process(pending.slice(middle), signal))
        );
      }
      if (exhausted) {
        this.#options.onDiscard?.(pending, 'RetryAttemptsExhausted', attempts);
        return true;
      }
      await pause(
        Math.min((this.#options.firstRetryMs ?? FIRST_RETRY_MS) * 2 ** (attempts - 1), LONGEST_RETRY_MS),
        signal,
      );
    }
    return true;
  }

  #retriesLeft(attempts: number): number {
    const { maxRetries } = this.#options;
    return maxRetries === undefined || maxRetries < 0 ? Number.POSITIVE_INFINITY : maxRetries + 1 - attempts;
  }

  #dropOld(records: readonly StreamRecord[], attempts: number): readonly StreamRecord[] {
    const { maxRecordAgeSeconds, nowMs } = this.#options;
    if (maxRecordAgeSeconds === undefined || maxRecordAgeSeconds < 0) return records;
    const oldestMs = nowMs() - maxRecordAgeSeconds * SECOND_MS;
    const young = records.findIndex(({ dynamodb }) => dynamodb.ApproximateCreationDateTime * SECOND_MS >= oldestMs);
    const old = young < 0 ? records : records.slice(0, young);
    if (old.length > 0) this.#options.onDiscard?.(old, 'RecordAgeExceeded', attempts);
    return records.slice(old.length);
  }

  /** How many records, from the first, the function has taken: what comes after them failed. */
  async #attempt(records: readonly StreamRecord[]): Promise<number | 'throttled'> {
    const { functionName, invoke, onFailure } = this.#options;
    const event = { Records: records.map((record) => this.#lambdaRecord(record)) };
    try {
      const result = await invoke(functionName, event);
      if ('throttled' in result) return 'throttled';
      if ('functionError' in result) {
        onFailure?.(`${functionName}: ${result.functionError.errorType}: ${result.functionError.errorMessage}`);
        return 0;
      }
      const handled = this.#options.reportBatchItemFailures
        ? checkpointOf(result.payload as BatchReply, records)
        : records.length;
      if (handled < records.length)
        onFailure?.(`${functionName}: failed at record ${handled + 1} of ${records.length}`);
      else if (this.#options.deliverTwice) await invoke(functionName, event);
      return handled;
    } catch (error) {
      onFailure?.(`${functionName}: ${String(error)}`);
      return 0;
    }
  }

  #lambdaRecord(record: StreamRecord) {
    const { eventSourceArn, region } = this.#options;
    return {
      ...record,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      eventSourceARN: eventSourceArn,
    };
  }
}

/** Everything before the lowest reported sequence number is done; an identifier that is not of the batch fails it all. */
function checkpointOf(reply: BatchReply, records: readonly StreamRecord[]): number {
  const failures = reply?.batchItemFailures;
  if (failures === null || failures === undefined) return records.length;
  if (!Array.isArray(failures)) return 0;
  const positions = failures.map((failure) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure?.itemIdentifier),
  );
  return positions.includes(-1) ? 0 : Math.min(records.length, ...positions);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
