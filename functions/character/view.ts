import { toIso } from '#shared/kernel/clock.ts';
import { restorableUntilMs, statusOf } from './rules.ts';
import type { Character } from './store.ts';

/** A character as its player sees it. */
export function viewOf(character: Character, level: number) {
  const { characterId, realmId, name, classId, originId, appearance, createdAtMs } = character;
  const optional = {
    lastPlayedAt: character.lastPlayedAtMs,
    deletesAt: character.deletesAtMs,
    restorableUntil: restorableUntilMs(character),
  };
  return {
    characterId,
    realmId,
    name,
    classId,
    originId,
    level,
    appearance,
    status: statusOf(character),
    renameRequired: character.renameReason !== undefined,
    createdAt: toIso(createdAtMs),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([field, atMs]) => (atMs === undefined ? [] : [[field, toIso(atMs)]])),
    ),
  };
}
