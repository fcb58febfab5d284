import { dropHolder, transferItems } from '#functions/inventory/public.ts';
import { noteLoot } from '#functions/party/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { mergeChanges } from '#shared/events/changes.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { DropId } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { beginRolls, rollIdOf } from './begin-rolls.ts';
import { closeRoll, lootOperation } from './close-roll.ts';
import { type Drop, isPutDown } from './drop.ts';
import { changeWrite, readDrop } from './store.ts';

/** What nobody has taken that a player had put down ends here. */
const DECAY_SINK = 'decayed';

/**
 * Does what has become due of a drop: what the master looter has not given out in time is rolled for, rolls whose time
 * is over are decided, what a player had put down and nobody took goes out of the game. However many call it at once,
 * each of these happens once.
 * @returns the drop as it stands then; undefined when there is none
 */
export async function settleDrop(dropId: DropId): Promise<Drop | undefined> {
  const drop = await withConflictRetry(async () => {
    const seen = await readDrop(dropId);
    const nowMs = clock.nowMs();
    if (!seen) return undefined;
    if (seen.masterUntilMs !== undefined && seen.masterUntilMs <= nowMs) return lapse(seen, nowMs);
    if (isPutDown(seen) && seen.expiresAtMs <= nowMs) return decay(seen, nowMs);
    return seen;
  });
  if (!drop) return undefined;
  const rolling = drop.slots.flatMap(({ claim, state }, slotIndex) =>
    claim === 'roll' && state === 'OPEN' ? [rollIdOf(dropId, slotIndex)] : [],
  );
  const rolls = await Promise.all(rolling.map(closeRoll));
  return rolls.some((roll) => roll?.state === 'DECIDED') ? readDrop(dropId) : drop;
}

/** The master's time is over: what is left is rolled for. */
async function lapse(drop: Drop, nowMs: number): Promise<Drop | undefined> {
  const left = drop.slots.flatMap(({ claim, state }, slotIndex) =>
    claim === 'master' && state === 'OPEN' ? [slotIndex] : [],
  );
  const { changes, rollIds, closesAtMs } = beginRolls(drop, left, nowMs);
  const noted =
    drop.partyId && rollIds.length > 0
      ? [noteLoot({ partyId: drop.partyId, rolls: { ids: rollIds, closeAtMs: closesAtMs }, nowMs })]
      : [];
  const lapsed = changeWrite(
    drop.dropId,
    {
      slots: left.map((slotIndex) => ({ slotIndex, seen: 'master', to: { claim: 'roll' } })),
      masterUntilMs: drop.masterUntilMs!,
      settles: true,
    },
    new GameError('request.conflict'),
  );
  await lootOperation(drop.dropId).commit(mergeChanges({ writes: [lapsed, ...noted] }, changes));
  return readDrop(drop.dropId);
}

async function decay(drop: Drop, nowMs: number): Promise<Drop | undefined> {
  const left = drop.slots.flatMap(({ state, itemId }, slotIndex) =>
    state === 'OPEN' && itemId ? [{ slotIndex, itemId }] : [],
  );
  if (left.length === 0) return drop;
  const { dropId } = drop;
  const { changes } = await transferItems(
    left.map(({ itemId }) => ({
      kind: 'move' as const,
      itemId,
      from: dropHolder(dropId),
      destination: { to: 'sink' as const, reason: DECAY_SINK },
    })),
    { reason: 'loot.decayed', cause: dropId, atMs: nowMs },
  );
  const decayed = changeWrite(
    dropId,
    {
      slots: left.map(({ slotIndex }) => ({ slotIndex, seen: 'free', to: { state: 'DECAYED' } })),
      settles: true,
    },
    new GameError('request.conflict'),
  );
  await lootOperation(dropId).commit(mergeChanges({ writes: [decayed] }, changes));
  return readDrop(dropId);
}
