import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { Client } from 'pg';
import { mintItems, transferItems } from '#functions/inventory/public.ts';
import { runningTable } from '#scripts/local/running-table.ts';
import type { Changes } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { type CharacterId, createId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import type { PlayerOwner } from '#shared/ledger/ledger.ts';
import { PostgresLedger } from '#shared/ledger/postgres-ledger.ts';
import { createDocumentClient, useTable } from '#shared/table/table.ts';
import { moveByStaff, softMoneyOf, takenBy } from '#shared/testing/staff-money.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

export interface StoreAddresses {
  readonly sdkEnvironment: Readonly<Record<string, string>>;
  readonly postgresPort: number;
}

/** Names of the ledger's database and of its users, as the templates have them. */
const DATABASE = 'ledger';
const APPLICATION = 'ledger_app';
const OWNER = 'ledger_owner';
const MOST_AT_ONCE = 20;

/** Table and ledger of a running local cloud from outside, beside its functions. */
export class ValueStores {
  readonly ledger: PostgresLedger;
  /** What was put into players' hands in the soft currency, and not by playing. */
  given = 0n;
  private readonly dynamo: DynamoDBClient;
  private readonly documents: ReturnType<typeof createDocumentClient>;
  private readonly tableName: string;
  private readonly postgresPort: number;
  /** Gives the process's table back. */
  private readonly undo: () => void;
  private grants = 0;

  private constructor(dynamo: DynamoDBClient, tableName: string, postgresPort: number) {
    this.dynamo = dynamo;
    this.documents = createDocumentClient(dynamo);
    this.tableName = tableName;
    this.postgresPort = postgresPort;
    this.undo = useTable({ client: this.documents, tableName });
    this.ledger = new PostgresLedger(() => this.connect(APPLICATION));
  }

  static async open({ sdkEnvironment, postgresPort }: StoreAddresses): Promise<ValueStores> {
    const { dynamo, tableName } = await runningTable(sdkEnvironment);
    return new ValueStores(dynamo, tableName, postgresPort);
  }

  /** A connection of its own as the ledger's owner, who may lock what functions want to write. */
  ownerConnection(): Promise<Client> {
    return this.connect(OWNER);
  }

  private async connect(user: string): Promise<Client> {
    const client = new Client({ host: '127.0.0.1', port: this.postgresPort, user, database: DATABASE });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** Every row of the table, strongly consistent page by page. */
  async rows(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const pages = paginateScan({ client: this.documents }, { TableName: this.tableName, ConsistentRead: true });
    for await (const { Items = [] } of pages) rows.push(...(Items as Row[]));
    return rows;
  }

  moneyOf(owner: PlayerOwner): Promise<bigint> {
    return softMoneyOf(this.ledger, owner);
  }

  /** Gives a player money by a grant of the staff. */
  async giveMoney(to: PlayerOwner, amount: bigint): Promise<void> {
    await moveByStaff(this.ledger, to, amount);
    this.given += amount;
  }

  /** Takes money from a player by a claw-back. */
  takeMoney(from: PlayerOwner, amount: bigint): Promise<void> {
    return moveByStaff(this.ledger, from, -amount);
  }

  /** What accounts of the system have taken in, less what they have given out. */
  takenBy(beginsWith: string): Promise<bigint> {
    return takenBy(this.ledger, (account) => account.startsWith(beginsWith));
  }

  /** Gives a character stacks out of nothing, as a quest would; answers their ids in order. */
  async giveItems(
    holder: CharacterId,
    ...stacks: readonly (readonly [templateId: Slug, count: number])[]
  ): Promise<ItemId[]> {
    this.grants += 1;
    const minted = await mintItems({
      holder,
      origin: 'quest',
      source: [holder, 'grant', this.grants, createId('opr')],
      items: stacks.map(([templateId, count]) => ({ templateId, count })),
      nowMs: Date.now(),
    });
    await this.commit(minted.changes);
    return minted.items.map(({ itemId }) => itemId);
  }

  /** Sinks items out of a character's bag, 20 at a time, so that there is room again. */
  async sinkItems(from: CharacterId, itemIds: readonly ItemId[]): Promise<void> {
    const destination = { to: 'sink', reason: 'destroyed' } as const;
    for (let start = 0; start < itemIds.length; start += MOST_AT_ONCE) {
      const legs = itemIds
        .slice(start, start + MOST_AT_ONCE)
        .map((itemId) => ({ kind: 'move', itemId, from, bound: 'any', destination }) as const);
      const cause = { reason: 'test', cause: createId('opr'), atMs: Date.now() };
      await this.commit((await transferItems(legs, cause)).changes);
    }
  }

  /** Commits what public functions have prepared. */
  async commit(changes: Changes): Promise<void> {
    await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
  }

  async close(): Promise<void> {
    this.undo();
    await this.ledger.close();
    this.dynamo.destroy();
  }
}

/** Settlements of a table in one state, such as `PREPARED`. */
export function settlementsIn(rows: readonly Row[], state: string): readonly Row[] {
  return rows.filter((row) => row._et === 'Settlement' && row.state === state);
}
