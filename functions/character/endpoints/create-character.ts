import { classes } from '#content/classes.ts';
import { CHARACTER_CREATED } from '#events/character.ts';
import { mintItems } from '#functions/inventory/public.ts';
import { initialProgression } from '#functions/progression/public.ts';
import { event, mergeChanges } from '#shared/events/changes.ts';
import { createId } from '#shared/kernel/ids.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { createCharacter } from '../contract.ts';
import { requireFreeSlot } from '../lifecycle.ts';
import { nameProblem, normalizeName } from '../name-rules.ts';
import { skeletonOf } from '../skeleton.ts';
import { type Character, putCharacter } from '../store.ts';
import { claimName, isBarred } from '../store-names.ts';
import { getRoster, saveRoster, takeSlot } from '../store-slots.ts';
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
    items: classes
      .get(classId)
      .startingItems.map(({ item, count, equip }) => ({ templateId: item, count, isWorn: equip })),
    nowMs,
  });

  return withConflictRetry(async () => {
    const [roster, barred] = await Promise.all([
      getRoster(accountId, realmId),
      isBarred({ accountId, realmId, skeleton: skeletonOf(name) }),
    ]);
    if (barred) throw fail('character.name_barred');
    requireFreeSlot(roster);
    const { characterIds, deletedIds } = roster;
    const created = {
      writes: [
        saveRoster(roster, { characterIds: [...characterIds, characterId], deletedIds }),
        takeSlot(accountId),
        putCharacter(character),
        claimName(character, nowMs),
      ],
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
