import { classes } from '#content/classes.ts';
import type { Changes } from '#shared/events/changes.ts';
import type { AccountId, CharacterId } from '#shared/kernel/ids.ts';
import { beginningOf, type Progression } from './rules.ts';
import { createProgressionWrite, progressionRequest, readProgression, readProgressions } from './store.ts';

export { type Progression, progressionRequest };

/**
 * What a new character of a class begins with, as a piece of the transaction that creates it.
 * @throws Error when content has no such class: the caller validates it.
 */
export function initialProgression(character: {
  readonly characterId: CharacterId;
  readonly accountId: AccountId;
  readonly classId: string;
}): { readonly progression: Progression; readonly changes: Changes } {
  const { characterId, accountId, classId } = character;
  const progression = beginningOf({ characterId, accountId }, classes.get(classId));
  return { progression, changes: { writes: [createProgressionWrite(progression)] } };
}

/** A character's level, attributes and skills, strongly consistent; undefined when there is no such character. */
export async function progressionOf(characterId: CharacterId): Promise<Progression | undefined> {
  return readProgression(characterId);
}

/** A character's level, strongly consistent; undefined when there is no such character. */
export async function levelOf(characterId: CharacterId): Promise<number | undefined> {
  return (await readProgression(characterId))?.level;
}

/** Levels of at most 100 characters, strongly consistent; those that have none are left out. */
export async function levelsOf(characterIds: readonly CharacterId[]): Promise<ReadonlyMap<CharacterId, number>> {
  const rows = await readProgressions(characterIds);
  return new Map(rows.map(({ characterId, level }) => [characterId, level]));
}

/** What is known here of at most 100 characters of one account, for their player. */
export async function exportOf(characterIds: readonly CharacterId[]) {
  const rows = await readProgressions(characterIds);
  return { progressions: rows.map(({ accountId: _owner, version: _version, ...progression }) => progression) };
}
