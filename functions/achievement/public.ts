import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { listProgress } from './store.ts';

/** What a character has unlocked, oldest first. */
export async function unlockedBy(
  characterId: CharacterId,
): Promise<readonly { readonly achievementId: string; readonly unlockedAtMs: number }[]> {
  const rows = await listProgress(characterId);
  return rows
    .flatMap(({ unlocked }) => Object.entries(unlocked))
    .map(([achievementId, unlockedAtMs]) => ({ achievementId, unlockedAtMs }))
    .sort((a, b) => a.unlockedAtMs - b.unlockedAtMs);
}

/** What is stored here of an account's characters, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]): Promise<object> {
  const progress = characterIds.map(async (characterId) => {
    const rows = await listProgress(characterId);
    const unlocked = rows.flatMap((row) => Object.entries(row.unlocked));
    return {
      characterId,
      unlocked: unlocked.map(([achievementId, atMs]) => ({ achievementId, unlockedAt: toIso(atMs) })),
      counters: Object.fromEntries(rows.map(({ kind, counters }) => [kind, counters])),
    };
  });
  return { characters: await Promise.all(progress) };
}
