import { clock, toIso } from '#shared/kernel/clock.ts';
import type { AccountId } from '#shared/kernel/ids.ts';
import { historyLimits } from './login-history.ts';
import { getCredential } from './store.ts';
import { listDevices } from './store-devices.ts';
import { listAttempts } from './store-logins.ts';

/** What this domain holds about a person, for them to read. Secrets and their hashes are left out. */
export async function exportOf(accountId: AccountId) {
  const [credential, devices, { attempts }] = await Promise.all([
    getCredential(accountId),
    listDevices(accountId),
    listAttempts(accountId, { nowMs: clock.nowMs(), limit: historyLimits.kept, after: undefined }),
  ]);
  return {
    hasPassword: credential !== undefined,
    passwordLogins: credential?.loginCount ?? 0,
    devices: devices.map(({ label, firstSeenMs, lastSeenMs }) => ({
      label,
      firstSeenAt: toIso(firstSeenMs),
      lastSeenAt: toIso(lastSeenMs),
    })),
    logins: attempts.map(({ atMs, ...attempt }) => ({ at: toIso(atMs), ...attempt })),
  };
}
