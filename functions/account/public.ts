import { ACCOUNT_CREATED } from '#events/auth.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { defaultDisplayName, initialRoles } from './rules.ts';
import { type Account, getAccount, putAccount } from './store.ts';

export type { Account };
export { getAccount };

/** Creates an account whose address has been proven, and tells of it. */
export function createAccount(of: {
  readonly accountId: AccountId;
  readonly email: string;
  readonly locale: Locale;
  /** Whose owner becomes administrator; in the same normal form as `normalizedEmail`. */
  readonly bootstrapAdminEmail: string;
  readonly normalizedEmail: string;
  readonly nowMs: number;
}): Changes & { readonly account: Account } {
  const { accountId, email, locale } = of;
  const account: Account = {
    accountId,
    email,
    displayName: defaultDisplayName(accountId),
    locale,
    status: 'ACTIVE',
    roles: initialRoles(of.normalizedEmail, of.bootstrapAdminEmail),
    createdAtMs: of.nowMs,
    version: 1,
  };
  return {
    account,
    writes: [putAccount(account)],
    events: [event(ACCOUNT_CREATED, { aggregateId: accountId, aggregateSeq: 1, data: { accountId, via: 'email' } })],
  };
}
