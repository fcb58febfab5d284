import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { getEmailChange } from './store.ts';
import { getEmailUndo } from './store-undo.ts';

/** What this domain holds about a person, for them to read. */
export async function exportOf(accountId: AccountId) {
  const [change, { changes }] = await Promise.all([getEmailChange(accountId), getEmailUndo(accountId)]);
  return {
    emailChange: change && {
      oldEmail: change.oldEmail,
      newEmail: change.newEmail,
      expiresAt: toIso(change.expiresAtMs),
      confirmedAt: change.confirmedAtMs === undefined ? undefined : toIso(change.confirmedAtMs),
    },
    formerAddresses: changes.map(({ oldEmail, changedAtMs }) => ({ email: oldEmail, until: toIso(changedAtMs) })),
  };
}
