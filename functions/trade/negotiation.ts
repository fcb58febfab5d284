import { GameError } from '#shared/contract/errors.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import type { AccountId, CharacterId, ItemId, SessionId, Slug, TradeId, TransactionId } from '#shared/kernel/ids.ts';
import { isNothing, isSameOffer, NOTHING, type Offer, offerHash } from './offer.ts';
import { type EndReason, type Failure, tradeLimits } from './rules.ts';

/**
 * REQUESTED: one has asked. OPEN: both put up offers, lock and accept. SETTLING: both have accepted the same, and value
 * is on its way. COMPLETED, CANCELLED: over.
 */
export const tradeStates = ['REQUESTED', 'OPEN', 'SETTLING', 'COMPLETED', 'CANCELLED'] as const;
export type TradeState = (typeof tradeStates)[number];

/** Position of a side: 0 has asked. */
export type SideIndex = 0 | 1;

export interface Side {
  readonly accountId: AccountId;
  readonly characterId: CharacterId;
  readonly sessionId: SessionId;
  /** As the other sees it. */
  readonly name: string;
  /** Names the stay in the zone in which it trades: the version of its presence. */
  readonly stay: number;
  readonly offer: Offer;
  /** It has frozen what it offers, and has seen what it gets. */
  readonly locked: boolean;
  readonly accepted: boolean;
}

/** A trade as it stands. Every change is a new one with the next `rev`. */
export interface Trade {
  readonly tradeId: TradeId;
  readonly state: TradeState;
  readonly zoneId: Slug;
  readonly sides: readonly [Side, Side];
  /** Rises with every change of an offer, and when a settlement has failed. */
  readonly offerVersion: number;
  /** Nobody can accept before. */
  readonly coolDownEndsAtMs: number;
  /** When it ends by itself if nobody does anything; unset while it is not OPEN. */
  readonly idleEndsAtMs?: number | undefined;
  /** When it ends by itself at the latest. */
  readonly endsAtMs: number;
  /** Rises with every change: the condition of the next. */
  readonly rev: number;
  readonly endReason?: EndReason | undefined;
  /** Whose doing the end was, where it was one's. */
  readonly endedBy?: CharacterId | undefined;
  /** Why it was not carried out when both had accepted; until an offer changes. */
  readonly failure?: Failure | undefined;
  readonly transactionId?: TransactionId | undefined;
  /** Why somebody wanted it to end while it was SETTLING: it does, if nothing has changed hands. */
  readonly endWish?: EndReason | undefined;
}

/** Which side a character is on; undefined when on none. */
export function sideOf(trade: Trade, characterId: CharacterId): SideIndex | undefined {
  const index = trade.sides.findIndex((side) => side.characterId === characterId);
  return index < 0 ? undefined : (index as SideIndex);
}

export function otherSide(index: SideIndex): SideIndex {
  return index === 0 ? 1 : 0;
}

/** The hash of what both sides offer now. */
export function hashOf(trade: Trade): string {
  return offerHash(trade.tradeId, trade.offerVersion, trade.sides);
}

/** When the clock ends this trade; undefined when it does not. */
export function dueAtMs({ state, idleEndsAtMs = Infinity, endsAtMs }: Trade): number | undefined {
  if (state === 'REQUESTED') return endsAtMs;
  return state === 'OPEN' ? Math.min(idleEndsAtMs, endsAtMs) : undefined;
}

/**
 * The trade as it really stands: over, when its time has run out, or when somebody wanted so while it could not end.
 * Everybody who reads one looks through this.
 */
export function lapsed(trade: Trade, nowMs: number): Trade {
  if (trade.state === 'OPEN' && trade.endWish) return ended(trade, trade.endWish);
  const dueMs = dueAtMs(trade);
  if (dueMs === undefined || nowMs < dueMs) return trade;
  if (trade.state === 'REQUESTED') return ended(trade, 'expired');
  return ended(trade, dueMs === trade.endsAtMs ? 'timeout' : 'idle');
}

export function isLive({ state }: Trade): boolean {
  return state === 'REQUESTED' || state === 'OPEN' || state === 'SETTLING';
}

function change(trade: Trade, next: Partial<Trade>): Trade {
  return { ...trade, ...next, rev: trade.rev + 1 };
}

function ended(trade: Trade, endReason: EndReason, endedBy?: CharacterId): Trade {
  return change(trade, { state: 'CANCELLED', endReason, endedBy, idleEndsAtMs: undefined, endWish: undefined });
}

function withSide(trade: Trade, index: SideIndex, side: Partial<Side>): readonly [Side, Side] {
  const [first, second] = trade.sides;
  return index === 0 ? [{ ...first, ...side }, second] : [first, { ...second, ...side }];
}

function freed([first, second]: readonly [Side, Side]): readonly [Side, Side] {
  const free = { locked: false, accepted: false };
  return [
    { ...first, ...free },
    { ...second, ...free },
  ];
}

/** Nothing is locked or accepted any more, and both have to look again for a while. */
function unsettled(trade: Trade, sides: readonly [Side, Side], nowMs: number, next: Partial<Trade> = {}): Trade {
  return change(trade, {
    ...next,
    sides: freed(sides),
    coolDownEndsAtMs: nowMs + tradeLimits.coolDownMs,
    idleEndsAtMs: nowMs + tradeLimits.idleMs,
  });
}

type Newcomer = Pick<Side, 'accountId' | 'characterId' | 'sessionId' | 'name' | 'stay'>;

/** A request of the first to the second. The second's session and stay count from when it accepts. */
export function requested(
  tradeId: TradeId,
  zoneId: Slug,
  [asking, asked]: readonly [Newcomer, Newcomer],
  nowMs: number,
): Trade {
  const fresh = { offer: NOTHING, locked: false, accepted: false };
  return {
    tradeId,
    state: 'REQUESTED',
    zoneId,
    sides: [
      { ...asking, ...fresh },
      { ...asked, ...fresh },
    ],
    offerVersion: 1,
    coolDownEndsAtMs: nowMs,
    endsAtMs: nowMs + tradeLimits.requestLifeMs,
    rev: 1,
  };
}

/** The asked side agrees to trade. */
export function opened(trade: Trade, by: Pick<Side, 'sessionId' | 'stay'>, nowMs: number): Trade {
  const next = { state: 'OPEN', endsAtMs: nowMs + tradeLimits.totalMs } as const;
  return unsettled(trade, withSide(trade, 1, by), nowMs, next);
}

/** @throws GameError `trade.settling`, `trade.over`, or `trade.request_not_found` for one that is not open yet. */
export function requireOpen(trade: Trade): void {
  switch (trade.state) {
    case 'OPEN':
      return;
    case 'REQUESTED':
      throw new GameError('trade.not_found');
    case 'SETTLING':
      throw new GameError('trade.settling', {}, { retryAfterSeconds: 1 });
    case 'COMPLETED':
    case 'CANCELLED':
      throw new GameError('trade.over', {
        state: trade.state,
        ...(trade.endReason ? { reason: trade.endReason } : {}),
      });
  }
}

/**
 * One side offers something else. The same again changes nothing.
 * @throws GameError `trade.locked` while this side's own lock stands.
 */
export function withOffer(trade: Trade, index: SideIndex, offer: Offer, nowMs: number): Trade {
  requireOpen(trade);
  if (isSameOffer(trade.sides[index].offer, offer)) return trade;
  if (trade.sides[index].locked) throw new GameError('trade.locked');
  const next = { offerVersion: trade.offerVersion + 1, failure: undefined };
  return unsettled(trade, withSide(trade, index, { offer }), nowMs, next);
}

function requireSeen(trade: Trade, seenHash: string): void {
  if (seenHash === hashOf(trade)) return;
  throw new GameError('trade.offer_changed', { offerVersion: trade.offerVersion });
}

/**
 * One side freezes its offer, having seen both. The other side's next change undoes it.
 * @throws GameError `trade.offer_changed` when the offers are not those that it has seen.
 */
export function locked(trade: Trade, index: SideIndex, seenHash: string, nowMs: number): Trade {
  requireOpen(trade);
  requireSeen(trade, seenHash);
  if (trade.sides[index].locked) return trade;
  if (trade.sides.every(({ offer }) => isNothing(offer))) throw new GameError('trade.nothing_offered');
  return change(trade, {
    sides: withSide(trade, index, { locked: true }),
    idleEndsAtMs: nowMs + tradeLimits.idleMs,
  });
}

/** One side takes its lock back: nothing stays locked or accepted, on either side. */
export function unlocked(trade: Trade, index: SideIndex, nowMs: number): Trade {
  requireOpen(trade);
  return trade.sides[index].locked ? unsettled(trade, trade.sides, nowMs) : trade;
}

/**
 * One side agrees to what it has seen. When both have, {@link isAgreed} says so.
 * @throws GameError `trade.offer_changed`, `trade.not_locked`, or `trade.cool_down` with the time to wait.
 */
export function accepted(trade: Trade, index: SideIndex, seenHash: string, nowMs: number): Trade {
  requireOpen(trade);
  requireSeen(trade, seenHash);
  if (!trade.sides.every((side) => side.locked)) throw new GameError('trade.not_locked');
  const waitMs = trade.coolDownEndsAtMs - nowMs;
  if (waitMs > 0) {
    throw new GameError('trade.cool_down', { waitMs }, { retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) });
  }
  if (trade.sides[index].accepted) return trade;
  return change(trade, {
    sides: withSide(trade, index, { accepted: true }),
    idleEndsAtMs: nowMs + tradeLimits.idleMs,
  });
}

/** Both have accepted what both have seen: it can be carried out. */
export function isAgreed(trade: Trade): boolean {
  return trade.state === 'OPEN' && trade.sides.every((side) => side.locked && side.accepted);
}

/** Value is on its way: from here on the trade changes by the settlement's outcome alone, and by a wish to end it. */
export function settling(trade: Trade, transactionId: TransactionId): Trade {
  return change(trade, { state: 'SETTLING', transactionId, idleEndsAtMs: undefined });
}

/** Everything has changed hands. */
export function completed(trade: Trade, transactionId: TransactionId): Trade {
  return change(trade, {
    state: 'COMPLETED',
    transactionId,
    idleEndsAtMs: undefined,
    endWish: undefined,
    failure: undefined,
  });
}

/**
 * Nothing has changed hands: the trade goes on from before the locks, without the items that are not what they were.
 * It is over when its time has run out; a wish that it end is left to whoever looks next ({@link lapsed}).
 */
export function reopened(
  trade: Trade,
  failure: Failure,
  nowMs: number,
  changedItems: ReadonlySet<ItemId> = new Set(),
): Trade {
  if (nowMs >= trade.endsAtMs) return ended({ ...trade, failure }, 'timeout');
  const keep = (side: Side): Side => ({
    ...side,
    offer: { ...side.offer, items: side.offer.items.filter(({ itemId }) => !changedItems.has(itemId)) },
  });
  const sides = [keep(trade.sides[0]), keep(trade.sides[1])] as const;
  const next = { state: 'OPEN', failure, offerVersion: trade.offerVersion + 1, transactionId: undefined } as const;
  return unsettled(trade, sides, nowMs, next);
}

/**
 * Ends a trade before anything changes hands. One that is being settled notes the wish: it ends so if nothing does.
 * One that is over stays as it is.
 */
export function cancelled(trade: Trade, reason: EndReason, by?: CharacterId): Trade {
  if (!isLive(trade)) return trade;
  if (trade.state !== 'SETTLING') return ended(trade, reason, by);
  return trade.endWish ? trade : change(trade, { endWish: reason });
}
