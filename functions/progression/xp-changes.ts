import { classes } from '#content/classes.ts';
import { LEVEL_UP } from '#events/progression.ts';
import { type Changes, event, mergeChanges } from '#shared/events/changes.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { gainXp } from './rules.ts';
import { readProgressions, saveProgressionWrite } from './store.ts';

/**
 * Reads the characters and prepares what their new experience changes. Characters that are gone, or whose experience
 * does not move, are left out. Commits under `request.conflict` retry: each row is conditional on its version.
 */
export async function xpChanges(earned: ReadonlyMap<CharacterId, number>): Promise<Changes> {
  const earners = [...earned].filter(([, xp]) => xp > 0).map(([characterId]) => characterId);
  const rows = await readProgressions(earners);
  return mergeChanges(
    ...rows.map((before): Changes => {
      const after = gainXp(before, earned.get(before.characterId) ?? 0, classes.get(before.classId));
      if (after === before) return {};
      const { characterId, accountId, level, attributePoints, skillPoints } = after;
      const levelUp = event(LEVEL_UP, {
        aggregateId: characterId,
        aggregateSeq: after.version,
        data: { accountId, characterId, level, previousLevel: before.level, attributePoints, skillPoints },
      });
      return { writes: [saveProgressionWrite(after)], events: level > before.level ? [levelUp] : [] };
    }),
  );
}
