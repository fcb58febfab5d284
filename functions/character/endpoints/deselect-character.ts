import { issueAccessToken } from '#functions/auth/public.ts';
import { getActiveSession, stopPlaying } from '#functions/session/public.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { deselectCharacter } from '../contract.ts';
import { leaveWorld } from '../leave-world.ts';

/** A session that plays nothing already only gets its token: the reply of a lost call can be asked for again. */
export const handler = endpointHandler(deselectCharacter, async ({ input, actor, nowMs, commit, fail }) => {
  const { characterId } = input.params;
  const { accountId, sessionId, roles } = actor;
  await withConflictRetry(async () => {
    const session = await getActiveSession(sessionId);
    if (!session) throw fail('auth.session_ended');
    if (session.characterId === undefined) return;
    if (session.characterId !== characterId) throw fail('character.not_selected');
    await commit(mergeChanges(stopPlaying(session, nowMs), await leaveWorld(characterId, nowMs)));
  });
  const access = await issueAccessToken({ accountId, sessionId, roles, characterId: undefined }, nowMs);
  return { accessToken: access.token, accessTokenExpiresAt: toIso(access.expiresAtMs) };
});
