import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { zones } from '#content/zones.ts';
import type { ZoneFence } from '#functions/zone/public.ts';
import { SECOND_MS } from '#shared/kernel/clock.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { goodsForGoods, goodsForMoney, type Stack, TradeTable } from '#shared/testing/trade-table.ts';
import { bagOf, freshKey, give, ownZone, type Trader, trader } from '#shared/testing/traders.ts';
import { tradeLimits } from './rules.ts';

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

describe('two accepts', () => {
  it('of goods for goods carry the trade out in one transaction', async () => {
    const one = await at.deal(goodsForGoods);
    expect(await at.accept(one.ada, one)).toMatchObject({
      status: 200,
      body: { state: 'OPEN', you: { accepted: true }, partner: { accepted: false } },
    });
    const done = await at.accept(one.bea, one);
    expect(done).toMatchObject({ status: 200, body: { state: 'COMPLETED', tradeId: one.tradeId } });
    expect(await bagOf(one.ada)).toEqual(['fusion-bead ×2']);
    expect(await bagOf(one.bea)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
    expect(await at.currentOf(one.ada)).toBeUndefined();
    expect(await at.currentOf(one.bea)).toBeUndefined();
    for (const side of [one.ada, one.bea]) expect(await at.lastToldTo(side)).toMatchObject({ state: 'COMPLETED' });
  });

  it('of goods for money carry it out through the ledger', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.bea, one);
    const done = await at.accept(one.ada, one);
    expect(done).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
    expect([at.moneyOf(one.ada), at.moneyOf(one.bea)]).toEqual([120n, 80n]);
    expect(await bagOf(one.bea)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
    expect(await bagOf(one.ada)).toEqual([]);
    for (const side of [one.ada, one.bea]) expect(await at.lastToldTo(side)).toMatchObject({ state: 'COMPLETED' });
    expect(await at.currentOf(one.ada)).toBeUndefined();
    // Both are free at once.
    expect(await at.open(one.ada, one.bea)).toMatch(/^trd_/);
  });

  it('may give a gift, and swap money both ways', async () => {
    const gift = await at.deal([{ items: [['noodle-bowl', 3]] }, {}]);
    await at.accept(gift.ada, gift);
    expect((await at.accept(gift.bea, gift)).body.state).toBe('COMPLETED');
    expect(await bagOf(gift.bea)).toEqual(['noodle-bowl ×3']);

    const swap = await at.deal([{ money: 50n }, { money: 30n }]);
    await at.accept(swap.ada, swap);
    expect((await at.accept(swap.bea, swap)).body.state).toBe('COMPLETED');
    expect([at.moneyOf(swap.ada), at.moneyOf(swap.bea)]).toEqual([30n, 50n]);
  });

  it('swap ten things for ten while both bags are full', async () => {
    const ten = (id: Slug): Stack[] => Array.from({ length: 10 }, () => [id] as const);
    for (const money of [0n, 5n]) {
      const one = await at.deal([{ items: ten('weld-torch') }, { items: ten('rebar-cleaver'), money }]);
      for (const side of [one.ada, one.bea])
        await give(world, side, ...Array.from({ length: 30 }, () => ['dockhand-boots'] as const));
      await at.accept(one.ada, one);
      expect(await at.accept(one.bea, one)).toMatchObject({ status: 200, body: { state: 'COMPLETED' } });
      expect((await bagOf(one.ada)).filter((line) => line.startsWith('rebar'))).toHaveLength(10);
      expect((await bagOf(one.bea)).filter((line) => line.startsWith('weld'))).toHaveLength(10);
    }
  });

  it.each([
    ['goods for goods', goodsForGoods],
    ['goods for money', goodsForMoney],
  ])('repeated answer the same bytes and change nothing: %s', async (_what, wares) => {
    const one = await at.deal(wares);
    const keys = [freshKey(), freshKey()];
    const first = await at.accept(one.ada, one, keys[0]);
    const second = await at.accept(one.bea, one, keys[1]);
    const before = [await bagOf(one.ada), await bagOf(one.bea), at.moneyOf(one.ada)];
    expect((await at.accept(one.ada, one, keys[0])).text).toBe(first.text);
    expect((await at.accept(one.bea, one, keys[1])).text).toBe(second.text);
    expect(await at.accept(one.bea, one)).toMatchObject({ status: 409, body: { code: 'trade.over' } });
    expect([await bagOf(one.ada), await bagOf(one.bea), at.moneyOf(one.ada)]).toEqual(before);
  });

  it('at one moment carry it out once', async () => {
    for (const wares of [goodsForGoods, goodsForMoney]) {
      const one = await at.deal(wares);
      const replies = await Promise.all([at.accept(one.ada, one), at.accept(one.bea, one)]);
      expect(replies.map(({ body }) => body.state).sort()).toEqual(['COMPLETED', 'OPEN']);
      expect(await bagOf(one.bea)).toEqual(['scrap-alloy ×40', 'weld-torch ×1']);
    }
  });

  it('in sixty-four frames at once carry it out once', async () => {
    const one = await at.deal(goodsForMoney);
    const key = freshKey();
    await at.accept(one.bea, one);
    const replies = await Promise.all(Array.from({ length: 8 }, () => at.accept(one.ada, one, key)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies[0]!.body.state).toBe('COMPLETED');
    expect(at.moneyOf(one.ada)).toBe(120n);
  });
});

describe('an accept is refused', () => {
  it('for what was not seen, before both have locked, and while the offers are fresh', async () => {
    const ada = await trader(world, zone);
    const bea = await trader(world, zone);
    const [scrap] = await give(world, ada, ['scrap-alloy', 4]);
    const tradeId = await at.open(ada, bea);
    const { offerHash } = (await at.propose(ada, tradeId, [scrap!])).body;
    const code = async (actor: Trader, hash: string) =>
      (await at.accept(actor, { tradeId, offerHash: hash })).body.code;
    expect(await code(ada, 'x'.repeat(43))).toBe('trade.offer_changed');
    expect(await code(ada, offerHash)).toBe('trade.not_locked');
    for (const actor of [ada, bea]) await at.lock(actor, tradeId, offerHash);
    const early = await at.accept(ada, { tradeId, offerHash });
    expect(early).toMatchObject({ status: 409, body: { code: 'trade.cool_down' } });
    expect(Number(early.headers['retry-after'])).toBe(tradeLimits.coolDownMs / SECOND_MS);
    world.clock.advance(tradeLimits.coolDownMs);
    expect((await at.accept(ada, { tradeId, offerHash })).status).toBe(200);
  });

  it('but not anew, when it comes again after the trade has gone on', async () => {
    const one = await at.deal(goodsForGoods);
    const key = freshKey();
    await at.accept(one.ada, one);
    const second = await at.accept(one.ada, one, key);
    expect(second.status, second.text).toBe(200);
    await at.accept(one.bea, one);
    expect((await at.accept(one.ada, one, key)).text).toBe(second.text);
  });

  it('of others, and of another request under the same key', async () => {
    const one = await at.deal(goodsForGoods);
    const cyd = await trader(world, zone);
    expect(await at.accept(cyd, one)).toMatchObject({ status: 404, body: { code: 'trade.not_found' } });
    const key = freshKey();
    await at.accept(one.ada, one, key);
    expect(await at.accept(one.ada, { ...one, offerHash: 'x'.repeat(43) }, key)).toMatchObject({
      status: 409,
      body: { code: 'request.idempotency_mismatch' },
    });
  });
});

describe('what was traded', () => {
  it('is told as TRADE_COMPLETED, once, with what each gave', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.ada, one);
    const { transactionId } = (await at.accept(one.bea, one)).body;
    await world.deliver();
    const told = world.events.filter(({ aggregateId }) => aggregateId === one.tradeId);
    expect(told.map(({ name, data }) => [name, data])).toEqual([
      [
        'TRADE_COMPLETED',
        {
          tradeId: one.tradeId,
          transactionId,
          zoneId: zones.all[0]!.id,
          sides: [
            {
              accountId: one.ada.accountId,
              characterId: one.ada.characterId,
              gaveItems: [
                { itemId: one.items[0][0], templateId: 'scrap-alloy', quality: 'common', count: 40 },
                { itemId: one.items[0][1], templateId: 'weld-torch', quality: 'common', count: 1 },
              ],
              gaveCurrencies: [],
            },
            {
              accountId: one.bea.accountId,
              characterId: one.bea.characterId,
              gaveItems: [],
              gaveCurrencies: [{ currency: SOFT_CURRENCY, amount: '120' }],
            },
          ],
        },
      ],
    ]);
  });

  it('stands in the history of both, from the side of each, by page and by partner', async () => {
    const one = await at.deal(goodsForMoney);
    await at.accept(one.ada, one);
    await at.accept(one.bea, one);
    const { trades } = await at.historyOf(one.bea);
    expect(trades).toMatchObject([
      {
        tradeId: one.tradeId,
        partner: { characterId: one.ada.characterId, name: one.ada.name },
        gave: { items: [], money: [{ currency: SOFT_CURRENCY, amount: '120' }] },
        got: { items: [{ templateId: 'scrap-alloy', count: 40 }, { templateId: 'weld-torch' }], money: [] },
      },
    ]);

    const tradeIds: string[] = [one.tradeId];
    for (let more = 0; more < 3; more += 1) {
      const tradeId = await at.open(one.ada, one.bea);
      at.setMoney(one.ada, 10n);
      await at.propose(one.ada, tradeId, [], 1n);
      const offerHash = await at.lockBoth(one.ada, one.bea, tradeId);
      await at.accept(one.ada, { tradeId, offerHash });
      await at.accept(one.bea, { tradeId, offerHash });
      tradeIds.unshift(tradeId);
    }
    for (const partner of [{}, { partnerId: one.bea.characterId }] as Record<string, string>[]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await at.historyOf(one.ada, { limit: '3', ...partner, ...(cursor ? { cursor } : {}) });
        expect(page.trades.length).toBeLessThanOrEqual(3);
        seen.push(...page.trades.map(({ tradeId }: { tradeId: string }) => tradeId));
        cursor = page.nextCursor;
      } while (cursor);
      expect(seen).toEqual(tradeIds);
    }
    expect((await at.historyOf(one.ada, { partnerId: createId('chr') })).trades).toEqual([]);
  });
});
