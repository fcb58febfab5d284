import { ACCOUNT_CREATED } from '#events/auth.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import type { Locale } from '#shared/kernel/locale.ts';
import { defaultDisplayName, initialRoles } from './rules.ts';
import { type Account, putAccount } from './store.ts';
import { getConsents } from './store-choices.ts';

export { type Audience, admits, type Privacy } from './privacy.ts';
export { restored } from './restore.ts';
export { requireAuthorityOver, stillInOffice, suspend } from './sanction.ts';
export { requireUsable, type Standing, standingOf } from './standing.ts';
export { type Account, getAccount, updateEmail } from './store.ts';
export { privacyOf } from './store-choices.ts';

/** Whether the player agrees, in whatever version, to being counted as themselves, or to hearing of offers. */
export async function hasConsented(accountId: AccountId, to: 'analytics' | 'marketing'): Promise<boolean> {
  return (await getConsents(accountId)).current[to]?.given === true;
}

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
