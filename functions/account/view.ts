import { toIso } from '#shared/kernel/clock.ts';
import type { Account } from './store.ts';

/** An account as its owner sees it. */
export function viewOf(account: Account) {
  const { accountId, email, displayName, locale, status, roles, createdAtMs } = account;
  return { accountId, email, displayName, locale, status, roles: [...roles], createdAt: toIso(createdAtMs) };
}
