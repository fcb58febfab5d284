import { Entity } from 'dynamodb-toolbox/entity';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { AccountId } from '#shared/kernel/ids.ts';
import { custodyKeys } from '#shared/table/keys/custody.ts';
import { logEntryWrite } from '#shared/table/log-entry.ts';
import { newestFirst, type RowPage } from '#shared/table/newest-first.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { logActions } from './shapes.ts';

/** What a member of staff saw or did. Written with the act, never changed, never deleted. */
export interface LogEntry {
  /** What it was about: an item, an owner, a transaction. */
  readonly subject: string;
  /** The act itself: the same id as its events' cause. */
  readonly operationId: string;
  readonly atMs: number;
  readonly staffId: AccountId;
  readonly action: (typeof logActions)[number];
  readonly reason?: string | undefined;
}

const LogEntity = new Entity({
  ...entityDefaults,
  name: 'CustodyLog',
  table,
  schema: item({
    subject: string().key(),
    at: string().key(),
    operationId: string().key(),
    atMs: number(),
    staffId: string(),
    action: string().enum(...logActions),
    reason: string().optional(),
  }),
  computeKey: custodyKeys.log.primary,
});

/** Adds to the log of a subject, once for each operation. */
export function logWrite(entry: LogEntry): Write {
  return logEntryWrite(LogEntity, entry);
}

/** A subject's log, newest first, and the sort key where the page ended. */
export function listLog(
  subject: string,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<LogEntry>> {
  return newestFirst(LogEntity, custodyKeys.log.partition({ subject }), page);
}
