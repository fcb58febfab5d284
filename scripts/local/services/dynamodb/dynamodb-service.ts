import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LocalService } from '../../service.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from './dynamodb-local.ts';
import { ensureTable, type TableSpec } from './table-spec.ts';

export interface DynamoDbServiceOptions {
  readonly port: number;
  readonly region: string;
  readonly tables: readonly TableSpec[];
  /** Folder of the database; undefined: memory only. */
  readonly dbPath?: string | undefined;
  readonly say?: (line: string) => void;
}

/** DynamoDB Local with every table of the templates. */
export class DynamoDbService implements LocalService {
  readonly name = 'DynamoDB';
  readonly #options: DynamoDbServiceOptions;
  #process: DynamoDbLocal | undefined;

  constructor(options: DynamoDbServiceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { port, region, tables, dbPath, say } = this.#options;
    this.#process = await startDynamoDbLocal({
      port,
      ...(dbPath === undefined ? { inMemory: true } : { dbPath }),
      ...(say ? { say } : {}),
    });
    if (this.#process.port !== port) {
      await this.stop();
      throw new Error(`Port ${port} was taken while DynamoDB Local started: start again`);
    }
    const client = new DynamoDBClient({
      endpoint: this.#process.endpoint,
      region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    try {
      for (const table of tables) await ensureTable(client, table);
    } finally {
      client.destroy();
    }
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.stop();
  }
}
