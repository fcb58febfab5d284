import type { Role } from '#shared/contract/endpoint.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type Changes, mergeChanges } from '#shared/events/changes.ts';
import type { AccountId, SessionId, Slug } from '#shared/kernel/ids.ts';
import type { CloseReason } from './close-reasons.ts';
import { endPresence } from './presence.ts';
import { isHeldAfter, isStaff, queueLimits, shardsWithRoom } from './queue-rules.ts';
import { realmCap } from './realm-cap.ts';
import { checkNotPlaying, getSession, type Session } from './store.ts';
import { getPresence } from './store-presence.ts';
import { listEntries } from './store-queue.ts';
import {
  checkSlot,
  countIn,
  countOut,
  deleteSlot,
  getSlot,
  putSlot,
  readPopulation,
  type Slot,
} from './store-slots.ts';

/** Who wants a place on which realm. */
export interface SlotWish {
  readonly accountId: AccountId;
  readonly realmId: Slug;
  readonly nowMs: number;
}

/** A place that its holder may still use. */
export function isGood(slot: Slot, { realmId, nowMs }: Omit<SlotWish, 'accountId'>): boolean {
  return slot.realmId === realmId && (slot.state === 'PLAYING' || slot.dueAtMs > nowMs);
}

/** Whether somebody waits for this realm: then nobody goes in past them. Strongly consistent. */
export async function hasQueue(realmId: Slug): Promise<boolean> {
  const { entries } = await listEntries(realmId, { after: 0, limit: 1, consistent: true });
  return entries.length > 0;
}

/**
 * The place with which a session plays on a realm: the account's own, or a free one when nobody waits. Undefined when
 * the account has to wait. A place that is taken by others at the same moment fails the commit with `request.conflict`.
 */
export async function claimSlot(
  wish: SlotWish & { readonly sessionId: SessionId; readonly roles: readonly Role[] },
): Promise<Changes | undefined> {
  const { accountId, realmId, sessionId, nowMs } = wish;
  const slot = await getSlot(accountId);
  const playing = {
    accountId,
    realmId,
    sessionId,
    state: 'PLAYING' as const,
    dueAtMs: nowMs + queueLimits.auditMs,
  };
  if (slot && isGood(slot, wish)) {
    if (slot.state === 'PLAYING' && slot.sessionId === sessionId) return { writes: [checkSlot(slot)] };
    return { writes: [putSlot({ ...playing, shard: slot.shard }, slot)] };
  }
  if (isStaff(wish.roles)) return { writes: [putSlot(playing, slot), ...(slot ? countOut(slot) : [])] };
  if (await hasQueue(realmId)) return undefined;
  // Nobody waits for the place that the account kept too long.
  if (slot?.realmId === realmId && slot.shard !== undefined) {
    return { writes: [putSlot({ ...playing, shard: slot.shard }, slot)] };
  }
  const cap = await realmCap(realmId);
  const [shard] = shardsWithRoom(cap, await readPopulation(realmId), accountId);
  if (shard === undefined) return undefined;
  return {
    writes: [putSlot({ ...playing, shard }, slot), countIn(realmId, shard, cap), ...(slot ? countOut(slot) : [])],
  };
}

/** A place for whom the queue has brought to its head, kept for a minute. */
export function reserveSlot(
  wish: SlotWish,
  place: { readonly shard: number; readonly seen: Slot | undefined; readonly cap: number },
): { readonly changes: Changes; readonly reservedUntilMs: number } {
  const { accountId, realmId, nowMs } = wish;
  const { shard, seen, cap } = place;
  const reservedUntilMs = nowMs + queueLimits.reservedMs;
  const slot = { accountId, realmId, state: 'RESERVED' as const, shard, dueAtMs: reservedUntilMs };
  // A place that the account kept too long is counted already.
  const isCounted = seen?.realmId === realmId && seen.shard === shard;
  const out = seen && !isCounted ? countOut(seen) : [];
  return {
    changes: { writes: [putSlot(slot, seen), ...(isCounted ? [] : [countIn(realmId, shard, cap)]), ...out] },
    reservedUntilMs,
  };
}

export function freeSlot(slot: Slot): Changes {
  return { writes: [deleteSlot(slot), ...countOut(slot)] };
}

/** What is left to do when a session plays no more; nothing when it plays again, or its account plays elsewhere. */
export async function settle(
  of: { readonly accountId: AccountId; readonly sessionId: SessionId },
  nowMs: number,
): Promise<Changes & { readonly freed?: Slug }> {
  const { accountId, sessionId } = of;
  // The session last: what begins to play again after this has changed the others.
  const [slot, presence] = await Promise.all([getSlot(accountId), getPresence(accountId)]);
  const session = await getSession(sessionId);
  if (session && isPlaying(session)) return {};
  const isItsSlot = slot?.state === 'PLAYING' && slot.sessionId === sessionId;
  const isItsPresence = presence?.sessionId === sessionId && presence.state !== 'OFFLINE';
  if (!isItsSlot && !isItsPresence) return {};
  const isHeld = session?.state === 'CLOSED' && isHeldAfter(session.closeReason as CloseReason);
  const left = !isItsSlot ? {} : isHeld ? holdSlot(slot, nowMs) : freeSlot(slot);
  const changes = mergeChanges(left, isItsPresence ? endPresence(presence) : {}, {
    writes: [checkNotPlaying(sessionId)],
  });
  return { ...changes, ...(isItsSlot && !isHeld ? { freed: slot.realmId } : {}) };
}

function holdSlot(slot: Slot, nowMs: number): Changes {
  return { writes: [putSlot({ ...slot, state: 'HELD', dueAtMs: nowMs + queueLimits.heldMs }, slot)] };
}

export function isPlaying({ state, characterId }: Session): boolean {
  return state === 'ACTIVE' && characterId !== undefined;
}

/** Refuses a player for whom there is no room, and says where they stand. */
export function realmFull(standing: {
  readonly realmId: Slug;
  readonly position: number;
  readonly estimatedSeconds?: number | undefined;
}): GameError {
  const { realmId, position, estimatedSeconds } = standing;
  return new GameError(
    'session.realm_full',
    { realmId, position, ...(estimatedSeconds === undefined ? {} : { estimatedSeconds }) },
    { retryAfterSeconds: queueLimits.passMs / 1_000 },
  );
}
