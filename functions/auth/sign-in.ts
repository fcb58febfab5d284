import { LOGIN_SUCCESS } from '#events/auth.ts';
import type { Account } from '#functions/account/public.ts';
import { openSession } from '#functions/session/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { issueAccessToken } from './issue-token.ts';
import { startFamily } from './refresh-token.ts';
import type { SignedIn } from './shapes.ts';
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
  readonly nowMs: number;
}): Promise<{ readonly changes: Changes; readonly reply: SignedIn }> {
  const { account, isFirst, deviceName, userAgent, nowMs } = who;
  const { accountId, displayName, locale, roles } = account;
  const sessionId = createId('ses');
  const { family, issued } = startFamily({ familyId: createId('fam'), accountId, sessionId, nowMs });
  const access = await issueAccessToken({ accountId, sessionId, roles, characterId: undefined }, nowMs);
  const opened = openSession({ sessionId, accountId, deviceName, userAgent, nowMs });
  const told = {
    writes: [putRefreshFamily(family)],
    events: [
      event(LOGIN_SUCCESS, { aggregateId: sessionId, aggregateSeq: 1, data: { accountId, sessionId, isFirst } }),
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
      account: { accountId, displayName, locale, roles: [...roles] },
    },
  };
}
