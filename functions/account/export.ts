import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { getAccount } from './store.ts';
import { listAudit } from './store-audit.ts';
import { getConsents, listConsentChanges, privacyOf } from './store-choices.ts';
import { consentsViewOf, viewOf } from './view.ts';

/** Acts of staff in one export. */
const AUDIT_ENTRIES = 1_000;

/** What is stored here of a player, for themselves. Who of the staff acted is those people's own business. */
export async function exportOf(accountId: AccountId): Promise<object> {
  const [account, [privacy], consents, history, audit] = await Promise.all([
    getAccount(accountId),
    privacyOf([accountId]),
    getConsents(accountId),
    listConsentChanges(accountId),
    listAudit(accountId, { limit: AUDIT_ENTRIES, after: undefined }),
  ]);
  return {
    ...(account ? { profile: viewOf(account) } : {}),
    privacy,
    consents: consentsViewOf(consents, history),
    actsOfStaff: audit.entries.map(({ action, atMs, reason }) => ({ action, at: toIso(atMs), reason })),
  };
}
