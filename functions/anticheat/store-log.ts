import { Entity } from 'dynamodb-toolbox/entity';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { AccountId } from '#shared/kernel/ids.ts';
import { anticheatKeys } from '#shared/table/keys/anticheat.ts';
import { logEntryWrite } from '#shared/table/log-entry.ts';
import { newestFirst, type RowPage } from '#shared/table/newest-first.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';
import { caseStates, verdicts } from './case.ts';

export const logActions = ['look', 'look-history', ...verdicts] as const;

/** What a member of staff saw or decided. Written with the act, never changed, never deleted. */
export interface LogEntry {
  readonly accountId: AccountId;
  /** The act itself: the same id as its events' cause. */
  readonly operationId: string;
  readonly atMs: number;
  readonly staffId: AccountId;
  readonly action: (typeof logActions)[number];
  /** Of a decision. */
  readonly reason?: string | undefined;
  readonly before?: (typeof caseStates)[number] | undefined;
  readonly after?: (typeof caseStates)[number] | undefined;
  /** What was held against the account when it was decided. */
  readonly score?: number | undefined;
  /** Of a suspension: its end. */
  readonly untilMs?: number | undefined;
}

const LogEntity = new Entity({
  ...entityDefaults,
  name: 'CheatLog',
  table,
  schema: item({
    accountId: string().key(),
    at: string().key(),
    operationId: string().key(),
    atMs: number(),
    staffId: string(),
    action: string().enum(...logActions),
    reason: string().optional(),
    before: string()
      .enum(...caseStates)
      .optional(),
    after: string()
      .enum(...caseStates)
      .optional(),
    score: number().optional(),
    untilMs: number().optional(),
  }),
  computeKey: anticheatKeys.log.primary,
});

/** Adds to the log of an account, once for each operation. */
export function logWrite(entry: LogEntry): Write {
  return logEntryWrite(LogEntity, entry);
}

/** An account's log, newest first, and the sort key where the page ended. */
export function listLog(
  accountId: AccountId,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<LogEntry>> {
  return newestFirst(LogEntity, anticheatKeys.log.partition({ accountId }), page);
}
