import { GameError } from '#shared/contract/errors.ts';
import type { Operation } from '#shared/events/operation.ts';
import { clock, HOUR_MS, MINUTE_MS } from '#shared/kernel/clock.ts';
import type { Slug } from '#shared/kernel/ids.ts';
import { admitHead } from './queue.ts';
import { queueLimits } from './queue-rules.ts';
import { staleOf, tellPositions, walkQueue } from './queue-walk.ts';
import { freeSlot, isPlaying, settle } from './slots.ts';
import { getSession } from './store.ts';
import { deleteEntry } from './store-queue.ts';
import { listDueSlots, putSlot, type Slot } from './store-slots.ts';

/** A fresh operation for each unit of work. */
export type Operations = (name: string) => Operation;

/** Bounds of one look, so that it stays within the time between two. */
const limits = { admitted: 500, dropped: 500, slots: 500 } as const;
/** How often those far behind in a queue are told their position. */
const TELL_ALL_MS = 5 * MINUTE_MS;

/** Tries a commit; a race lost leaves the matter to the next look. */
async function unlessRaced(commit: Promise<unknown>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof GameError && (error.code === 'request.conflict' || error.code === 'request.not_found')) {
      return false;
    }
    throw error;
  }
}

/** Frees places whose time is over, and looks after those in use whose session may have ended unheard. */
export async function sweepSlots(realmId: Slug, nowMs: number, operation: Operations): Promise<number> {
  const due = await listDueSlots(realmId, nowMs, limits.slots);
  let freed = 0;
  for (const slot of due) {
    if (await unlessRaced(lookAfter(slot, nowMs, operation(slot.accountId)))) freed += 1;
  }
  return freed;
}

async function lookAfter(slot: Slot, nowMs: number, operation: Operation): Promise<void> {
  if (slot.state !== 'PLAYING') {
    await operation.commit(freeSlot(slot));
    return;
  }
  const { accountId, sessionId } = slot;
  const session = sessionId && (await getSession(sessionId));
  const isInUse = session && isPlaying(session);
  const kept = { writes: [putSlot({ ...slot, dueAtMs: nowMs + queueLimits.auditMs }, slot)] };
  await operation.commit(isInUse || !sessionId ? kept : await settle({ accountId, sessionId }, nowMs));
}

/**
 * One look at a realm: places that are over are freed, the head of the queue is let in, who left is dropped, and the
 * others are told where they stand if anything moved. Answers whether somebody still waits.
 */
export async function lookAtRealm(
  realmId: Slug,
  { operation, isFirst }: { operation: Operations; isFirst: boolean },
): Promise<{ readonly processed: number; readonly isWaiting: boolean }> {
  const nowMs = clock.nowMs();
  const freed = await sweepSlots(realmId, nowMs, operation);
  const { admitted, dropped } = await admitHead(realmId, { nowMs, limit: limits.admitted, operation });
  const walk = await walkQueue(realmId, nowMs);
  const stale = staleOf(walk, nowMs, limits.dropped);
  for (const entry of stale) await unlessRaced(operation(entry.accountId).commit({ writes: deleteEntry(entry) }));
  const gone = new Set(stale);
  const waiting = { ...walk, entries: walk.entries.filter((entry) => !gone.has(entry)) };
  if (walk.left > 0 || stale.length > 0 || admitted + dropped > 0) {
    const all = isFirst && (nowMs % HOUR_MS) % TELL_ALL_MS < MINUTE_MS;
    await tellPositions(waiting, { all, operation });
  }
  return { processed: freed + admitted + dropped + stale.length, isWaiting: waiting.entries.length > 0 };
}

/**
 * Looks at a realm once, and again every 10 seconds while somebody waits for it, for most of a minute.
 * @param wait how to let the time pass, in milliseconds.
 */
export async function watchRealm(
  realmId: Slug,
  operation: Operations,
  wait: (ms: number) => Promise<unknown>,
): Promise<number> {
  let processed = 0;
  for (let pass = 0; pass < queueLimits.passesPerRun; pass += 1) {
    if (pass > 0) await wait(queueLimits.passMs);
    const look = await lookAtRealm(realmId, { operation, isFirst: pass === 0 });
    processed += look.processed;
    if (!look.isWaiting) break;
  }
  return processed;
}
