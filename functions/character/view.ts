import { toIso } from '#shared/kernel/clock.ts';
import type { Character } from './store.ts';

/** A character as its player sees it. */
export function viewOf(character: Character, level: number) {
  const { characterId, realmId, name, classId, originId, appearance, createdAtMs } = character;
  return { characterId, realmId, name, classId, originId, level, appearance, createdAt: toIso(createdAtMs) };
}
