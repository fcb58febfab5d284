import type { Quality } from '#content/quality.ts';
import type { LootMethod } from '#functions/party/shapes.ts';
import type { AccountId, CharacterId, DropId, ItemId, PartyId, Slug } from '#shared/kernel/ids.ts';
import type { Period } from '#shared/kernel/period-key.ts';
import { type LootEntry, lootLimits } from './rules.ts';

/** How a drop is shared: as its party had settled, or `solo` where none shares it. */
export type DropMethod = LootMethod | 'solo';

/**
 * Who has a claim on a slot. `free`: all who earned the kill; `turn`: whose turn it is, until they release it; `own`: one
 * of them from the start; `roll`: it is rolled for; `master`: the master looter gives it out.
 */
export const slotClaims = ['free', 'turn', 'own', 'roll', 'master'] as const;
export type SlotClaim = (typeof slotClaims)[number];

/** AWARDED: somebody has it. DECAYED: nobody took what a player had put down, and it went out of the game. */
export const slotStates = ['OPEN', 'AWARDED', 'DECAYED'] as const;

export interface DropSlot extends LootEntry {
  readonly state: (typeof slotStates)[number];
  readonly claim: SlotClaim;
  /** With claim `turn` or `own`: whose it is. */
  readonly reservedFor?: CharacterId | undefined;
  /** Set when AWARDED. */
  readonly awardedTo?: CharacterId | undefined;
  /** The item that a player has put down; unset: it comes into being when it is taken. */
  readonly itemId?: ItemId | undefined;
}

/** Somebody who may have a share in a drop. */
export interface Looter {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
}

/** What a kill has left in the world, an object has held, or a player has put down. Who may have it was settled at that moment. */
export interface Drop {
  readonly dropId: DropId;
  /** Names the kill, the use of the object, or the operation that put it down. */
  readonly killId: string;
  readonly zoneId: Slug;
  readonly epoch: number;
  /** Whose remains these are. */
  readonly npcKind?: Slug | undefined;
  /** The object that held it. */
  readonly objectId?: Slug | undefined;
  readonly x: number;
  readonly y: number;
  readonly method: DropMethod;
  readonly threshold?: Quality | undefined;
  readonly partyId?: PartyId | undefined;
  readonly masterLooterId?: CharacterId | undefined;
  /** Those who earned it, in the order that decides between equals. */
  readonly eligible: readonly Looter[];
  readonly startedAtMs: number;
  readonly freeForAllAtMs: number;
  readonly expiresAtMs: number;
  /** While slots wait for the master looter: until when. */
  readonly masterUntilMs?: number | undefined;
  /** Since when what was left by whose turn it was is free to all who earned it. */
  readonly releasedAtMs?: number | undefined;
  /** What of this kind a character may take once in a period. */
  readonly lockout?: { readonly period: Period; readonly npcKind: Slug } | undefined;
  /** Loot of each for themselves: the drops of this kill that hold it. */
  readonly partIds?: readonly DropId[] | undefined;
  /** At most 16. Without slots a kill left nothing, and the row says that it is recorded. */
  readonly slots: readonly DropSlot[];
}

/** Whether a player has put it down. */
export function isPutDown({ npcKind, objectId }: Pick<Drop, 'npcKind' | 'objectId'>): boolean {
  return npcKind === undefined && objectId === undefined;
}

/** Whether it is one player's alone, for as long as it lies there. */
export function isPersonal({ freeForAllAtMs, expiresAtMs }: Pick<Drop, 'freeForAllAtMs' | 'expiresAtMs'>): boolean {
  return freeForAllAtMs >= expiresAtMs;
}

export function looterOf(drop: Drop, characterId: CharacterId): Looter | undefined {
  return drop.eligible.find((looter) => looter.characterId === characterId);
}

/** Whether time may have decided something about a drop that nobody has carried out yet. */
export function mayBeDue(drop: Drop, nowMs: number): boolean {
  if (drop.masterUntilMs !== undefined && nowMs >= drop.masterUntilMs) return true;
  const isRolled = drop.slots.some(({ claim, state }) => claim === 'roll' && state === 'OPEN');
  return isRolled && nowMs >= drop.startedAtMs + lootLimits.rollWindowMs;
}
