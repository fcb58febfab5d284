import { DAY_MS, HOUR_MS } from '#shared/kernel/clock.ts';

/** Worlds with slots, names and a population of their own; an account plays in any of them. */
export const realms = [
  { id: 'glasswater', name: 'Glasswater' },
  { id: 'ember-coast', name: 'Ember Coast' },
] as const;

export type RealmId = (typeof realms)[number]['id'];

export const DEFAULT_REALM = realms[0].id;

/** Characters of one account on one realm. */
export const SLOTS_PER_REALM = 10;

/** Characters of one account on all realms together. */
export const SLOTS_PER_ACCOUNT = 50;

/** Deleted characters of one account on one realm that are kept for restoring; more are not deleted. */
export const KEPT_DELETED_PER_REALM = 20;

export const deletionRules = {
  /** So long a deleted character can be restored. */
  restorableMs: 30 * DAY_MS,
  /** From this level on a deletion takes effect later, so that a stranger or a bad evening costs nothing. */
  coolOffLevel: 20,
  coolOffMs: 24 * HOUR_MS,
  /** A deletion that is due but not possible is tried again after this. */
  postponedMs: HOUR_MS,
} as const;

/** So long nobody else gets a name that a character gave up. */
export const NAME_HELD_MS = 30 * DAY_MS;

/** How often a zone saves where a character is, if that has changed. */
export const PLACE_REFRESH_SECONDS = 30;

/** Why a character has to take another name. */
export const renameReasons = ['moderation', 'name_taken'] as const;
export type RenameReason = (typeof renameReasons)[number];

/** What of a character decides on its status. */
export interface Lifecycle {
  /** When a deletion that cools off takes effect. */
  readonly deletesAtMs?: number | undefined;
  readonly deletedAtMs?: number | undefined;
}

/**
 * ACTIVE: it can be played. DELETING: its deletion cools off, it still has its slot and name. DELETED: it is kept for
 * restoring, without a slot.
 */
export const characterStatuses = ['ACTIVE', 'DELETING', 'DELETED'] as const;
export type CharacterStatus = (typeof characterStatuses)[number];

export function statusOf({ deletesAtMs, deletedAtMs }: Lifecycle): CharacterStatus {
  if (deletedAtMs !== undefined) return 'DELETED';
  return deletesAtMs === undefined ? 'ACTIVE' : 'DELETING';
}

/** The moment from which a deleted character cannot be restored; undefined for one that is not deleted. */
export function restorableUntilMs({ deletedAtMs }: Lifecycle): number | undefined {
  return deletedAtMs === undefined ? undefined : deletedAtMs + deletionRules.restorableMs;
}

/** When the deletion of a character of this level takes effect. */
export function deletionAtMs(level: number, nowMs: number): number {
  return level >= deletionRules.coolOffLevel ? nowMs + deletionRules.coolOffMs : nowMs;
}

/** What the clock will do to a character by itself, and when. */
export function nextStepOf(
  character: Lifecycle,
): { readonly step: 'delete' | 'purge'; readonly atMs: number } | undefined {
  const purgeAtMs = restorableUntilMs(character);
  if (purgeAtMs !== undefined) return { step: 'purge', atMs: purgeAtMs };
  return character.deletesAtMs === undefined ? undefined : { step: 'delete', atMs: character.deletesAtMs };
}

/** Who has or had a name. */
export interface NameClaim {
  readonly characterId: string;
  readonly accountId: string;
  /** Set once the character gave it up: until then only the same account may take it. */
  readonly heldUntilMs?: number | undefined;
}

/** Whether an account may take a name, given who has it. */
export function mayTakeName(claim: NameClaim | undefined, accountId: string, nowMs: number): boolean {
  if (!claim) return true;
  if (claim.heldUntilMs === undefined) return false;
  return claim.accountId === accountId || claim.heldUntilMs <= nowMs;
}
