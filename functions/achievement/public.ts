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
