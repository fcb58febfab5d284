import { getAccount, requireUsable } from '#functions/account/public.ts';
import { closeSession, getActiveSession, requireActiveSession, touchSession } from '#functions/session/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { SessionId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { refresh } from '../contract.ts';
import { issueAccessToken } from '../issue-token.ts';
import { decideRefresh, parseRefreshToken } from '../refresh-token.ts';
import { getRefreshFamily, replaceRefreshFamily } from '../store-refresh.ts';

export const handler = endpointHandler(refresh, ({ input, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { familyId, secret } = parseRefreshToken(input.body.refreshToken);
    const family = await getRefreshFamily(familyId);
    // The family lives exactly as long as its session: closing the one ends the other.
    const session = family && (await getActiveSession(SessionId.parse(family.sessionId)));
    if (!session) throw fail('auth.refresh_invalid');

    const decision = decideRefresh(family, secret, nowMs);
    if (decision.kind === 'reuse') await commit(closeSession(session, 'refresh_reused', nowMs));
    if (decision.kind === 'reuse' || decision.kind === 'expired') throw fail('auth.refresh_invalid');

    const { accountId, sessionId, characterId } = session;
    const account = requireUsable(await getAccount(accountId), nowMs, 'auth.refresh_invalid');
    const access = await issueAccessToken({ accountId, sessionId, roles: account.roles, characterId }, nowMs);
    if (decision.kind === 'rotate') {
      const rotated = { writes: [replaceRefreshFamily(family, decision.next), requireActiveSession(sessionId)] };
      await commit(mergeChanges(rotated, touchSession(sessionId, nowMs)));
    }
    return {
      accessToken: access.token,
      accessTokenExpiresAt: toIso(access.expiresAtMs),
      refreshToken: decision.issued.token,
      refreshTokenExpiresAt: toIso(decision.issued.expiresAtMs),
      sessionId,
    };
  }),
);
