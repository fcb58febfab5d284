import { CHARACTER_SWITCHED } from '#events/character.ts';
import { issueAccessToken } from '#functions/auth/public.ts';
import { getActiveSession, playCharacter } from '#functions/session/public.ts';
import { evict, presenceOf } from '#functions/zone/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { selectCharacter } from '../contract.ts';
import { getCharacter } from '../store.ts';

/** Somebody else's character and one that never was look alike. */
export const handler = endpointHandler(selectCharacter, async ({ input, actor, nowMs, commit, fail }) => {
  const { characterId } = input.params;
  const { accountId, sessionId, roles } = actor;
  const character = await getCharacter(characterId);
  if (character?.accountId !== accountId) throw fail('request.not_found');

  await withConflictRetry(async () => {
    const session = await getActiveSession(sessionId);
    if (!session) throw fail('auth.session_ended');
    const previous = session.characterId;
    const played = await playCharacter(session, characterId, nowMs);
    if (!played.writes) return;
    const switched: Changes = {
      events: [
        event(CHARACTER_SWITCHED, {
          aggregateId: sessionId,
          aggregateSeq: session.version + 1,
          data: { accountId, sessionId, characterId, ...(previous ? { previousCharacterId: previous } : {}) },
        }),
      ],
    };
    await commit(mergeChanges(played, switched, await leaveWorld(previous, nowMs)));
  });

  const access = await issueAccessToken({ accountId, sessionId, roles, characterId }, nowMs);
  return { characterId, accessToken: access.token, accessTokenExpiresAt: toIso(access.expiresAtMs) };
});

/** The character that was played until now does not stay behind in its zone. */
async function leaveWorld(characterId: CharacterId | undefined, nowMs: number): Promise<Changes> {
  const presence = characterId && (await presenceOf(characterId));
  return presence ? evict(presence, 'superseded', nowMs) : {};
}
