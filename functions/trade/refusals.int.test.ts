import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { transferItems } from '#functions/inventory/public.ts';
import { closeSession, getSession } from '#functions/session/public.ts';
import { enterZone, leaveZone, type ZoneFence } from '#functions/zone/public.ts';
import { createId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { type Deal, goodsForGoods, goodsForMoney, TradeTable } from '#shared/testing/trade-table.ts';
import { bagOf, commit, freshKey, give, ownZone, trader } from '#shared/testing/traders.ts';
import { endTradeByZone } from './public.ts';
import { dailyAllowances, tradeLimits } from './rules.ts';

let world: TestWorld;
let zone: ZoneFence;
let at: TradeTable;
let undoHook: () => void = () => {};

beforeAll(async () => {
  world = await startTestWorld();
  zone = await ownZone();
  at = new TradeTable(world, zone);
});
afterAll(() => world.stop());
afterEach(async () => {
  undoHook();
  undoHook = () => {};
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});

/** Both go on from before the locks, told why; what was theirs is still theirs. */
async function expectReopened({ ada, bea }: Deal, failure: string): Promise<void> {
  for (const side of [ada, bea]) {
    expect(await at.lastToldTo(side)).toMatchObject({
      state: 'OPEN',
      failure,
      you: { locked: false, accepted: false },
      partner: { locked: false, accepted: false },
    });
  }
}

describe('nothing changes hands', () => {
  it('when an item has been given away meanwhile; it leaves the offer', async () => {
    for (const wares of [goodsForGoods, goodsForMoney]) {
      const one = await at.deal(wares);
      const cyd = await trader(world, zone);
      const [scrap, torch] = one.items[0];
      const destination = { to: 'character', characterId: cyd.characterId, overflow: 'refuse' } as const;
      const cause = { reason: 'test', cause: createId('opr'), atMs: world.clock.nowMs() };
      const leg = { kind: 'move', itemId: torch!, from: one.ada.characterId, destination } as const;
      await commit((await transferItems([leg], cause)).changes);

      await at.accept(one.ada, one);
      expect(await at.accept(one.bea, one)).toMatchObject({ status: 404, body: { code: 'inventory.item_not_found' } });
      await expectReopened(one, 'item_changed');
      expect(await at.currentOf(one.ada)).toMatchObject({ you: { items: [{ itemId: scrap }] } });
      expect(await bagOf(one.ada)).toEqual(['scrap-alloy ×40']);
    }
  });

  it('when a stack is not what it was: another version is another offer', async () => {
    const one = await at.deal(goodsForMoney);
    const [scrap] = one.items[0];
    const destination = { to: 'sink', reason: 'test' } as const;
    const cause = { reason: 'test', cause: createId('opr'), atMs: world.clock.nowMs() };
    const leg = { kind: 'move', itemId: scrap!, count: 39, from: one.ada.characterId, destination } as const;
    await commit((await transferItems([leg], cause)).changes);
    await at.accept(one.ada, one);
    expect(await at.accept(one.bea, one)).toMatchObject({ status: 409, body: { code: 'inventory.item_changed' } });
    await expectReopened(one, 'item_changed');
    expect(at.moneyOf(one.bea)).toBe(200n);
  });

  it('when a third party has filled a bag since the locks', async () => {
    for (const wares of [goodsForGoods, goodsForMoney]) {
      const one = await at.deal(wares);
      const free = 40 - one.items[1].length;
      await give(world, one.bea, ...Array.from({ length: free }, () => ['dockhand-boots'] as const));
      await at.accept(one.ada, one);
      expect(await at.accept(one.bea, one)).toMatchObject({ status: 409, body: { code: 'inventory.full' } });
      await expectReopened(one, 'no_room');
      expect(await bagOf(one.ada)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
    }
  });

  it('when the money is gone meanwhile, and the same key hears the same refusal for ever', async () => {
    const one = await at.deal(goodsForMoney);
    at.setMoney(one.bea, 119n);
    await at.accept(one.bea, one);
    const key = freshKey();
    const refused = await at.accept(one.ada, one, key);
    expect(refused).toMatchObject({ status: 409, body: { code: 'ledger.insufficient_funds' } });
    await expectReopened(one, 'insufficient_funds');
    at.setMoney(one.bea, 200n);
    expect(await at.accept(one.ada, one, key)).toMatchObject({
      status: 409,
      body: { code: 'ledger.insufficient_funds' },
    });
    expect(await bagOf(one.ada)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
    // The trade itself can be made again.
    const offerHash = await at.lockBoth(one.ada, one.bea, one.tradeId);
    await at.accept(one.ada, { ...one, offerHash });
    expect((await at.accept(one.bea, { ...one, offerHash })).body).toMatchObject({ state: 'COMPLETED' });
  });

  it('beyond the daily allowance; what came to nothing does not count', async () => {
    const limit = dailyAllowances[0].valueMinor;
    const first = await at.deal([{ money: limit }, {}], { ageMs: 0 });
    at.setMoney(first.ada, limit - 1n);
    await at.accept(first.ada, first);
    expect((await at.accept(first.bea, first)).body.code).toBe('ledger.insufficient_funds');
    at.setMoney(first.ada, limit + 1n);
    const offerHash = await at.lockBoth(first.ada, first.bea, first.tradeId);
    await at.accept(first.ada, { ...first, offerHash });
    expect((await at.accept(first.bea, { ...first, offerHash })).body.state).toBe('COMPLETED');

    const tradeId = await at.open(first.ada, first.bea);
    await at.propose(first.ada, tradeId, [], 1n);
    const next = await at.currentOf(first.ada);
    expect(await at.lock(first.ada, tradeId, next.offerHash)).toMatchObject({
      status: 409,
      body: { code: 'trade.daily_limit', facts: { given: limit.toString() } },
    });
  });

  it('when one has left the place, even for a moment: the trade is over', async () => {
    for (const back of [false, true]) {
      const one = await at.deal(goodsForMoney);
      await at.accept(one.bea, one);
      await leaveZone(zone, one.bea);
      if (back) await enterZone(zone, one.bea);
      expect(await at.accept(one.ada, one)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
      expect(await at.currentOf(one.ada)).toBeUndefined();
      expect(at.moneyOf(one.bea)).toBe(200n);
    }
  });

  it('when the partner’s session has ended: the trade is over', async () => {
    const one = await at.deal(goodsForGoods);
    await at.accept(one.bea, one);
    const session = await getSession(one.bea.sessionId);
    await commit(closeSession(session!, 'revoked', world.clock.nowMs()));
    expect(await at.accept(one.ada, one)).toMatchObject({ status: 409, body: { code: 'trade.not_together' } });
    expect(await bagOf(one.ada)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
  });

  it('when it is cancelled at the moment of the accept, or all of it does', async () => {
    for (const wares of [goodsForGoods, goodsForMoney]) {
      const one = await at.deal(wares);
      await at.accept(one.bea, one);
      const [done, left] = await Promise.all([at.accept(one.ada, one), at.leave(one.bea, one.tradeId)]);
      const isDone = done.status === 200;
      expect(await bagOf(one.bea)).toEqual(
        isDone ? ['scrap-alloy ×40', 'weld-torch ×1'] : wares === goodsForGoods ? ['fusion-bead ×2'] : [],
      );
      if (isDone) expect(left.status).toBe(409);
      else expect([done.body.code, left.status]).toEqual(['trade.over', 204]);
    }
  });
});

/** Halts the next occurrence of a step until `go` is called; `reached` resolves when it is come to. */
function haltAt(step: string) {
  let arrive!: () => void;
  let go!: () => void;
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  let isUsed = false;
  undoHook = useStepHook(async (name, run) => {
    if (name === step && !isUsed) {
      isUsed = true;
      arrive();
      await gone;
    }
    return run();
  });
  return { reached, go };
}

describe('while the ledger decides', () => {
  it('nobody can change, accept or cancel anything', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.bea, one);
    const halt = haltAt('settlement.decide');
    const carried = at.accept(one.ada, one);
    await halt.reached;
    expect(await at.currentOf(one.bea)).toMatchObject({ state: 'SETTLING' });
    for (const refused of [
      await at.leave(one.bea, one.tradeId),
      await at.propose(one.bea, one.tradeId, []),
      await at.accept(one.bea, one),
    ]) {
      expect(refused).toMatchObject({ status: 409, body: { code: 'trade.settling' } });
    }
    world.clock.advance(tradeLimits.totalMs);
    expect(await at.currentOf(one.bea)).toMatchObject({ state: 'SETTLING' });
    halt.go();
    expect((await carried).body.state).toBe('COMPLETED');
  });

  it.each([
    ['delivered', 200n],
    ['not paid', 0n],
  ])('a wish to end counts only when nothing changes hands: %s', async (_what, funds) => {
    const one = await at.deal(goodsForMoney);
    at.setMoney(one.bea, funds);
    await at.accept(one.bea, one);
    const halt = haltAt('settlement.decide');
    const carried = at.accept(one.ada, one);
    await halt.reached;
    await endTradeByZone(zone, { tradeId: one.tradeId, reason: 'combat' });
    await leaveZone(zone, one.bea);
    await world.deliver();
    halt.go();
    const { status } = await carried;
    expect(await at.currentOf(one.ada)).toBeUndefined();
    expect(status).toBe(funds > 0n ? 200 : 409);
    expect(at.moneyOf(one.ada)).toBe(funds > 0n ? 120n : 0n);
    // Whoever looks next ends it, and both are free.
    const cyd = await trader(world, zone);
    expect(await at.open(cyd, one.ada)).toMatch(/^trd_/);
  });
});

describe('an accept of an offer of great worth', () => {
  const limit = tradeLimits.stepUpAboveMinor;

  it('asks the one who gives it for a step-up, and changes nothing without', async () => {
    const one = await at.deal([{ items: [['noodle-bowl', 1]] }, { money: limit + 1n }]);
    expect(await at.accept(one.bea, one)).toMatchObject({ status: 403, body: { code: 'auth.step_up_required' } });
    expect(await at.currentOf(one.bea)).toMatchObject({ state: 'OPEN', you: { locked: true, accepted: false } });
    await world.stepUp(one.bea, 'password');
    expect(await at.accept(one.bea, one)).toMatchObject({ status: 200, body: { you: { accepted: true } } });
    // The other gives a bowl of noodles, and is not asked.
    expect(await at.accept(one.ada, one)).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
    expect([at.moneyOf(one.ada), at.moneyOf(one.bea)]).toEqual([limit + 1n, 0n]);
  });

  it('asks when it is the second one, too, which then may come again', async () => {
    const one = await at.deal([{ items: [['noodle-bowl', 1]] }, { money: limit + 1n }]);
    await at.accept(one.ada, one);
    expect((await at.accept(one.bea, one)).body.code).toBe('auth.step_up_required');
    await world.stepUp(one.bea, 'password');
    expect((await at.accept(one.bea, one)).body.state).toBe('COMPLETED');
  });

  it('asks nobody up to the limit', async () => {
    const one = await at.deal([{ items: [['noodle-bowl', 1]] }, { money: limit }]);
    expect((await at.accept(one.bea, one)).status).toBe(200);
    expect((await at.accept(one.ada, one)).body.state).toBe('COMPLETED');
  });
});
