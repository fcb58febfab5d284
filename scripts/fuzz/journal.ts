import { BatchWriteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson, sha256 } from '#shared/kernel/canonical-json.ts';
import { tableDefinition } from '#shared/table/definition.ts';

type Row = Record<string, unknown>;
type Action = { Put?: { Item?: Row }; Update?: { Key?: Row }; Delete?: { Key?: Row } };

const { partitionKey, sortKey } = tableDefinition;
const BATCH = 25;

const keyOf = (row: Row): string => `${row[partitionKey]}|${row[sortKey]}`;

/** Keys that a successful table call has written; nothing for reads and for conditions alone. */
function writtenBy(command: string, input: Row): Row[] {
  if (/^(?:Update|Delete)(?:Item)?Command$/.test(command)) return [input.Key as Row];
  if (/^Put(?:Item)?Command$/.test(command)) return [input.Item as Row];
  if (/^TransactWrite/.test(command)) {
    return (input.TransactItems as Action[]).flatMap(({ Put, Update, Delete }) => {
      const row = Put?.Item ?? Update?.Key ?? Delete?.Key;
      return row ? [row] : [];
    });
  }
  if (/^BatchWrite/.test(command)) {
    const requests = Object.values(input.RequestItems as Record<string, { PutRequest?: Row; DeleteRequest?: Row }[]>);
    return requests.flat().map(({ PutRequest, DeleteRequest }) => (PutRequest?.Item ?? DeleteRequest?.Key) as Row);
  }
  if (!/^(?:Get|Query|BatchGet|TransactGet|Scan)|Table/.test(command))
    throw new Error(`the journal does not know ${command}`);
  return [];
}

/**
 * Watches a table's client: tells which rows a call has written, and puts them back as they were at the baseline, so
 * that every case meets the same world and costs only what it changed.
 */
export class TableJournal {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #touched = new Map<string, Row>();
  #baseline: ReadonlyMap<string, Row> = new Map();
  #writing = false;

  constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (this.#writing) return result;
        for (const row of writtenBy(context.commandName ?? '', args.input as Row)) this.#touched.set(keyOf(row), row);
        return result;
      },
      { step: 'initialize', name: 'fuzzJournal' },
    );
  }

  /** Keys of the rows that were written since the last rewind, as `pk|sk`. */
  touched(): readonly string[] {
    return [...this.#touched.keys()];
  }

  async #rows(): Promise<Row[]> {
    const rows: Row[] = [];
    let ExclusiveStartKey: Row | undefined;
    do {
      const page = await this.#client.send(
        new ScanCommand({
          TableName: this.#tableName,
          ConsistentRead: true,
          ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
        }),
      );
      rows.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return rows;
  }

  /** Makes what the table holds now the state that every rewind goes back to. */
  async setBaseline(): Promise<void> {
    this.#baseline = new Map((await this.#rows()).map((row) => [keyOf(row), row]));
    this.#touched.clear();
  }

  /** Puts every written row back. Rows that `spare` names stay as they are. */
  async rewind(spare: (key: string) => boolean = () => false): Promise<void> {
    const wrong = [...this.#touched].filter(([key]) => !spare(key));
    this.#writing = true;
    try {
      for (let at = 0; at < wrong.length; at += BATCH) {
        const requests = wrong.slice(at, at + BATCH).map(([key, row]) => {
          const before = this.#baseline.get(key);
          const Key = { [partitionKey]: row[partitionKey], [sortKey]: row[sortKey] };
          return before ? { PutRequest: { Item: before } } : { DeleteRequest: { Key } };
        });
        await this.#client.send(new BatchWriteCommand({ RequestItems: { [this.#tableName]: requests } }));
      }
    } finally {
      this.#writing = false;
    }
    for (const [key] of wrong) this.#touched.delete(key);
  }

  /** Hash of every row: the journal's own claims are checked against it. */
  async hash(): Promise<string> {
    const rows = await this.#rows();
    return sha256(canonicalJson(rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))));
  }

  /** Hash of the baseline, in the terms of `hash`. */
  baselineHash(): string {
    return sha256(canonicalJson([...this.#baseline.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))));
  }
}
