import { LOOT_ROLL_COMPLETED } from '#events/loot.ts';
import { endRoll } from '#functions/party/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, event, mergeChanges, push } from '#shared/events/changes.ts';
import { createOperation } from '#shared/events/operation.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { CharacterId, LootRollId } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { pieceOf } from './begin-rolls.ts';
import { deliverLoot } from './deliver.ts';
import type { Drop } from './drop.ts';
import { decideRoll, isDue, type RollOutcome } from './rolls.ts';
import { changeWrite, readDrop } from './store.ts';
import { isLockedOut } from './store-lockouts.ts';
import { decideWrite, type Roll, readRoll } from './store-rolls.ts';
import { lootTopic } from './topics.ts';

/** A decision that votes and time have brought about; `cause` is what they were about. */
export function lootOperation(cause: string) {
  return createOperation({ actor: { origin: 'loot' }, correlationId: cause, causationId: cause });
}

/**
 * Decides a roll that is due, in one transaction: the roll DECIDED, the slot with its item the winner's, the seed told.
 * Whoever comes to see that it is due may call it, however many at once: one decides, and all see the same.
 * @returns the roll as it stands then; undefined when there is none
 */
export async function closeRoll(rollId: LootRollId): Promise<Roll | undefined> {
  return withConflictRetry(async () => {
    const roll = await readRoll(rollId);
    const nowMs = clock.nowMs();
    if (roll?.state !== 'OPEN' || !isDue(roll, nowMs)) return roll;
    const drop = await readDrop(roll.dropId);
    if (!drop) throw new Error(`roll ${rollId} is for a drop that there is not`);
    const barred = await lockedOut(roll, drop, nowMs);
    const outcome = decideRoll(roll, barred);
    const winnerId = outcome.winner?.characterId;
    const barredIds = [...barred];
    const operation = lootOperation(rollId);
    try {
      await operation.commit(
        mergeChanges(
          { writes: [decideWrite(roll, { winnerId, barredIds, nowMs })] },
          roll.partyId ? { writes: [endRoll(roll.partyId, rollId, nowMs)] } : {},
          await settle(roll, drop, outcome, nowMs),
        ),
      );
    } catch (error) {
      throw raceOf(error);
    }
    return { ...roll, state: 'DECIDED', decidedAtMs: nowMs, winnerId, barredIds };
  });
}

/** Somebody decided first, or took another of the kind meanwhile: look again. */
function raceOf(error: unknown): unknown {
  const lost = ['loot.already_taken', 'loot.locked_out'];
  return error instanceof GameError && lost.includes(error.code)
    ? new GameError('request.conflict', {}, { cause: error })
    : error;
}

async function lockedOut(roll: Roll, drop: Drop, nowMs: number): Promise<ReadonlySet<CharacterId>> {
  const wanting = [...roll.votes].filter(([, choice]) => choice !== 'pass').map(([characterId]) => characterId);
  const locked = await Promise.all(wanting.map((characterId) => isLockedOut(drop, characterId, nowMs)));
  return new Set(wanting.filter((_one, index) => locked[index]));
}

async function settle(roll: Roll, drop: Drop, outcome: RollOutcome, nowMs: number): Promise<Changes> {
  const { slotIndex } = roll;
  const { winner } = outcome;
  if (!winner) {
    const freed = changeWrite(drop.dropId, { slots: [{ slotIndex, seen: 'roll', to: { claim: 'free' } }] });
    return mergeChanges({ writes: [freed] }, tellEnd(roll, outcome, false));
  }
  const { item, changes } = await deliverLoot(drop, slotIndex, winner, nowMs);
  return mergeChanges(changes, tellEnd(roll, outcome, item.isMailed));
}

function tellEnd(roll: Roll, { winner, votes }: RollOutcome, byMail: boolean): Changes {
  const { rollId, dropId, slotIndex, partyId, seed } = roll;
  const piece = { rollId, dropId, slotIndex, ...pieceOf(roll) };
  const completed = event(LOOT_ROLL_COMPLETED, {
    aggregateId: rollId,
    aggregateSeq: 2,
    data: {
      ...piece,
      ...(partyId ? { partyId } : {}),
      ...(winner ? { winner } : {}),
      votes: votes.map((vote) => ({ ...vote })),
      seed,
    },
  });
  if (!partyId) return { events: [completed] };
  const shown = {
    type: 'roll_completed' as const,
    ...piece,
    ...(winner ? { winnerId: winner.characterId } : {}),
    byMail,
    votes: votes.map(({ accountId: _account, ...vote }) => vote),
    seed,
  };
  return { events: [completed], pushes: [push(lootTopic, { partyId }, shown)] };
}
