import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { tableDefinition } from '#shared/table/definition.ts';
import { documentClient, tableName } from '#shared/table/table.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };
export type RowKey = Pick<Row, 'pk' | 'sk'>;

/** Entities that say where value is. */
const WALKED = ['Item', 'Custody', 'Settlement', 'Bag'];

/**
 * One page of the whole table, 1 MB of it: 128 read units whatever it holds. Only rows that say where value is are
 * answered; those of one partition stand together, in the order of their sort keys.
 */
export async function walkPage(
  after: RowKey | undefined,
): Promise<{ readonly rows: readonly Row[]; readonly scanned: number; readonly next: RowKey | undefined }> {
  const { Items, ScannedCount, LastEvaluatedKey } = await documentClient().send(
    new ScanCommand({
      TableName: tableName(),
      FilterExpression: '#entity IN (:a, :b, :c, :d)',
      ExpressionAttributeNames: { '#entity': tableDefinition.entityAttribute },
      ExpressionAttributeValues: { ':a': WALKED[0], ':b': WALKED[1], ':c': WALKED[2], ':d': WALKED[3] },
      ...(after ? { ExclusiveStartKey: { pk: after.pk, sk: after.sk } } : {}),
    }),
  );
  return {
    rows: (Items ?? []) as unknown as readonly Row[],
    scanned: ScannedCount ?? 0,
    next: LastEvaluatedKey as RowKey | undefined,
  };
}
