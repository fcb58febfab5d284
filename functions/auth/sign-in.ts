import { LOGIN_SUCCESS, NEW_DEVICE_SEEN } from '#events/auth.ts';
import type { Account } from '#functions/account/public.ts';
import { deviceLabel, openSession } from '#functions/session/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { sha256 } from '#shared/kernel/canonical-json.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type AccountId, createId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import type { Write } from '#shared/table/write.ts';
import { deviceLimits, isKnown, type KnownDevice, surplusDevices } from './devices.ts';
import { issueAccessToken } from './issue-token.ts';
import type { LoginMethod } from './login-history.ts';
import { truncatedNetworkOf } from './networks.ts';
import { startFamily } from './refresh-token.ts';
import type { SignedIn } from './shapes.ts';
import { deleteDevice, listDevices, putDevice } from './store-devices.ts';
import { putAttempt } from './store-logins.ts';
import { putRefreshFamily } from './store-refresh.ts';

/**
 * Opens a session for a player who has proven who they are, whichever way: the changes to commit, and the reply with
 * the first tokens. The caller has made sure that the account may log in. Needs the secret `token-signing-keys`.
 */
export async function signIn(who: {
  readonly account: Account;
  /** No login of this account succeeded before. */
  readonly isFirst: boolean;
  readonly deviceName: string | undefined;
  readonly userAgent: string;
  readonly ip: string;
  /** What the device was given by an earlier sign-in, if the client still has it. */
  readonly deviceToken?: string | undefined;
  /** By what they have proven it, in the end. */
  readonly method: LoginMethod;
  readonly nowMs: number;
}): Promise<{ readonly changes: Changes; readonly reply: SignedIn }> {
  const { account, isFirst, deviceName, userAgent, nowMs } = who;
  const { accountId, displayName, locale, roles } = account;
  const sessionId = createId('ses');
  const { family, issued } = startFamily({ familyId: createId('fam'), accountId, sessionId, nowMs });
  const access = await issueAccessToken({ accountId, sessionId, roles, characterId: undefined }, nowMs);
  const network = truncatedNetworkOf(who.ip);
  const label = deviceLabel(deviceName, userAgent);
  const device = await recogniseDevice({ accountId, label, token: who.deviceToken, nowMs });
  const attempt = {
    outcome: 'success',
    method: who.method,
    device: label,
    network,
    atMs: nowMs,
  } as const;
  const opened = openSession({ sessionId, accountId, deviceName, userAgent, nowMs });
  const told = {
    writes: [putRefreshFamily(family), ...device.writes, ...(await putAttempt(accountId, attempt))],
    events: [
      event(LOGIN_SUCCESS, { aggregateId: sessionId, aggregateSeq: 1, data: { accountId, sessionId, isFirst } }),
      ...(device.isNew && !isFirst
        ? [
            event(NEW_DEVICE_SEEN, {
              aggregateId: sessionId,
              aggregateSeq: 1,
              data: { accountId, sessionId, device: label, network },
            }),
          ]
        : []),
    ],
  };
  return {
    changes: mergeChanges(told, opened),
    reply: {
      status: 'SIGNED_IN',
      accessToken: access.token,
      accessTokenExpiresAt: toIso(access.expiresAtMs),
      refreshToken: issued.token,
      refreshTokenExpiresAt: toIso(issued.expiresAtMs),
      sessionId,
      deviceToken: device.token,
      account: { accountId, displayName, locale, roles: [...roles] },
    },
  };
}

/**
 * For the history of an account: somebody has shown the first factor, whichever it was, and is asked for the second. To
 * be committed with the challenge.
 */
export function noteSecondFactorDue(
  accountId: AccountId,
  stop: {
    readonly method: LoginMethod;
    readonly deviceName: string | undefined;
    readonly userAgent: string;
    readonly ip: string;
    readonly nowMs: number;
  },
): Promise<readonly Write[]> {
  return putAttempt(accountId, {
    outcome: 'second_factor_due',
    method: stop.method,
    device: deviceLabel(stop.deviceName, stop.userAgent),
    network: truncatedNetworkOf(stop.ip),
    atMs: stop.nowMs,
  });
}

/** Whether the account knows the device, and what to write so that it will next time. */
async function recogniseDevice(seen: {
  readonly accountId: AccountId;
  readonly label: string;
  readonly token: string | undefined;
  readonly nowMs: number;
}) {
  const { accountId, label, nowMs } = seen;
  const devices = await listDevices(accountId);
  const deviceHash = seen.token && sha256(seen.token);
  const known = devices.find((device) => device.deviceHash === deviceHash);
  if (seen.token && isKnown(known, nowMs)) {
    const isFresh = nowMs - known.lastSeenMs < deviceLimits.seenEveryMs;
    return { token: seen.token, isNew: false, writes: isFresh ? [] : [putDevice({ ...known, lastSeenMs: nowMs })] };
  }
  const token = randomToken();
  const added: KnownDevice = {
    accountId,
    deviceHash: sha256(token),
    label,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
  };
  return { token, isNew: true, writes: [putDevice(added), ...surplusDevices(devices).map(deleteDevice)] };
}
