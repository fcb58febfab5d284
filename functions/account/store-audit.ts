import { Entity } from 'dynamodb-toolbox/entity';
import { any } from 'dynamodb-toolbox/schema/any';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { AccountId } from '#shared/kernel/ids.ts';
import { accountKeys } from '#shared/table/keys/account.ts';
import { logEntryWrite } from '#shared/table/log-entry.ts';
import { newestFirst, type RowPage } from '#shared/table/newest-first.ts';
import { entityDefaults, table } from '#shared/table/table.ts';
import type { Write } from '#shared/table/write.ts';

export const auditActions = ['view', 'find', 'roles', 'ban', 'unban'] as const;
export type AuditAction = (typeof auditActions)[number];

/** What an act changes, as far as the audit keeps it: no personal data. */
export interface AuditedState {
  readonly status: string;
  readonly roles: readonly string[];
  /** ISO; `for good` where the ban has no end; unset: no ban. */
  readonly banUntil?: string | undefined;
}

/** One act of staff on an account. Written with the act, never changed, never deleted. */
export interface AuditEntry {
  readonly accountId: AccountId;
  /** The act itself: the same id as its events' cause. */
  readonly operationId: string;
  readonly atMs: number;
  /** Who did it. */
  readonly actorId: AccountId;
  readonly action: AuditAction;
  readonly reason?: string | undefined;
  readonly before?: AuditedState | undefined;
  readonly after?: AuditedState | undefined;
}

const AuditEntity = new Entity({
  ...entityDefaults,
  name: 'AccountAudit',
  table,
  schema: item({
    accountId: string().key(),
    at: string().key(),
    operationId: string().key(),
    atMs: number(),
    actorId: string(),
    action: string().enum(...auditActions),
    reason: string().optional(),
    before: any().castAs<AuditedState>().optional(),
    after: any().castAs<AuditedState>().optional(),
  }),
  computeKey: accountKeys.audit.primary,
});

export function putAudit(entry: AuditEntry): Write {
  return logEntryWrite(AuditEntity, entry);
}

/** An account's audit, newest first, and the sort key where the page ended. */
export function listAudit(
  accountId: AccountId,
  page: { readonly limit: number; readonly after: string | undefined },
): Promise<RowPage<AuditEntry>> {
  return newestFirst(AuditEntity, accountKeys.audit.partition({ accountId }), page);
}
