import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { leftovers } from '#scripts/journey/settled.ts';
import { until } from '#scripts/journey/until.ts';
import { runningTable } from '#scripts/local/running-table.ts';
import { canonicalJson } from '#shared/kernel/canonical-json.ts';
import type { RunningAddresses } from '../../local/cloud.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };

/** Changes all the time, whatever players do: rate buckets, and the leases that the fleet renews. */
function isRestless({ pk, sk }: Row): boolean {
  return pk.startsWith('RATE#') || (pk.startsWith('ZONE#') && sk === 'LEASE');
}

type Image = ReadonlyMap<string, string>;

const REPAIR_MS = 3_000;
const PAUSE_MS = 150;

function difference(before: Image, after: Image): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).sort();
}

/** The local cloud's table from outside, with no code of the backend in between. */
export class TableWatch {
  private readonly client: DynamoDBDocumentClient;
  private readonly tableName: string;
  private readonly controlUrl: string;
  /** Done before each attack: what would otherwise change by the mere passing of time. */
  private readonly refresh: () => Promise<unknown>;

  private constructor(
    client: DynamoDBDocumentClient,
    tableName: string,
    controlUrl: string,
    refresh: () => Promise<unknown>,
  ) {
    this.refresh = refresh;
    this.client = client;
    this.tableName = tableName;
    this.controlUrl = controlUrl;
  }

  static async open(
    { sdkEnvironment, controlUrl }: RunningAddresses,
    refresh: () => Promise<unknown>,
  ): Promise<TableWatch> {
    const { dynamo, tableName } = await runningTable(sdkEnvironment);
    return new TableWatch(DynamoDBDocumentClient.from(dynamo), tableName, controlUrl, refresh);
  }

  /** Every row but the restless ones. */
  async rows(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const pages = paginateScan({ client: this.client }, { TableName: this.tableName, ConsistentRead: true });
    for await (const { Items = [] } of pages) rows.push(...(Items as Row[]));
    return rows.filter((row) => !isRestless(row));
  }

  async put(row: Row): Promise<void> {
    await this.client.send(new PutCommand({ TableName: this.tableName, Item: row }));
  }

  /**
   * Runs the attack and answers the keys of all rows that are others afterwards. Waits before it until nothing moves any
   * more and no STOMP socket is open, and after it for what is on its way to be put in order again, such as the rows of a
   * socket that has closed.
   */
  async changedBy(attack: () => Promise<void>): Promise<readonly string[]> {
    const before = await this.calm();
    await attack();
    await leftovers(this.controlUrl);
    const deadlineMs = performance.now() + REPAIR_MS;
    for (;;) {
      const changed = difference(before, await this.image());
      if (changed.length === 0 || performance.now() > deadlineMs) return changed;
      await delay(PAUSE_MS);
    }
  }

  /** The table as soon as two looks at it are the same, and the last socket that has closed is forgotten. */
  private async calm(): Promise<Image> {
    await this.refresh();
    await leftovers(this.controlUrl);
    let image = await this.image();
    return until('the table to come to rest', async () => {
      const last = image;
      image = await this.image();
      const sockets = [...image.keys()].filter((key) => key.startsWith('CONN#'));
      return difference(last, image).length + sockets.length === 0 ? image : undefined;
    });
  }

  private async image(): Promise<Image> {
    return new Map((await this.rows()).map((row) => [`${row.pk} ${row.sk}`, canonicalJson(row)]));
  }

  close(): void {
    this.client.destroy();
  }
}
