import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { restoreCharacter } from '../contract.ts';
import { restore } from '../lifecycle.ts';
import { statusOf } from '../rules.ts';
import { getCharacter } from '../store.ts';
import { viewOf } from '../view.ts';

/** Restoring what is not deleted changes nothing and answers the same. */
export const handler = endpointHandler(restoreCharacter, ({ input, actor, nowMs, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = input.params;
    const character = await getCharacter(characterId);
    if (character?.accountId !== actor.accountId) throw fail('request.not_found');
    const level = (await levelOf(characterId)) ?? 1;
    if (statusOf(character) === 'ACTIVE') return viewOf(character, level);
    const { after, changes } = await restore(character, nowMs);
    return commit(changes, viewOf(after, level));
  }),
);
