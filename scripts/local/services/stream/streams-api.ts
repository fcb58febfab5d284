/** A record as DynamoDB Streams' JSON protocol gives it, which is also what a Lambda event holds. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
  };
}

export interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

export type IteratorStart =
  | { readonly type: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

/** An error that the stream service answered, by its code. */
export class StreamsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const CALL_TIMEOUT_MS = 10_000;

/**
 * The few calls of DynamoDB Streams that a reader makes, over plain HTTP: the protocol's JSON is already the form of
 * Lambda's records, so nothing is decoded and encoded again at forty polls a second.
 */
export class StreamsApi {
  readonly #endpoint: string;
  readonly #authorization: string;

  constructor(endpoint: string, region: string) {
    this.#endpoint = endpoint;
    // DynamoDB Local reads the region from the scope and verifies no signature.
    this.#authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`;
  }

  /** ARN of the table's current stream; undefined when the table has none. */
  async streamOf(tableName: string): Promise<string | undefined> {
    const reply = await this.#call<{ Table: { LatestStreamArn?: string } }>('DynamoDB_20120810.DescribeTable', {
      TableName: tableName,
    });
    return reply.Table.LatestStreamArn;
  }

  /** Every shard that the stream still holds. */
  async shards(streamArn: string): Promise<Shard[]> {
    const shards: Shard[] = [];
    let after: string | undefined;
    do {
      const input = { StreamArn: streamArn, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) };
      const { StreamDescription } = await this.#call<{
        StreamDescription: { Shards?: Shard[]; LastEvaluatedShardId?: string };
      }>('DynamoDBStreams_20120810.DescribeStream', input);
      shards.push(...(StreamDescription.Shards ?? []));
      after = StreamDescription.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }

  async iterator(streamArn: string, shardId: string, start: IteratorStart): Promise<string> {
    const reply = await this.#call<{ ShardIterator: string }>('DynamoDBStreams_20120810.GetShardIterator', {
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: start.type,
      ...(start.type === 'AFTER_SEQUENCE_NUMBER' ? { SequenceNumber: start.sequenceNumber } : {}),
    });
    return reply.ShardIterator;
  }

  /** Next records; no `NextShardIterator` when the shard is closed and read to its end. */
  records(iterator: string, limit: number): Promise<{ Records: StreamRecord[]; NextShardIterator?: string }> {
    return this.#call('DynamoDBStreams_20120810.GetRecords', { ShardIterator: iterator, Limit: limit });
  }

  async #call<T>(target: string, input: object): Promise<T> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        authorization: this.#authorization,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const reply = (await response.json()) as { __type?: string; message?: string; Message?: string };
    if (response.ok) return reply as T;
    const code = String(reply.__type ?? response.status).replace(/^.*#/, '');
    throw new StreamsError(code, reply.message ?? reply.Message ?? '');
  }
}
