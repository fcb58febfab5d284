import { classes } from '#content/classes.ts';
import { CHARACTER_CREATED } from '#events/character.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { createCharacter } from '../contract.ts';
import { nameProblem, normalizeName } from '../name-rules.ts';
import { SLOTS_PER_REALM } from '../rules.ts';
import { skeletonOf } from '../skeleton.ts';
import { addToRoster, type Character, claimName, getRoster, putCharacter } from '../store.ts';
import { viewOf } from '../view.ts';

/** Slot, name, character, equipment and progression in one transaction: there is no character without any of them. */
export const handler = endpointHandler(createCharacter, async ({ input, actor, nowMs, commit, fail }) => {
  const { classId, originId, appearance, realmId } = input.body;
  const { accountId } = actor;
  const name = normalizeName(input.body.name);
  const problem = nameProblem(name);
  if (problem) throw fail('character.name_invalid', { reason: problem });

  const characterId = createId('chr');
  const character: Character = {
    characterId,
    accountId,
    realmId,
    name,
    classId,
    originId,
    appearance,
    createdAtMs: nowMs,
    version: 1,
  };
  const { progression, changes: begun } = initialProgression({ characterId, accountId, classId });
  const equipped = await mintItems({
    holder: characterId,
    origin: 'starting',
    source: [characterId],
    items: classes.get(classId).startingItems.map(({ item, count }) => ({ templateId: item, count })),
    nowMs,
  });

  return withConflictRetry(async () => {
    const roster = await getRoster(accountId, realmId);
    if (roster.characterIds.length >= SLOTS_PER_REALM) throw fail('character.slots_full');
    const created = {
      writes: [addToRoster(roster, characterId), putCharacter(character), claimName(character, skeletonOf(name))],
      events: [
        event(CHARACTER_CREATED, {
          aggregateId: characterId,
          aggregateSeq: 1,
          data: { accountId, characterId, name, classId, level: progression.level },
        }),
      ],
    };
    return commit(mergeChanges(created, begun, equipped.changes), viewOf(character, progression.level));
  });
});
