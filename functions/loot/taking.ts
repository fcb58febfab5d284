import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { CharacterId, Slug } from '#shared/kernel/ids.ts';
import { type Drop, type DropSlot, isPersonal, looterOf } from './drop.ts';
import { lootLimits } from './rules.ts';

/** Who wants to take, from where, and when. */
export interface Taker {
  readonly characterId: CharacterId;
  /** The zone that it is in. */
  readonly presentIn: Slug | undefined;
  readonly nowMs: number;
}

/** From when on a character may take what is free to those who earned it; undefined: it has earned nothing. */
export function headStartMs(drop: Drop, characterId: CharacterId): number | undefined {
  const place = drop.eligible.findIndex((looter) => looter.characterId === characterId);
  if (place < 0) return undefined;
  if (drop.method !== 'solo') return drop.startedAtMs;
  const { soloHeadStartMs } = lootLimits;
  return drop.startedAtMs + soloHeadStartMs[Math.min(place, soloHeadStartMs.length - 1)]!;
}

/** Whether the time is on this character's side: it has earned the drop and waited long enough, or all may take. */
export function mayTakeFrom(drop: Drop, characterId: CharacterId, nowMs: number): boolean {
  if (nowMs >= drop.freeForAllAtMs) return true;
  const fromMs = headStartMs(drop, characterId);
  return fromMs !== undefined && nowMs >= fromMs;
}

function waitFor(code: string, untilMs: number, nowMs: number): GameError {
  return new GameError(code, {}, { retryAfterSeconds: Math.max(1, Math.ceil((untilMs - nowMs) / SECOND_MS)) });
}

/** Why a character may not take a slot of a drop in its zone; undefined: it may. */
export function refusalOf(
  drop: Drop,
  slot: DropSlot,
  { characterId, nowMs }: Pick<Taker, 'characterId' | 'nowMs'>,
): GameError | undefined {
  if (slot.state !== 'OPEN') return new GameError('loot.already_taken');
  const isFreeForAll = nowMs >= drop.freeForAllAtMs;
  switch (slot.claim) {
    case 'roll':
      return new GameError('loot.being_rolled');
    case 'master':
      return waitFor('loot.awaits_master', drop.masterUntilMs ?? nowMs, nowMs);
    case 'own':
    case 'turn': {
      if (slot.reservedFor === characterId || isFreeForAll) return undefined;
      const isReleased = slot.claim === 'turn' && drop.releasedAtMs !== undefined;
      if (!isReleased)
        return isPersonal(drop) ? new GameError('loot.reserved') : waitFor('loot.reserved', drop.freeForAllAtMs, nowMs);
      break;
    }
    case 'free':
      break;
  }
  if (mayTakeFrom(drop, characterId, nowMs)) return undefined;
  return waitFor('loot.not_eligible', headStartMs(drop, characterId) ?? drop.freeForAllAtMs, nowMs);
}

/**
 * That a character may deal with a drop at all. To a stranger who is elsewhere a drop and none at all look alike.
 * @throws GameError `loot.drop_not_found`, `loot.expired`, `loot.wrong_zone`
 */
export function requireReach(drop: Drop, { characterId, presentIn, nowMs }: Taker): void {
  const isHere = presentIn === drop.zoneId;
  if (!isHere && !looterOf(drop, characterId)) throw new GameError('loot.drop_not_found');
  if (nowMs >= drop.expiresAtMs) throw new GameError('loot.expired');
  if (!isHere) throw new GameError('loot.wrong_zone', { zoneId: drop.zoneId });
}

/**
 * Decides whether a character may take a slot, from what is known; the commit's conditions decide again.
 * @returns the open slot
 * @throws GameError as `requireReach`, and `loot.slot_not_found`, `loot.not_eligible`, `loot.already_taken`,
 *   `loot.reserved`, `loot.being_rolled`, `loot.awaits_master`
 */
export function openSlotFor(drop: Drop, slotIndex: number, taker: Taker): DropSlot {
  requireReach(drop, taker);
  const slot = drop.slots[slotIndex];
  if (!slot) throw new GameError('loot.slot_not_found');
  const refusal = refusalOf(drop, slot, taker);
  if (refusal) throw refusal;
  return slot;
}
