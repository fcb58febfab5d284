import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { getEmailChange } from './store.ts';

/** What this domain holds about a person, for them to read. */
export async function exportOf(accountId: AccountId) {
  const change = await getEmailChange(accountId);
  return {
    emailChange: change && {
      oldEmail: change.oldEmail,
      newEmail: change.newEmail,
      expiresAt: toIso(change.expiresAtMs),
      confirmedAt: change.confirmedAtMs === undefined ? undefined : toIso(change.confirmedAtMs),
    },
  };
}
