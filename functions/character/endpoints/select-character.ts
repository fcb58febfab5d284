import { CHARACTER_SWITCHED } from '#events/character.ts';
import { issueAccessToken } from '#functions/auth/public.ts';
import { getActiveSession, playCharacter, takeSlot } from '#functions/session/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { selectCharacter } from '../contract.ts';
import { leaveWorld } from '../leave-world.ts';
import { requireActive } from '../lifecycle.ts';
import { type Character, getCharacter, saveCharacter } from '../store.ts';

/** Somebody else's character and one that never was look alike. */
export const handler = endpointHandler(selectCharacter, async ({ input, actor, nowMs, commit, fail }) => {
  const { characterId } = input.params;
  const { accountId, sessionId, roles } = actor;

  await withConflictRetry(async () => {
    const character = await getCharacter(characterId);
    if (character?.accountId !== accountId) throw fail('request.not_found');
    requireActive(character);
    if (character.renameReason) throw fail('character.rename_required', { reason: character.renameReason });
    const session = await getActiveSession(sessionId);
    if (!session) throw fail('auth.session_ended');
    const previous = session.characterId;
    const played = await playCharacter(session, characterId, nowMs);
    if (!played.writes) return;
    const { realmId } = character;
    const place = await takeSlot({ accountId, sessionId, roles, realmId, nowMs }, commit);
    // Its version rises, so that a deletion that was decided before this one fails.
    const marked: Character = { ...character, lastPlayedAtMs: nowMs, version: character.version + 1 };
    const switched: Changes = {
      writes: [saveCharacter(marked)],
      events: [
        event(CHARACTER_SWITCHED, {
          aggregateId: sessionId,
          aggregateSeq: session.version + 1,
          data: { accountId, sessionId, characterId, ...(previous ? { previousCharacterId: previous } : {}) },
        }),
      ],
    };
    await commit(mergeChanges(played, place, switched, await leaveWorld(previous, nowMs)));
  });

  const access = await issueAccessToken({ accountId, sessionId, roles, characterId }, nowMs);
  return { characterId, accessToken: access.token, accessTokenExpiresAt: toIso(access.expiresAtMs) };
});
