import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { GameError } from '#shared/contract/errors.ts';
import { deriveId, type ItemId } from '#shared/kernel/ids.ts';
import {
  accepted,
  cancelled,
  completed,
  dueAtMs,
  hashOf,
  isAgreed,
  isLive,
  lapsed,
  locked,
  opened,
  otherSide,
  reopened,
  requested,
  type Side,
  type SideIndex,
  settling,
  type Trade,
  unlocked,
  withOffer,
} from './negotiation.ts';
import { NOTHING, type Offer } from './offer.ts';
import { failures, tradeLimits } from './rules.ts';

const { coolDownMs, idleMs, totalMs, requestLifeMs } = tradeLimits;
const tradeId = deriveId('trd', 'test');
const transactionId = deriveId('txn', 'test');
const START_MS = 1_000_000;
const itemId = (name: string): ItemId => deriveId('itm', name);

function newcomer(name: string) {
  return {
    accountId: deriveId('acc', name),
    characterId: deriveId('chr', name),
    sessionId: deriveId('ses', name),
    name,
    stay: 1,
  };
}
const [ada, bea] = [newcomer('Ada'), newcomer('Bea')];

function offerOf(...names: readonly string[]): Offer {
  const items = names.map((name) => ({ itemId: itemId(name), ver: 1, templateId: 'scrap-alloy', count: 5 }));
  return { items, money: [] };
}
const coins = (amount: bigint): Offer => ({ items: [], money: [{ currency: SOFT_CURRENCY, amount }] });

const asked = requested(tradeId, 'glasswater-docks', [ada, bea], START_MS);
const fresh = opened(asked, { sessionId: bea.sessionId, stay: 3 }, START_MS);
const CALM_MS = START_MS + coolDownMs;

/** Ada gives scrap for money, both have locked, and the cool-down is over. */
function bothLocked(): Trade {
  const offered = withOffer(withOffer(fresh, 0, offerOf('scrap'), START_MS), 1, coins(50n), START_MS);
  const hash = hashOf(offered);
  return locked(locked(offered, 0, hash, START_MS), 1, hash, START_MS);
}

function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof GameError) return error.code;
    throw error;
  }
}

describe('a request', () => {
  it('waits a minute for its answer', () => {
    expect(asked).toMatchObject({ state: 'REQUESTED', rev: 1 });
    expect(lapsed(asked, START_MS + requestLifeMs - 1)).toBe(asked);
    expect(lapsed(asked, START_MS + requestLifeMs)).toMatchObject({ state: 'CANCELLED', endReason: 'expired' });
  });

  it('is opened by who was asked, whose stay counts from then on', () => {
    expect(fresh).toMatchObject({ state: 'OPEN', endsAtMs: START_MS + totalMs, sides: [{ stay: 1 }, { stay: 3 }] });
  });

  it('takes no offers yet', () => {
    expect(refusal(() => withOffer(asked, 0, offerOf('scrap'), START_MS))).toBe('trade.not_found');
  });
});

describe('an offer', () => {
  it('rises the version, and the same again changes nothing, whatever its order', () => {
    const once = withOffer(fresh, 0, offerOf('a', 'b'), START_MS);
    expect(once.offerVersion).toBe(fresh.offerVersion + 1);
    expect(withOffer(once, 0, offerOf('b', 'a'), START_MS + 9)).toBe(once);
  });

  it('undoes the locks and accepts of both, and starts the cool-down', () => {
    const trade = accepted(bothLocked(), 1, hashOf(bothLocked()), CALM_MS);
    // Bea takes her lock back to change her mind: nothing of what Ada has done counts any more.
    const changed = withOffer(unlocked(trade, 1, CALM_MS), 1, coins(49n), CALM_MS);
    expect(changed.sides.map(({ locked, accepted }) => [locked, accepted])).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(changed.coolDownEndsAtMs).toBe(CALM_MS + coolDownMs);
  });

  it('of the other undoes my lock', () => {
    const mine = locked(
      withOffer(fresh, 0, offerOf('a'), START_MS),
      0,
      hashOf(withOffer(fresh, 0, offerOf('a'), START_MS)),
      START_MS,
    );
    expect(withOffer(mine, 1, coins(1n), START_MS).sides[0].locked).toBe(false);
  });

  it('is frozen by its own lock', () => {
    expect(refusal(() => withOffer(bothLocked(), 0, NOTHING, CALM_MS))).toBe('trade.locked');
  });

  it('that has changed under an equal item has another hash', () => {
    const [before, after] = [1, 2].map((ver) => {
      const items = [{ itemId: itemId('a'), ver, templateId: 'scrap-alloy', count: 5 }];
      return hashOf({ ...fresh, sides: [{ ...fresh.sides[0], offer: { items, money: [] } }, fresh.sides[1]] });
    });
    expect(before).not.toBe(after);
  });
});

describe('a lock', () => {
  it('freezes only what was seen', () => {
    expect(refusal(() => locked(bothLocked(), 0, hashOf(fresh), START_MS))).toBe('trade.offer_changed');
  });

  it('of two empty offers is refused', () => {
    expect(refusal(() => locked(fresh, 0, hashOf(fresh), START_MS))).toBe('trade.nothing_offered');
  });

  it('that is repeated changes nothing', () => {
    const trade = bothLocked();
    expect(locked(trade, 0, hashOf(trade), CALM_MS)).toBe(trade);
  });
});

describe('an accept', () => {
  const trade = bothLocked();
  const hash = hashOf(trade);

  it('needs both locks, the hash of what stands, and the cool-down over', () => {
    const half = unlocked(trade, 1, START_MS);
    expect(refusal(() => accepted(half, 0, hashOf(half), CALM_MS + coolDownMs))).toBe('trade.not_locked');
    expect(refusal(() => accepted(trade, 0, hashOf(fresh), CALM_MS))).toBe('trade.offer_changed');
    expect(refusal(() => accepted(trade, 0, hash, CALM_MS - 1))).toBe('trade.cool_down');
    expect(isAgreed(accepted(trade, 0, hash, CALM_MS))).toBe(false);
  });

  it('of both agrees the trade', () => {
    expect(isAgreed(accepted(accepted(trade, 0, hash, CALM_MS), 1, hash, CALM_MS))).toBe(true);
  });

  it('that is repeated changes nothing', () => {
    const once = accepted(trade, 0, hash, CALM_MS);
    expect(accepted(once, 0, hash, CALM_MS + 1)).toBe(once);
  });
});

describe('the clock', () => {
  it('ends a trade in which nobody does anything, and one that takes too long', () => {
    expect(lapsed(fresh, START_MS + idleMs - 1)).toBe(fresh);
    expect(lapsed(fresh, START_MS + idleMs)).toMatchObject({ state: 'CANCELLED', endReason: 'idle' });
    const busy = { ...fresh, idleEndsAtMs: START_MS + totalMs + 1 };
    expect(lapsed(busy, START_MS + totalMs)).toMatchObject({ state: 'CANCELLED', endReason: 'timeout' });
  });

  it('does not end one that is being settled', () => {
    expect(dueAtMs(settling(fresh, transactionId))).toBeUndefined();
  });
});

describe('a settlement', () => {
  const under = settling(bothLocked(), transactionId);

  it.each(failures)('that fails by %s lets both go on from before the locks', (failure) => {
    const again = reopened(under, failure, CALM_MS);
    expect(again).toMatchObject({ state: 'OPEN', failure, offerVersion: under.offerVersion + 1 });
    expect(again.sides.some(({ locked, accepted }) => locked || accepted)).toBe(false);
    expect(hashOf(again)).not.toBe(hashOf(under));
  });

  it('that fails leaves out what is not what it was', () => {
    const again = reopened(under, 'item_changed', CALM_MS, new Set([itemId('scrap')]));
    expect(again.sides[0].offer.items).toEqual([]);
    expect(again.sides[1].offer).toEqual(coins(50n));
  });

  it('cannot be cancelled: the wish counts when it fails, and not when it succeeds', () => {
    const wished = cancelled(under, 'logout');
    expect(wished).toMatchObject({ state: 'SETTLING', endWish: 'logout' });
    expect(cancelled(wished, 'distance')).toBe(wished);
    const failed = reopened(wished, 'aborted', CALM_MS);
    expect(lapsed(failed, CALM_MS)).toMatchObject({ state: 'CANCELLED', endReason: 'logout', failure: 'aborted' });
    const done = completed(wished, transactionId);
    expect([done.state, done.endReason]).toEqual(['COMPLETED', undefined]);
  });

  it('that fails after the end of the time ends the trade', () => {
    expect(reopened(under, 'aborted', under.endsAtMs)).toMatchObject({ state: 'CANCELLED', endReason: 'timeout' });
  });

  it('refuses every command meanwhile, to be tried again later', () => {
    const hash = hashOf(under);
    expect(refusal(() => withOffer(under, 0, NOTHING, CALM_MS))).toBe('trade.settling');
    expect(refusal(() => locked(under, 0, hash, CALM_MS))).toBe('trade.settling');
    expect(refusal(() => unlocked(under, 0, CALM_MS))).toBe('trade.settling');
    expect(refusal(() => accepted(under, 0, hash, CALM_MS))).toBe('trade.settling');
  });
});

/**
 * Two players who see the trade only when they look, and act on what they saw last: late, hasty, and in any order.
 * The model keeps what each has seen and accepted; the machine must never know less.
 */
class Table {
  trade = fresh;
  nowMs = START_MS;
  /** What each has on their screen. */
  readonly seen: [Trade, Trade] = [fresh, fresh];
  /** Offers as each had them on their screen when their accept was taken; empty after any change. */
  readonly agreedTo: [Trade | undefined, Trade | undefined] = [undefined, undefined];
  readonly settled: Trade[] = [];

  attempt(act: () => Trade): boolean {
    const before = this.trade;
    if (
      refusal(() => {
        this.trade = act();
      }) !== undefined
    )
      return false;
    const { trade } = this;
    expect(trade === before || trade.rev === before.rev + 1).toBe(true);
    if (trade.offerVersion !== before.offerVersion) {
      expect(trade.offerVersion).toBe(before.offerVersion + 1);
      expect(hashOf(trade)).not.toBe(hashOf(before));
      this.agreedTo.fill(undefined);
      // An accept never survives a change.
      expect(trade.sides.some((side) => side.locked || side.accepted)).toBe(false);
      expect(trade.coolDownEndsAtMs).toBe(this.nowMs + coolDownMs);
    } else if (trade.state === 'OPEN') {
      expect(trade.sides.map(({ offer }) => offer)).toEqual(before.sides.map(({ offer }) => offer));
    }
    for (const index of [0, 1] as const) if (!trade.sides[index].accepted) this.agreedTo[index] = undefined;
    return true;
  }
}

interface Act {
  readonly kind: 'advance' | 'look' | 'offer' | 'lock' | 'unlock' | 'accept' | 'cancel' | 'wait' | 'fail' | 'deliver';
  readonly index: SideIndex;
  readonly choice: number;
}

const offers: readonly Offer[] = [
  NOTHING,
  offerOf('a'),
  offerOf('a', 'b'),
  coins(1n),
  coins(9_000n),
  { ...offerOf('b'), ...{ money: coins(7n).money } },
];
const waits = [1, 1, coolDownMs, coolDownMs, coolDownMs, coolDownMs, idleMs - 1, idleMs];

/** What a player does who wants the trade to happen: looks, locks, waits, accepts. */
function advance(table: Table, index: SideIndex): void {
  const { trade } = table;
  if (table.seen[index] !== trade) table.seen[index] = trade;
  else if (!trade.sides[index].locked) play(table, { kind: 'lock', index, choice: 0 });
  else if (table.nowMs < trade.coolDownEndsAtMs) table.nowMs = trade.coolDownEndsAtMs;
  else play(table, { kind: 'accept', index, choice: 0 });
}

function play(table: Table, { kind, index, choice }: Act): void {
  const { nowMs } = table;
  const now = lapsed(table.trade, nowMs);
  if (now !== table.trade) table.trade = now;
  const seenHash = hashOf(table.seen[index]);
  switch (kind) {
    case 'advance':
      advance(table, index);
      return;
    case 'look':
      table.seen[index] = table.trade;
      return;
    case 'wait':
      table.nowMs += waits[choice % waits.length]!;
      return;
    case 'offer':
      table.attempt(() => withOffer(table.trade, index, offers[choice % offers.length]!, nowMs));
      return;
    case 'lock':
      table.attempt(() => locked(table.trade, index, seenHash, nowMs));
      return;
    case 'unlock':
      table.attempt(() => unlocked(table.trade, index, nowMs));
      return;
    case 'cancel':
      if (choice === 0) table.trade = cancelled(table.trade, 'cancelled', table.trade.sides[index].characterId);
      return;
    case 'accept': {
      const taken = table.attempt(() => accepted(table.trade, index, seenHash, nowMs));
      if (taken) table.agreedTo[index] = table.seen[index];
      if (isAgreed(table.trade)) table.trade = settling(table.trade, transactionId);
      return;
    }
    case 'fail':
      if (table.trade.state === 'SETTLING') table.attempt(() => reopened(table.trade, 'insufficient_funds', nowMs));
      return;
    case 'deliver':
      if (table.trade.state !== 'SETTLING') return;
      table.settled.push(table.trade);
      table.trade = completed(table.trade, transactionId);
      return;
  }
}

function offersOf(trade: Trade): readonly [Side['offer'], Side['offer']] {
  return [trade.sides[0].offer, trade.sides[1].offer];
}

/** Mostly what leads on, so that runs reach settlements; sometimes anything. */
const acts: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('advance' as const) },
    { weight: 2, arbitrary: fc.constantFrom('look' as const, 'lock' as const, 'accept' as const, 'wait' as const) },
    { weight: 2, arbitrary: fc.constantFrom('offer' as const, 'unlock' as const) },
    { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'fail' as const, 'deliver' as const) },
  ),
  index: fc.constantFrom<SideIndex>(0, 1),
  choice: fc.nat({ max: 7 }),
});

describe('any two players, in any order', () => {
  it('nobody accepts what they have not seen, and no accept survives a change', () => {
    let settlements = 0;
    fc.assert(
      fc.property(fc.array(acts, { minLength: 10, maxLength: 150, size: 'max' }), (script) => {
        const table = new Table();
        for (const act of script) {
          play(table, act);
          const { trade } = table;
          for (const index of [0, 1] as const) {
            if (!trade.sides[index].accepted || !isLive(trade)) continue;
            // Whoever's accept stands had on their screen exactly what stands.
            expect(offersOf(table.agreedTo[index]!)).toEqual(offersOf(trade));
            expect(trade.sides[otherSide(index)].locked).toBe(true);
          }
          if (trade.state === 'SETTLING') expect(trade.sides.every((side) => side.accepted && side.locked)).toBe(true);
        }
        for (const trade of table.settled) {
          expect(trade.sides.every(({ accepted }) => accepted)).toBe(true);
          settlements += 1;
        }
        expect(table.settled.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 600 },
    );
    expect(settlements).toBeGreaterThan(40);
  });
});
