import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { systemRandom } from '#shared/kernel/random.ts';
import { sleep } from '#shared/kernel/sleep.ts';
import { tableDefinition } from './definition.ts';

/** DynamoDB's limit on the keys of one request. */
const MAX_KEYS = 100;
/** Tries for keys that a busy table has left out, and the first wait between them. */
const TRIES = 4;
const FIRST_BACKOFF_MS = 25;

type Key = NonNullable<GetCommandInput['Key']>;
type Row = Record<string, unknown> | undefined;

/** Somebody waits for a row. */
interface Reader {
  readonly found: (row: Row) => void;
  readonly failed: (cause: unknown) => void;
}

interface Wanted {
  readonly key: Key;
  readonly readers: Reader[];
}

const { partitionKey, sortKey } = tableDefinition;
const nameOf = (key: Key): string => `${key[partitionKey]}\n${key[sortKey]}`;

/**
 * Makes single reads that are asked for within one turn of the event loop one request for all of them. Every row is as
 * fresh as if it had been read alone, and costs the same; what is saved are requests. For a process that serves
 * many at once: two hundred who come back together have seven rows each to be read.
 * @returns the same client.
 */
export function gatherReads(documents: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send = documents.send.bind(documents) as (command: unknown, ...rest: unknown[]) => Promise<unknown>;
  const ask = (input: BatchGetCommandInput) => send(new BatchGetCommand(input)) as Promise<BatchGetCommandOutput>;
  /** Of this turn, by table and freshness. */
  const open = new Map<string, Gathering>();
  const gathered = ({ TableName, ConsistentRead = false, Key }: GetCommandInput): Promise<unknown> => {
    const kind = `${TableName} ${ConsistentRead}`;
    let gathering = open.get(kind);
    if (!gathering || gathering.size === MAX_KEYS) {
      const opened = new Gathering(ask, TableName!, ConsistentRead);
      setImmediate(() => {
        if (open.get(kind) === opened) open.delete(kind);
        void opened.read();
      });
      open.set(kind, opened);
      gathering = opened;
    }
    return gathering.rowOf(Key!).then((Item) => ({ $metadata: {}, ...(Item && { Item }) }));
  };
  documents.send = ((command: unknown, ...rest: unknown[]) =>
    command instanceof GetCommand && isPlain(command.input, rest)
      ? gathered(command.input)
      : send(command, ...rest)) as typeof documents.send;
  return documents;
}

/** A read of a whole row, with no callback and no wishes of its own, is what can be put together with others. */
function isPlain(input: GetCommandInput, rest: readonly unknown[]): boolean {
  return (
    rest.every((one) => one === undefined) &&
    input.ProjectionExpression === undefined &&
    input.AttributesToGet === undefined
  );
}

/** Reads that go out together. */
class Gathering {
  private readonly wanted = new Map<string, Wanted>();
  private readonly ask: (input: BatchGetCommandInput) => Promise<BatchGetCommandOutput>;
  private readonly tableName: string;
  private readonly isConsistent: boolean;

  constructor(ask: Gathering['ask'], tableName: string, isConsistent: boolean) {
    this.ask = ask;
    this.tableName = tableName;
    this.isConsistent = isConsistent;
  }

  get size(): number {
    return this.wanted.size;
  }

  rowOf(key: Key): Promise<Row> {
    return new Promise((found, failed) => {
      const one = this.wanted.get(nameOf(key)) ?? { key, readers: [] };
      one.readers.push({ found, failed });
      this.wanted.set(nameOf(key), one);
    });
  }

  /** Answers everybody; never rejects. */
  async read(): Promise<void> {
    try {
      for (let tries = 1; this.wanted.size > 0; tries += 1) {
        await this.readOnce();
        if (this.wanted.size === 0) return;
        if (tries === TRIES) throw new Error(`the table left ${this.wanted.size} rows out ${TRIES} times`);
        await sleep(systemRandom.int(0, FIRST_BACKOFF_MS * 2 ** tries));
      }
    } catch (cause) {
      for (const { readers } of this.wanted.values()) for (const { failed } of readers) failed(cause);
    }
  }

  private async readOnce(): Promise<void> {
    const { tableName, isConsistent } = this;
    const Keys = [...this.wanted.values()].map(({ key }) => key);
    const { Responses, UnprocessedKeys } = await this.ask({
      RequestItems: { [tableName]: { Keys, ConsistentRead: isConsistent } },
    });
    const rows = new Map((Responses?.[tableName] ?? []).map((row) => [nameOf(row), row]));
    const leftOut = new Set((UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => nameOf(key)));
    for (const [name, { readers }] of this.wanted) {
      if (leftOut.has(name)) continue;
      this.wanted.delete(name);
      for (const { found } of readers) found(rows.get(name));
    }
  }
}
