import { items as itemTemplates } from '#content/items.ts';
import { LOOT_ROLL_STARTED } from '#events/loot.ts';
import { type Changes, event, mergeChanges, push } from '#shared/events/changes.ts';
import { toIso } from '#shared/kernel/clock.ts';
import { type DropId, deriveId, type LootRollId } from '#shared/kernel/ids.ts';
import { randomToken } from '#shared/kernel/random.ts';
import type { Drop, DropSlot } from './drop.ts';
import { commitmentOf } from './rolls.ts';
import { lootLimits } from './rules.ts';
import { putCall, putRoll, type Roll } from './store-rolls.ts';
import { lootTopic } from './topics.ts';

/** 128 bits: nobody finds the seed that belongs to a commitment. */
const SEED_BYTES = 16;

/** The roll for a slot: there is one at most. */
export function rollIdOf(dropId: DropId, slotIndex: number): LootRollId {
  return deriveId('lrl', dropId, slotIndex);
}

/** What a slot is about, as events and messages name it. */
export function pieceOf({ templateId, count }: Pick<DropSlot, 'templateId' | 'count'>) {
  return { templateId, quality: itemTemplates.get(templateId).quality, count };
}

/** Rolls that begin with a commit. */
export interface Beginning {
  readonly changes: Changes;
  readonly rollIds: readonly LootRollId[];
  readonly closesAtMs: number;
}

/**
 * Begins the rolls for these slots of a drop: each with a seed of its own, whose commitment is published at once. Those
 * who earned the drop are called to them.
 */
export function beginRolls(drop: Drop, slotIndexes: readonly number[], nowMs: number): Beginning {
  const closesAtMs = nowMs + lootLimits.rollWindowMs;
  const rolls = slotIndexes.map((slotIndex): Roll => {
    const seed = randomToken(SEED_BYTES);
    const { templateId, count } = drop.slots[slotIndex]!;
    return {
      rollId: rollIdOf(drop.dropId, slotIndex),
      dropId: drop.dropId,
      slotIndex,
      ...(drop.partyId ? { partyId: drop.partyId } : {}),
      templateId,
      count,
      eligible: drop.eligible,
      seed,
      commitment: commitmentOf(seed),
      startedAtMs: nowMs,
      closesAtMs,
      votes: new Map(),
      state: 'OPEN',
    };
  });
  const rollIds = rolls.map(({ rollId }) => rollId);
  if (rolls.length === 0) return { changes: {}, rollIds, closesAtMs };
  const calls = drop.eligible.map(({ characterId }) =>
    putCall({ characterId, dropId: drop.dropId, rollIds, closesAtMs }),
  );
  return {
    rollIds,
    closesAtMs,
    changes: mergeChanges({ writes: [...rolls.map(putRoll), ...calls] }, ...rolls.map((roll) => tellStart(roll))),
  };
}

function tellStart(roll: Roll): Changes {
  const { rollId, dropId, slotIndex, partyId, eligible, commitment } = roll;
  const closesAt = toIso(roll.closesAtMs);
  const piece = { rollId, dropId, slotIndex, ...pieceOf(roll) };
  const refs = eligible.map(({ accountId, characterId }) => ({ accountId, characterId }));
  const started = event(LOOT_ROLL_STARTED, {
    aggregateId: rollId,
    aggregateSeq: 1,
    data: { ...piece, ...(partyId ? { partyId } : {}), eligible: refs, closesAt, seedCommitment: commitment },
  });
  if (!partyId) return { events: [started] };
  const shown = {
    type: 'roll_started' as const,
    ...piece,
    eligibleIds: refs.map(({ characterId }) => characterId),
    closesAt,
    seedCommitment: commitment,
  };
  return { events: [started], pushes: [push(lootTopic, { partyId }, shown)] };
}
