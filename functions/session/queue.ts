import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges, push } from '#shared/events/changes.ts';
import type { Operation } from '#shared/events/operation.ts';
import { toIso } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId, Slug } from '#shared/kernel/ids.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { estimateSeconds, isStaff, markBefore, queueLimits, shardsWithRoom } from './queue-rules.ts';
import { realmCap } from './realm-cap.ts';
import { claimSlot, hasQueue, isGood, realmFull, reserveSlot, type SlotWish } from './slots.ts';
import { checkActive } from './store.ts';
import {
  countEntries,
  deleteEntry,
  drawNumber,
  getQueue,
  getQueued,
  listEntries,
  putEntry,
  type QueueEntry,
  refreshEntry,
} from './store-queue.ts';
import { getSlot, readPopulation } from './store-slots.ts';
import { queueTopic } from './topics.ts';

/** Where an account stands in a realm's queue. */
export interface Standing {
  readonly realmId: Slug;
  readonly position: number;
  readonly estimatedSeconds?: number | undefined;
}

/** How a commit of an operation is made. */
type Commit = (changes: Changes) => Promise<unknown>;

/**
 * The account stands in the realm's queue from now on, or goes on to stand where it stood; a place in another realm's
 * queue is given up. Joining is bound to the live session.
 * @throws GameError `session.queue_full`; `auth.session_ended`.
 */
export async function stand(wish: SlotWish & { readonly sessionId: SessionId }, commit: Commit): Promise<Standing> {
  const { accountId, realmId, sessionId, nowMs } = wish;
  return withConflictRetry(async () => {
    const queued = await getQueued(accountId);
    if (queued?.realmId === realmId) {
      const { number } = queued;
      if (await refreshEntry({ accountId, realmId, number, refreshedAtMs: nowMs })) return standingOf(realmId, number);
      throw new GameError('request.conflict');
    }
    const number = await drawNumber(realmId);
    if (number === undefined) throw new GameError('session.queue_full', {}, { retryAfterSeconds: 60 });
    const entry: QueueEntry = { accountId, realmId, number, refreshedAtMs: nowMs };
    await commit({ writes: [...putEntry(entry, queued), checkActive(sessionId)] });
    return standingOf(realmId, number);
  });
}

/** The position of a number, exact but for who left since the last look at the queue. */
export async function standingOf(realmId: Slug, number: number): Promise<Standing> {
  const queue = await getQueue(realmId);
  const { from, position } = markBefore(queue?.marks ?? [], number);
  const standing = position + (await countEntries(realmId, from, number));
  return { realmId, position: standing, estimatedSeconds: estimateSeconds(standing, queue?.perMinute) };
}

/** The pieces of one admission: a place for the head of the queue, and word of it. */
function admission(entry: QueueEntry, reserved: ReturnType<typeof reserveSlot>): Changes {
  const { accountId, realmId } = entry;
  const word = { type: 'admitted' as const, realmId, reservedUntil: toIso(reserved.reservedUntilMs) };
  return mergeChanges(reserved.changes, {
    writes: deleteEntry(entry),
    pushes: [push(queueTopic, { accountId }, word)],
  });
}

/** One after the other, so that nobody overtakes: how many a single call lets in at most. */
const HEAD_PAGE = 25;
/** Places that others may snatch from one admission before it is left to the next look. */
const ADMISSION_TRIES = 32;

/**
 * Lets the head of a realm's queue in as long as there is room, and drops who has not refreshed. Any number of these
 * may run at once: each entry leaves the queue in one transaction with what it leaves for, and nobody behind it is
 * looked at before it is gone.
 */
export async function admitHead(
  realmId: Slug,
  { nowMs, limit, operation }: { nowMs: number; limit: number; operation(name: string): Operation },
): Promise<{ readonly admitted: number; readonly dropped: number }> {
  const cap = await realmCap(realmId);
  const used = new Map(await readPopulation(realmId));
  let admitted = 0;
  let dropped = 0;
  while (admitted + dropped < limit) {
    const page = Math.min(HEAD_PAGE, limit - admitted - dropped);
    const { entries } = await listEntries(realmId, { after: 0, limit: page, consistent: true });
    if (entries.length === 0) break;
    for (const entry of entries) {
      const outcome = await admit(entry, { cap, used, nowMs, operation });
      if (outcome === 'full') return { admitted, dropped };
      if (outcome === 'admitted') admitted += 1;
      else dropped += 1;
    }
  }
  return { admitted, dropped };
}

async function admit(
  entry: QueueEntry,
  {
    cap,
    used,
    nowMs,
    operation,
  }: { cap: number; used: Map<number, number>; nowMs: number; operation(name: string): Operation },
): Promise<'admitted' | 'dropped' | 'full'> {
  const { accountId, realmId } = entry;
  const commit = (changes: Changes) => operation(accountId).commit(changes);
  const wish = { accountId, realmId, nowMs };
  for (let attempt = 0; attempt < ADMISSION_TRIES; attempt += 1) {
    try {
      const seen = await getSlot(accountId);
      // Who has a place already, or plays on another realm, waits for nothing.
      const isIn = seen !== undefined && (isGood(seen, wish) || seen.state === 'PLAYING');
      if (isIn || entry.refreshedAtMs + queueLimits.refreshMs <= nowMs) {
        await commit({ writes: deleteEntry(entry) });
        return 'dropped';
      }
      const kept = seen?.realmId === realmId ? seen.shard : undefined;
      const shard = kept ?? shardsWithRoom(cap, used, accountId)[0];
      if (shard === undefined) return 'full';
      await commit(admission(entry, reserveSlot(wish, { shard, seen, cap })));
      if (kept === undefined) used.set(shard, (used.get(shard) ?? 0) + 1);
      return 'admitted';
    } catch (error) {
      if (!(error instanceof GameError)) throw error;
      // It left by another door at the same moment.
      if (error.code === 'request.not_found') return 'dropped';
      if (error.code !== 'request.conflict') throw error;
      // Others have taken places meanwhile: what was read is not true any more.
      for (const [index, count] of await readPopulation(realmId)) used.set(index, count);
    }
  }
  return 'full';
}

/** What asking for a place comes to without a character at hand. */
export type Answer =
  | { readonly status: 'none' }
  | ({ readonly status: 'waiting' } & Standing)
  | { readonly status: 'admitted'; readonly realmId: Slug; readonly reservedUntilMs: number | undefined };

/** How things stand for an account, without any change. */
export async function answerFor(accountId: AccountId, nowMs: number): Promise<Answer> {
  const [slot, queued] = await Promise.all([getSlot(accountId), getQueued(accountId)]);
  if (slot && isGood(slot, { realmId: slot.realmId, nowMs })) {
    const { realmId, state, dueAtMs } = slot;
    return { status: 'admitted', realmId, reservedUntilMs: state === 'PLAYING' ? undefined : dueAtMs };
  }
  if (!queued) return { status: 'none' };
  return { status: 'waiting', ...(await standingOf(queued.realmId, queued.number)) };
}

/** Reserves a place where there is room and nobody waits; else the account waits. */
export async function ask(wish: Parameters<typeof claimSlot>[0], commit: Commit): Promise<Answer> {
  const { accountId, realmId, sessionId } = wish;
  const there = await withConflictRetry(async () => {
    const slot = await getSlot(accountId);
    if (slot && isGood(slot, wish)) {
      return { realmId, reservedUntilMs: slot.state === 'PLAYING' ? undefined : slot.dueAtMs };
    }
    if (isStaff(wish.roles)) return { realmId, reservedUntilMs: undefined };
    // Who plays on another realm keeps that place until they play here.
    if (slot?.state === 'PLAYING' || (await hasQueue(realmId))) return undefined;
    const cap = await realmCap(realmId);
    const kept = slot?.realmId === realmId ? slot.shard : undefined;
    const shard = kept ?? shardsWithRoom(cap, await readPopulation(realmId), accountId)[0];
    if (shard === undefined) return undefined;
    const reserved = reserveSlot(wish, { shard, seen: slot, cap });
    await commit(mergeChanges(reserved.changes, { writes: [checkActive(sessionId)] }));
    return { realmId, reservedUntilMs: reserved.reservedUntilMs };
  });
  if (there) return { status: 'admitted', ...there };
  return { status: 'waiting', ...(await stand(wish, commit)) };
}

/**
 * The place with which a session plays on a realm, as part of the commit that makes it play. `commit` is used only to
 * stand in the queue, before the refusal.
 * @throws GameError `session.realm_full` with the position when the account stands in the queue now; `session.queue_full`.
 */
export async function takeSlot(wish: Parameters<typeof claimSlot>[0], commit: Commit): Promise<Changes> {
  const claimed = await claimSlot(wish);
  if (claimed) return claimed;
  throw realmFull(await stand(wish, commit));
}
