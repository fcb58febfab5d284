import { ACCOUNT_CREATED } from '#events/auth.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { defaultDisplayName, initialRoles } from './rules.ts';
import { requireUsable, type Standing, standingOf } from './standing.ts';
import { type Account, getAccount, putAccount, updateEmail } from './store.ts';

export type { Account, Standing };
export { getAccount, requireUsable, standingOf, updateEmail };

/**
 * Creates an account and tells of it: one whose address has been proven, a guest's, which has none yet, or one that
 * an external identity opens.
 */
export function createAccount(of: {
  readonly accountId: AccountId;
  /** Proven; unset for guests and for external identities that tell none. */
  readonly email?: string | undefined;
  readonly locale: Locale;
  readonly via?: 'email' | 'guest' | 'external';
  /** Whose owner becomes administrator; in the same normal form as `normalizedEmail`. */
  readonly bootstrapAdminEmail?: string;
  readonly normalizedEmail?: string;
  readonly nowMs: number;
}): Changes & { readonly account: Account } {
  const { accountId, email, locale, via = 'email' } = of;
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
    events: [event(ACCOUNT_CREATED, { aggregateId: accountId, aggregateSeq: 1, data: { accountId, via } })],
  };
}
