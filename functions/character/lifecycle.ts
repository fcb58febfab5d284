import {
  CHARACTER_DELETED,
  CHARACTER_DELETION_CANCELLED,
  CHARACTER_DELETION_STARTED,
  CHARACTER_PURGED,
  CHARACTER_RESTORED,
} from '#events/character.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import {
  deletionRules,
  KEPT_DELETED_PER_REALM,
  mayTakeName,
  restorableUntilMs,
  SLOTS_PER_REALM,
  statusOf,
} from './rules.ts';
import { skeletonOf } from './skeleton.ts';
import { buryCharacter, type Character, saveCharacter } from './store.ts';
import { claimName, freeName, getNameClaim, holdName, type StoredClaim } from './store-names.ts';
import { freeSlot, getRoster, type Roster, saveRoster, takeSlot } from './store-slots.ts';

/** A change of a character: what it is afterwards, and what has to be committed for that. */
export interface Step {
  readonly after: Character;
  readonly changes: Changes;
}

/**
 * Whether the character can be played.
 * @throws GameError `character.deleted`, `character.deletion_pending`
 */
export function requireActive(character: Character): void {
  const status = statusOf(character);
  if (status === 'DELETED') throw new GameError('character.deleted');
  if (status === 'DELETING') {
    throw new GameError('character.deletion_pending', { deletesAt: toIso(character.deletesAtMs!) });
  }
}

/** The deletion will take effect at the given moment; until then slot and name stay. */
export function startDeletion(character: Character, deletesAtMs: number): Step {
  const after = { ...character, deletesAtMs, version: character.version + 1 };
  const { accountId, characterId, name } = character;
  const told = event(CHARACTER_DELETION_STARTED, {
    aggregateId: characterId,
    aggregateSeq: after.version,
    data: { accountId, characterId, name, deletesAt: toIso(deletesAtMs) },
  });
  return { after, changes: { writes: [saveCharacter(after)], events: [told] } };
}

/**
 * The character leaves its slot and is kept for restoring; its name is held for its account.
 * @throws GameError `character.deleted_full`
 */
export async function deleteNow(character: Character, nowMs: number): Promise<Step> {
  const { accountId, characterId, name } = character;
  const [roster, claim] = await Promise.all([getRoster(accountId, character.realmId), claimOf(character)]);
  if (roster.deletedIds.length >= KEPT_DELETED_PER_REALM) {
    throw new GameError('character.deleted_full', { limit: KEPT_DELETED_PER_REALM });
  }
  const { deletesAtMs: _done, ...kept } = character;
  const after: Character = { ...kept, deletedAtMs: nowMs, version: character.version + 1 };
  const untilMs = nowMs + deletionRules.restorableMs;
  const told = event(CHARACTER_DELETED, {
    aggregateId: characterId,
    aggregateSeq: after.version,
    data: { accountId, characterId, name, restorableUntil: toIso(untilMs) },
  });
  const moved = {
    characterIds: without(roster.characterIds, characterId),
    deletedIds: [...roster.deletedIds, characterId],
  };
  return {
    after,
    changes: {
      writes: [
        saveCharacter(after),
        saveRoster(roster, moved),
        freeSlot(accountId),
        ...(isOf(claim, character) ? [holdName(character, untilMs)] : []),
      ],
      events: [told],
    },
  };
}

/**
 * The character can be played again. One whose name has gone to another character of the account must take another.
 * @throws GameError `character.slots_full`, `character.not_restorable`
 */
export async function restore(character: Character, nowMs: number): Promise<Step> {
  const { accountId, characterId, name, realmId } = character;
  const { deletesAtMs: _delete, deletedAtMs: _deleted, ...kept } = character;
  const next = { ...kept, version: character.version + 1 };
  const fact = { aggregateId: characterId, aggregateSeq: next.version };
  if (statusOf(character) === 'DELETING') {
    const told = event(CHARACTER_DELETION_CANCELLED, { ...fact, data: { accountId, characterId, name } });
    return { after: next, changes: { writes: [saveCharacter(next)], events: [told] } };
  }

  if (nowMs >= restorableUntilMs(character)!) throw new GameError('character.not_restorable');
  const [roster, claim] = await Promise.all([getRoster(accountId, realmId), claimOf(character)]);
  requireFreeSlot(roster);
  const hasName = mayTakeName(claim, accountId, nowMs);
  const after: Character = hasName ? next : { ...next, renameReason: next.renameReason ?? 'name_taken' };
  const moved = {
    characterIds: [...roster.characterIds, characterId],
    deletedIds: without(roster.deletedIds, characterId),
  };
  const renameRequired = after.renameReason !== undefined;
  return {
    after,
    changes: {
      writes: [
        saveCharacter(after),
        saveRoster(roster, moved),
        takeSlot(accountId),
        ...(hasName ? [claimName(after, nowMs)] : []),
      ],
      events: [event(CHARACTER_RESTORED, { ...fact, data: { accountId, characterId, name, renameRequired } })],
    },
  };
}

/** The character is gone for good, whatever its status; its name is anybody's, and a tombstone says whose it was. */
export async function purge(character: Character, nowMs: number): Promise<Changes> {
  const { accountId, characterId, realmId, version } = character;
  const [roster, claim] = await Promise.all([getRoster(accountId, realmId), claimOf(character)]);
  const hasSlot = statusOf(character) !== 'DELETED';
  const left = {
    characterIds: without(roster.characterIds, characterId),
    deletedIds: without(roster.deletedIds, characterId),
  };
  const told = event(CHARACTER_PURGED, {
    aggregateId: characterId,
    aggregateSeq: version + 1,
    data: { accountId, characterId, realmId },
  });
  return {
    writes: [
      ...buryCharacter(character, nowMs),
      saveRoster(roster, left),
      ...(hasSlot ? [freeSlot(accountId)] : []),
      ...(claim?.characterId === characterId ? [freeName(character)] : []),
    ],
    events: [told],
  };
}

/** @throws GameError `character.slots_full` when the realm's slots are all taken. */
export function requireFreeSlot(roster: Roster): void {
  if (roster.characterIds.length >= SLOTS_PER_REALM) {
    throw new GameError('character.slots_full', { scope: 'realm', limit: SLOTS_PER_REALM });
  }
}

/** Who has the character's name, strongly consistent. */
export function claimOf({ realmId, name }: Character): Promise<StoredClaim | undefined> {
  return getNameClaim(realmId, skeletonOf(name), { consistent: true });
}

/** Whether the claim is the character's and not given up. */
export function isOf(claim: StoredClaim | undefined, { characterId }: Character): boolean {
  return claim?.characterId === characterId && claim.heldUntilMs === undefined;
}

function without<T>(all: readonly T[], one: T): readonly T[] {
  return all.filter((other) => other !== one);
}
