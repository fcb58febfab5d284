import { levelOf } from '#functions/progression/public.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { changeAppearance } from '../contract.ts';
import { requireActive } from '../lifecycle.ts';
import { isInWorld } from '../obligations.ts';
import { type Character, getCharacter, saveCharacter } from '../store.ts';
import { viewOf } from '../view.ts';

/** Whoever sees the character in the world has been told what it looks like: there it stays as it is. */
export const handler = endpointHandler(changeAppearance, ({ input, actor, commit, fail }) =>
  withConflictRetry(async () => {
    const { characterId } = input.params;
    const character = await getCharacter(characterId);
    if (character?.accountId !== actor.accountId) throw fail('request.not_found');
    requireActive(character);
    if (await isInWorld(character)) throw fail('character.in_world');
    const change = Object.fromEntries(Object.entries(input.body).filter(([, value]) => value !== undefined));
    const appearance: Character['appearance'] = { ...character.appearance, ...change };
    const after: Character = { ...character, appearance, version: character.version + 1 };
    return commit({ writes: [saveCharacter(after)] }, viewOf(after, (await levelOf(characterId)) ?? 1));
  }),
);
