import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { deleteCharacter } from '../contract.ts';
import { deleteNow, startDeletion } from '../lifecycle.ts';
import { normalizeName } from '../name-rules.ts';
import { requireNoObligations } from '../obligations.ts';
import { deletionAtMs, statusOf } from '../rules.ts';
import { getCharacter } from '../store.ts';
import { viewOf } from '../view.ts';

/** Deleting what is deleted already, or about to be, changes nothing and answers the same. */
export const handler = endpointHandler(deleteCharacter, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = input.params;
    const character = await getCharacter(characterId);
    if (character?.accountId !== actor.accountId) throw fail('request.not_found');
    const isTheName = normalizeName(input.body.confirmName).toLowerCase() === character.name.toLowerCase();
    if (!isTheName) throw fail('character.name_mismatch');
    const level = (await levelOf(characterId)) ?? 1;
    if (statusOf(character) !== 'ACTIVE') return viewOf(character, level);

    await requireNoObligations(character);
    const deletesAtMs = deletionAtMs(level, nowMs);
    const { after, changes } =
      deletesAtMs > nowMs ? startDeletion(character, deletesAtMs) : await deleteNow(character, nowMs);
    return commit(changes, viewOf(after, level));
  }),
);
