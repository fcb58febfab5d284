import { setTimeout as delay } from 'node:timers/promises';
import type { LocalService } from '../../service.ts';
import { compileEventPattern, type EventMatcher } from '../event-pattern/event-pattern.ts';
import { BatchProcessor, type BatchProcessorOptions, type DiscardCondition } from './batch-processor.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import { ShardLane } from './shard-lane.ts';
import { ShardReader } from './shard-reader.ts';
import { type IteratorStart, type Shard, type StreamRecord, StreamsApi } from './streams-api.ts';

const DEFAULT_BATCH_SIZE = 100;
const DEFAULT_POLL_MS = 30;
const NEW_SHARDS_MS = 5_000;
const CHECKPOINT_MS = 1_000;
const STOP_GRACE_MS = 8_000;

export interface StreamEventSourceOptions extends Omit<BatchProcessorOptions, 'onDiscard'> {
  /** Distinguishes this reader's checkpoints from those of others. */
  readonly id: string;
  /** DynamoDB Local. */
  readonly endpoint: string;
  readonly tableName: string;
  readonly partitionKey: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize?: number;
  readonly batchingWindowMs?: number;
  /** Lanes per shard, 1–10. */
  readonly parallelization?: number;
  readonly filters?: readonly unknown[] | undefined;
  /** Receives a note about records that are given up, as Lambda words it. */
  readonly onFailureDestination?: ((note: string) => void) | undefined;
  readonly pollMs?: number;
  readonly checkpoints?: CheckpointFile | undefined;
}

/** Lambda's poller on a DynamoDB stream: every shard in order, parents before children, several lanes per shard. */
export class StreamEventSource implements LocalService {
  readonly name: string;
  readonly #options: StreamEventSourceOptions;
  readonly #filters: readonly EventMatcher[] | undefined;
  readonly #api: StreamsApi;
  /** By shard id; a reader stays here after its shard has ended, so that children know. */
  readonly #readers = new Map<string, { reader: ShardReader; ended: boolean; run: Promise<void> }>();
  #stopping = new AbortController();
  #following: Promise<void> | undefined;
  #streamArn = '';

  /** Throws when a filter uses what the pattern language does not have. */
  constructor(options: StreamEventSourceOptions) {
    this.name = `${options.tableName} stream → ${options.functionName}`;
    this.#options = options;
    this.#filters = options.filters?.map(compileEventPattern);
    this.#api = new StreamsApi(options.endpoint, options.region);
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    const arn = await this.#api.streamOf(this.#options.tableName);
    if (arn === undefined) throw new Error(`Table ${this.#options.tableName} has no stream`);
    this.#streamArn = arn;
    await this.#openShards();
    this.#following = this.#follow();
  }

  /** Reads no more, waits for the batches in flight, and keeps where it was. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const all = [...this.#readers.values()].map(({ run }) => run);
    await Promise.race([Promise.all([...all, this.#following]), delay(STOP_GRACE_MS, undefined, { ref: false })]);
    this.#saveCheckpoints();
  }

  /** Resolves to true when everything written before this call has been read and is done. */
  async idle(): Promise<boolean> {
    const open = [...this.#readers.values()].filter(({ ended }) => !ended);
    if (open.some(({ reader }) => reader.busy)) return false;
    // A poll that was under way may have missed the latest record: the next one has not.
    const before = open.map(({ reader }) => reader.emptyReads);
    const seen = () =>
      open.every(({ reader, ended }, index) => ended || reader.busy || reader.emptyReads >= before[index]! + 2);
    while (!seen() && !this.#stopping.signal.aborted) await delay(this.#pollMs);
    return !open.some(({ reader }) => reader.busy);
  }

  get #pollMs(): number {
    return this.#options.pollMs ?? DEFAULT_POLL_MS;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    let sinceShardsMs = 0;
    while (!signal.aborted) {
      await delay(CHECKPOINT_MS, undefined, { signal }).catch(() => undefined);
      this.#saveCheckpoints();
      sinceShardsMs += CHECKPOINT_MS;
      if (sinceShardsMs < NEW_SHARDS_MS || signal.aborted) continue;
      sinceShardsMs = 0;
      await this.#openShards().catch((error: unknown) => this.#options.onFailure?.(`${this.name}: ${String(error)}`));
    }
  }

  /** Opens every shard that is new and whose parent, where it is still known, has been read to its end. */
  async #openShards(): Promise<void> {
    const shards = await this.#api.shards(this.#streamArn);
    const first = this.#readers.size === 0;
    const parents = new Set(shards.map(({ ParentShardId }) => ParentShardId));
    for (const shard of shards) {
      if (this.#readers.has(shard.ShardId)) continue;
      const parent = shard.ParentShardId;
      const parentKnown = parent !== undefined && shards.some(({ ShardId }) => ShardId === parent);
      if (parentKnown && !this.#readers.get(parent)?.ended) continue;
      const newest = !parents.has(shard.ShardId);
      this.#open(shard, first && newest ? this.#options.startingPosition : 'TRIM_HORIZON');
    }
  }

  #open(shard: Shard, position: 'TRIM_HORIZON' | 'LATEST'): void {
    const { signal } = this.#stopping;
    const {
      batchSize = DEFAULT_BATCH_SIZE,
      batchingWindowMs = 0,
      parallelization = 1,
      partitionKey,
      checkpoints,
      id,
      onFailure,
    } = this.#options;
    const saved = checkpoints?.get(id, shard.ShardId);
    const start: IteratorStart =
      saved === undefined ? { type: position } : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: saved };
    const processor = new BatchProcessor({
      ...this.#options,
      onDiscard: (records, condition, attempts) => this.#discard(shard.ShardId, records, condition, attempts),
    });
    const lanes = Array.from(
      { length: parallelization },
      () =>
        new ShardLane({
          batchSize,
          windowMs: batchingWindowMs,
          matches: (record) => this.#matches(record),
          process: (records) => processor.process(records, signal),
          signal,
        }),
    );
    const reader = new ShardReader({
      api: this.#api,
      streamArn: this.#streamArn,
      shardId: shard.ShardId,
      start,
      pollMs: this.#pollMs,
      lanes,
      partitionKey,
      signal,
      onError: (message) => onFailure?.(`${this.name}: ${message}`),
    });
    const entry = { reader, ended: false, run: Promise.resolve() };
    this.#readers.set(shard.ShardId, entry);
    entry.run = reader.run().then(async () => {
      if (signal.aborted) return;
      entry.ended = true;
      await this.#openShards();
    });
  }

  #matches(record: StreamRecord): boolean {
    if (!this.#filters) return true;
    const view = { ...record, eventSource: 'aws:dynamodb', eventVersion: '1.1', awsRegion: this.#options.region };
    return this.#filters.some((matches) => matches(view));
  }

  #discard(shardId: string, records: readonly StreamRecord[], condition: DiscardCondition, attempts: number): void {
    const { functionName, onFailure, onFailureDestination, nowMs } = this.#options;
    onFailure?.(`${this.name}: gave up ${records.length} records (${condition})`);
    const first = records[0]!.dynamodb;
    const last = records.at(-1)!.dynamodb;
    const arrival = ({ ApproximateCreationDateTime }: typeof first) =>
      new Date(ApproximateCreationDateTime * 1_000).toISOString();
    onFailureDestination?.(
      JSON.stringify({
        requestContext: { functionArn: functionName, condition, approximateInvokeCount: attempts },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: new Date(nowMs()).toISOString(),
        DDBStreamBatchInfo: {
          shardId,
          startSequenceNumber: first.SequenceNumber,
          endSequenceNumber: last.SequenceNumber,
          approximateArrivalOfFirstRecord: arrival(first),
          approximateArrivalOfLastRecord: arrival(last),
          batchSize: records.length,
          streamArn: this.#options.eventSourceArn,
        },
      }),
    );
  }

  #saveCheckpoints(): void {
    const { checkpoints, id } = this.#options;
    if (!checkpoints) return;
    for (const [shardId, { reader }] of this.#readers) checkpoints.set(id, shardId, reader.checkpoint);
    checkpoints.save();
  }
}
