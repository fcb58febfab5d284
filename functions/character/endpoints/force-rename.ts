import { CHARACTER_RENAME_REQUIRED } from '#events/character.ts';
import { closeSession, getActiveSession, getPlay } from '#functions/session/public.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { forceRename } from '../admin-contract.ts';
import { skeletonOf } from '../skeleton.ts';
import { auditWrite, type Character, getCharacter, saveCharacter } from '../store.ts';
import { barName } from '../store-names.ts';

/** A name that was taken away already stays so: the second moderator's order changes nothing. */
export const handler = endpointHandler(forceRename, ({ input, actor, nowMs, operation, commit, fail }) =>
  withConflictRetry(async () => {
    const character = await getCharacter(input.params.characterId);
    if (!character) throw fail('request.not_found');
    const { characterId, accountId, realmId, name } = character;
    const reply = { characterId, name, renameRequired: true } as const;
    if (character.renameReason === 'moderation') return reply;

    const after: Character = { ...character, renameReason: 'moderation', version: character.version + 1 };
    const { reason } = input.body;
    const ordered: Changes = {
      writes: [
        saveCharacter(after),
        barName({ accountId, realmId, skeleton: skeletonOf(name) }, nowMs),
        auditWrite({ characterId, operationId: operation.id, byAccountId: actor.accountId, name, reason }, nowMs),
      ],
      events: [
        event(CHARACTER_RENAME_REQUIRED, {
          aggregateId: characterId,
          aggregateSeq: after.version,
          data: { accountId, characterId, name },
        }),
      ],
    };
    return commit(mergeChanges(ordered, await endPlay(character, nowMs)), reply);
  }),
);

/** Whoever plays the character is logged out: the name goes out of the world at once. */
async function endPlay({ accountId, characterId }: Character, nowMs: number): Promise<Changes> {
  const play = await getPlay(accountId);
  const session = play?.characterId === characterId ? await getActiveSession(play.sessionId) : undefined;
  return session?.characterId === characterId ? closeSession(session, 'revoked', nowMs) : {};
}
