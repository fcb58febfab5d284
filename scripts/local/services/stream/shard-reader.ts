import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ShardLane } from './shard-lane.ts';
import { type IteratorStart, type StreamRecord, type StreamsApi, StreamsError } from './streams-api.ts';

/** GetRecords' own bound. */
const READ_LIMIT = 1_000;

export interface ShardReaderOptions {
  readonly api: StreamsApi;
  readonly streamArn: string;
  readonly shardId: string;
  readonly start: IteratorStart;
  readonly pollMs: number;
  /** Lanes that work at once; records of one partition key stay in one lane, in order. */
  readonly lanes: readonly ShardLane[];
  readonly partitionKey: string;
  readonly signal: AbortSignal;
  readonly onError: (message: string) => void;
}

interface Outstanding {
  readonly sequenceNumber: string;
  done: boolean;
}

/** Reads one shard to its end and feeds its lanes, never further ahead than they have room. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  /** Read and not yet below the checkpoint, in shard order. */
  readonly #outstanding: Outstanding[] = [];
  #lastRead: string | undefined;
  #checkpoint: string | undefined;
  #emptyReads = 0;

  constructor(options: ShardReaderOptions) {
    this.#options = options;
  }

  /** Rises whenever a poll has found nothing new. */
  get emptyReads(): number {
    return this.#emptyReads;
  }

  get busy(): boolean {
    return this.#outstanding.length > 0;
  }

  /** Sequence number up to which every record is done; undefined before the first is. */
  get checkpoint(): string | undefined {
    return this.#checkpoint;
  }

  /** Resolves when the shard is closed and all its records are done, or when the signal aborts. */
  async run(): Promise<void> {
    const { api, pollMs, signal, lanes, onError } = this.#options;
    let iterator: string | undefined;
    let open = true;
    while (open && !signal.aborted) {
      try {
        iterator ??= await this.#iterator();
        const { Records, NextShardIterator } = await api.records(iterator, READ_LIMIT);
        iterator = NextShardIterator;
        open = iterator !== undefined;
        for (const record of Records) await this.#dispatch(record);
        // More is waiting: go on. What has come since is read together after a moment: each read costs as much as a write.
        if (Records.length >= READ_LIMIT) continue;
        if (Records.length === 0) this.#emptyReads += 1;
      } catch (error) {
        // An iterator lives for 15 minutes: ask for a new one from where we are.
        iterator = undefined;
        if (!signal.aborted && !(error instanceof StreamsError && error.code === 'ExpiredIteratorException')) {
          onError(`shard ${this.#options.shardId}: ${String(error)}`);
        }
      }
      if (open) await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(lanes.map((lane) => lane.drained()));
  }

  async #dispatch(record: StreamRecord): Promise<void> {
    const { lanes, partitionKey } = this.#options;
    const key = JSON.stringify(record.dynamodb.Keys[partitionKey]);
    const lane = lanes[laneOf(key, lanes.length)]!;
    await lane.room();
    this.#lastRead = record.dynamodb.SequenceNumber;
    const outstanding: Outstanding = { sequenceNumber: record.dynamodb.SequenceNumber, done: false };
    this.#outstanding.push(outstanding);
    lane.push(record, () => {
      outstanding.done = true;
      while (this.#outstanding[0]?.done) this.#checkpoint = this.#outstanding.shift()!.sequenceNumber;
    });
  }

  async #iterator(): Promise<string> {
    const { api, streamArn, shardId, start } = this.#options;
    const from: IteratorStart =
      this.#lastRead === undefined ? start : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: this.#lastRead };
    return api.iterator(streamArn, shardId, from).catch((error: unknown) => {
      const trimmed = error instanceof StreamsError && error.code === 'TrimmedDataAccessException';
      if (trimmed) return api.iterator(streamArn, shardId, { type: 'TRIM_HORIZON' });
      throw error;
    });
  }
}

function laneOf(key: string, lanes: number): number {
  return lanes === 1 ? 0 : createHash('md5').update(key).digest().readUInt32BE(0) % lanes;
}
