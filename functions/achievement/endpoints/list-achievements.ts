import { achievementCode, achievements } from '#content/achievements.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { decodeCursor, encodeCursor } from '#shared/runtime/page.ts';
import { listAchievements } from '../contract.ts';
import { listProgress } from '../store.ts';

const CURSOR_PREFIX = 'after~';

export const handler = endpointHandler(listAchievements, async ({ input, actor }) => {
  const { limit, unlocked: wanted } = input.query;
  const after = decodeCursor(input.query.cursor, CURSOR_PREFIX)?.slice(CURSOR_PREFIX.length);
  const progress = await listProgress(actor.characterId);
  const counters = Object.assign({}, ...progress.map((row) => row.counters)) as Record<string, number>;
  const unlocked = Object.assign({}, ...progress.map((row) => row.unlocked)) as Record<string, number>;

  const isUnlocked = (id: string) => unlocked[id] !== undefined;
  const shown = achievements.all
    .slice(achievements.all.findIndex(({ id }) => id === after) + 1)
    .filter(({ id }) => wanted === undefined || String(isUnlocked(id)) === wanted);
  const page = shown.slice(0, limit);
  return {
    achievements: page.map(({ id, name, description, category, points, criterion }) => ({
      achievementId: id,
      code: achievementCode(id),
      name,
      description,
      category,
      points,
      count: counters[id] ?? 0,
      target: criterion.target,
      unlockedAt: isUnlocked(id) ? toIso(unlocked[id]!) : null,
    })),
    points: achievements.all.reduce((sum, { id, points }) => sum + (isUnlocked(id) ? points : 0), 0),
    nextCursor: encodeCursor(shown.length > page.length ? `${CURSOR_PREFIX}${page.at(-1)!.id}` : undefined),
  };
});
