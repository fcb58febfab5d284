import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { CharacterId } from '#shared/kernel/ids.ts';
import { zoneOf } from '#shared/kernel/zone-unit.ts';
import { pieceOf, rollIdOf } from './begin-rolls.ts';
import { type Drop, type DropSlot, looterOf } from './drop.ts';
import { chancesOf, decideRoll, type Vote } from './rolls.ts';
import type { DropView, RollView } from './shapes.ts';
import type { Roll } from './store-rolls.ts';
import { mayTakeFrom, refusalOf } from './taking.ts';

/** A drop as one in its zone sees it. */
export function dropView(drop: Drop, characterId: CharacterId, nowMs: number): z.input<typeof DropView> {
  const { npcKind, objectId, partyId, masterLooterId, masterUntilMs } = drop;
  return {
    dropId: drop.dropId,
    zoneId: zoneOf(drop.zoneId),
    position: { x: drop.x, y: drop.y },
    ...(npcKind ? { npcKind } : {}),
    ...(objectId ? { objectId } : {}),
    method: drop.method,
    ...(partyId ? { partyId } : {}),
    ...(masterUntilMs === undefined ? {} : { masterLooterId, masterUntil: toIso(masterUntilMs) }),
    eligible: mayTakeFrom(drop, characterId, nowMs),
    ...(looterOf(drop, characterId) ? { eligibleIds: drop.eligible.map((looter) => looter.characterId) } : {}),
    released: drop.releasedAtMs !== undefined,
    freeForAllAt: toIso(drop.freeForAllAtMs),
    expiresAt: toIso(drop.expiresAtMs),
    slots: drop.slots.map((slot, slotIndex) => ({
      slotIndex,
      ...pieceOf(slot),
      ...slotView(drop, slot, slotIndex),
      mayTake: refusalOf(drop, slot, { characterId, nowMs }) === undefined,
    })),
  };
}

function slotView(drop: Drop, { state, claim, reservedFor, awardedTo }: DropSlot, slotIndex: number) {
  return {
    state,
    claim,
    ...(reservedFor ? { reservedFor } : {}),
    ...(claim === 'roll' ? { rollId: rollIdOf(drop.dropId, slotIndex) } : {}),
    ...(awardedTo ? { awardedTo } : {}),
  };
}

/** A roll as those who may vote in it see it: its seed only once it is decided. */
export function rollView(roll: Roll, characterId: CharacterId): z.input<typeof RollView> {
  const isDecided = roll.state === 'DECIDED';
  const barred = new Set(roll.barredIds ?? []);
  const rolled = new Map(
    isDecided ? decideRoll(roll, barred).votes.map((one): [CharacterId, Vote] => [one.characterId, one]) : [],
  );
  const chances = chancesOf(roll);
  const myChoice = roll.votes.get(characterId);
  return {
    rollId: roll.rollId,
    dropId: roll.dropId,
    slotIndex: roll.slotIndex,
    ...pieceOf(roll),
    state: roll.state,
    startedAt: toIso(roll.startedAtMs),
    closesAt: toIso(roll.closesAtMs),
    seedCommitment: roll.commitment,
    ...(isDecided ? { seed: roll.seed } : {}),
    ...(roll.winnerId ? { winnerId: roll.winnerId } : {}),
    ...(myChoice ? { myChoice } : {}),
    voters: roll.eligible.map((looter, index) => ({
      characterId: looter.characterId,
      ...(roll.votes.has(looter.characterId) ? { choice: roll.votes.get(looter.characterId)! } : {}),
      ...(rolled.get(looter.characterId)?.roll === undefined ? {} : { roll: rolled.get(looter.characterId)!.roll }),
      chance: chances[index]!,
      ...(barred.has(looter.characterId) ? { barred: true as const } : {}),
    })),
  };
}
