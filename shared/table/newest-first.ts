import type { Entity } from 'dynamodb-toolbox/entity';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import { table } from './table.ts';

/** A page of rows, and the sort key where it ended; undefined: nothing follows. */
export interface RowPage<T> {
  readonly entries: readonly T[];
  readonly lastKey: string | undefined;
}

/**
 * Rows of an entity in a partition whose sort keys rise with time, newest first and strongly consistent.
 * @param page `after`: the sort key where the page before ended
 */
export async function newestFirst<T>(
  entity: Entity,
  partition: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<T>> {
  const { Items = [], LastEvaluatedKey } = await table
    .build(QueryCommand)
    .entities(entity)
    .query({ partition, ...(page.after === undefined ? {} : { range: { lt: page.after } }) })
    .options({ reverse: true, limit: page.limit, consistent: true })
    .send();
  return { entries: Items as unknown as readonly T[], lastKey: LastEvaluatedKey?.sk as string | undefined };
}
