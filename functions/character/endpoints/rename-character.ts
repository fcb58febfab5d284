import { CHARACTER_RENAMED } from '#events/character.ts';
import { levelOf } from '#functions/progression/public.ts';
import { event } from '#shared/events/changes.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { renameCharacter } from '../contract.ts';
import { claimOf, isOf, requireActive } from '../lifecycle.ts';
import { nameProblem, normalizeName } from '../name-rules.ts';
import { NAME_HELD_MS } from '../rules.ts';
import { skeletonOf } from '../skeleton.ts';
import { type Character, getCharacter, saveCharacter } from '../store.ts';
import { claimName, holdName, isBarred } from '../store-names.ts';
import { viewOf } from '../view.ts';

export const handler = endpointHandler(renameCharacter, async ({ input, actor, nowMs, commit, fail }) => {
  const { characterId } = input.params;
  const name = normalizeName(input.body.name);
  const problem = nameProblem(name);
  if (problem) throw fail('character.name_invalid', { reason: problem });

  return withConflictRetry(async () => {
    const character = await getCharacter(characterId);
    if (character?.accountId !== actor.accountId) throw fail('request.not_found');
    requireActive(character);
    const { accountId, realmId, renameReason: reason, ...kept } = character;
    if (reason === undefined) throw fail('character.rename_not_required');
    const skeleton = skeletonOf(name);
    if (await isBarred({ accountId, realmId, skeleton })) throw fail('character.name_barred');

    const claim = await claimOf(character);
    const givesUp = isOf(claim, character) && skeletonOf(character.name) !== skeleton;
    const after: Character = { ...kept, accountId, realmId, name, version: character.version + 1 };
    const told = event(CHARACTER_RENAMED, {
      aggregateId: characterId,
      aggregateSeq: after.version,
      data: { accountId, characterId, name, previousName: character.name, reason },
    });
    return commit(
      {
        writes: [
          saveCharacter(after),
          claimName(after, nowMs),
          ...(givesUp ? [holdName(character, nowMs + NAME_HELD_MS)] : []),
        ],
        events: [told],
      },
      viewOf(after, (await levelOf(characterId)) ?? 1),
    );
  });
});
