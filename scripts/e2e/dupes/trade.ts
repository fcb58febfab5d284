import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { deposit, mergeStacks, splitStack } from '#functions/inventory/contract-arrange.ts';
import { destroyItem } from '#functions/inventory/contract-loss.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { send } from '#functions/mail/contract.ts';
import { accept, lock, setOffer, viewCurrent } from '#functions/trade/contract.ts';
import { sell } from '#functions/vendor/contract.ts';
import type { ItemId } from '#shared/kernel/ids.ts';
import { brokenOf, codeOf, isDone } from './patiently.ts';
import type { Duper } from './player.ts';
import { intoZoneOf, type Standing } from './standing.ts';
import { Bargain } from './trading.ts';
import type { DupeWorld } from './world.ts';

const VENDOR = 'brine-and-sons';
const PRICE = 150n;

/** Ana has wafers, Bob has money: the same deal again and again, each time disturbed in another way. */
export function describeTrade(world: () => DupeWorld): void {
  const bodies = new Map<Duper, Standing>();
  const standing = async (player: Duper): Promise<Standing> => {
    const before = bodies.get(player);
    if (before && before.socket.readyState === before.socket.OPEN) return before;
    const body = await intoZoneOf(player);
    bodies.set(player, body);
    return body;
  };

  interface Goods {
    readonly itemId: ItemId;
    readonly ana: bigint;
    readonly bob: bigint;
    readonly wafers: readonly [number, number];
  }

  /** Gives them what they trade, and notes what they have. */
  const goods = async (): Promise<Goods> => {
    const { ana, bob, stores } = world();
    const [itemId] = await stores.giveItems(ana.characterId, ['logic-wafer', 5]);
    await stores.giveMoney(bob.characterId, PRICE);
    return {
      itemId: itemId!,
      ana: await stores.moneyOf(ana.characterId),
      bob: await stores.moneyOf(bob.characterId),
      wafers: [await ana.countOf('logic-wafer'), await bob.countOf('logic-wafer')],
    };
  };

  /** Which of the two states everything is in; anything else is torn. */
  const outcomeOf = async (before: Goods): Promise<string> => {
    const { ana, bob, stores } = world();
    const now = [
      (await stores.moneyOf(ana.characterId)) - before.ana,
      (await stores.moneyOf(bob.characterId)) - before.bob,
      (await ana.countOf('logic-wafer')) - before.wafers[0],
      (await bob.countOf('logic-wafer')) - before.wafers[1],
    ].join(' ');
    if (now === '0 0 0 0') return 'before';
    return now === `${PRICE} -${PRICE} -5 5` ? 'after' : `torn: ${now}`;
  };

  const agreed = async ({ itemId }: Pick<Goods, 'itemId'>): Promise<Bargain> => {
    const { ana, bob } = world();
    await Promise.all([standing(ana), standing(bob)]);
    return Bargain.agreed(ana, bob, [{ items: [itemId] }, { money: PRICE }]);
  };

  describe('trades of two who stand together', () => {
    beforeAll(async () => {
      await Promise.all([standing(world().ana), standing(world().bob)]);
    });
    afterEach(() => world().audit());

    it.each([2, 64])(
      'repeat packet in one tick (open-mt2): both accept %i times at once, and trade once',
      async (times) => {
        const before = await goods();
        const bargain = await agreed(before);
        const { ana, bob } = world();
        const [hers, his] = await Promise.all([
          ana.rivals(times / 2, accept, bargain.seen),
          bob.repeated(times / 2, accept, bargain.seen),
        ]);
        expect(brokenOf([...hers, ...his])).toEqual([]);
        expect(await outcomeOf(before)).toBe('after');
      },
    );

    it('disconnect at the last count (OpenNos #1545, #934): whoever goes, whenever, all or nothing', async () => {
      const { ana, bob } = world();
      const outcomes: string[] = [];
      for (const [index, afterMs] of [0, 8, 30, 90].entries()) {
        const before = await goods();
        const bargain = await agreed(before);
        expect(await bargain.accept(ana)).toMatchObject({ status: 200 });
        const leaver = index % 2 === 0 ? ana : bob;
        const hangUp = new AbortController();
        const last = bargain.accept(bob, hangUp.signal).catch(() => undefined);
        await delay(afterMs);
        bodies.get(leaver)!.socket.terminate();
        if (leaver === bob) hangUp.abort();
        await last;
        await world().audit();
        outcomes.push(await outcomeOf(before));
        await bargain.end();
        await standing(leaver);
      }
      expect(outcomes.filter((one) => !['before', 'after'].includes(one))).toEqual([]);
    });

    it('duplicate slots in one offer (world-of-claudecraft PR#7): each thing counts once', async () => {
      const { ana, bob, stores } = world();
      await Promise.all([standing(ana), standing(bob)]);
      const before = await goods();
      const bargain = await Bargain.open(ana, bob);
      const params = { tradeId: bargain.tradeId };
      const { itemId } = before;
      const coin = (amount: string) => ({ currency: SOFT_CURRENCY, amount });
      for (let times = 2; times <= 11; times += 3) {
        const items = Array<ItemId>(times).fill(itemId);
        const money = Array.from({ length: times }, () => coin('1'));
        const answers = await Promise.all([
          ana.send(setOffer, { params, body: { items, money: [] } }),
          bob.send(setOffer, { params, body: { items: [], money } }),
          ana.send(send, {
            body: {
              to: [{ characterId: bob.characterId }],
              subject: 'Twice',
              body: 'the same',
              items: items.slice(0, 12).map((id) => ({ itemId: id, count: 5 })),
            },
          }),
          ana.send(repairItems, { body: { itemIds: items } }),
        ]);
        expect(answers.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
      }
      const { trade } = await ana.must(viewCurrent, {});
      expect(trade).toMatchObject({ you: { items: [], money: [] }, partner: { items: [], money: [] } });
      expect(await outcomeOf(before)).toBe('before');
      expect(await stores.moneyOf(bob.characterId)).toBe(before.bob);
      await bargain.end();
    });

    it('same-kind swap while listed (open-mt2 #28): who swaps what was seen trades nothing', async () => {
      const { ana, bob } = world();
      const before = await goods();
      const bargain = await agreed(before);
      const { itemId } = before;
      const split = await ana.send(splitStack, { params: { itemId }, body: { count: 4 } });
      expect(await bargain.accept(ana)).toBeDefined();
      const answer = await bargain.accept(bob);
      if (isDone(split)) expect(isDone(answer) && JSON.parse(answer.text).state === 'COMPLETED').toBe(false);
      const outcome = await outcomeOf(before);
      expect(outcome).toBe(isDone(split) ? 'before' : 'after');
      await bargain.end();
    });

    it('two containers at once (OpenNos #460): what is offered goes one way only', async () => {
      const { ana, bob } = world();
      const before = await goods();
      const bargain = await agreed(before);
      const { itemId } = before;
      expect(await bargain.accept(ana)).toMatchObject({ status: 200 });
      const body = { itemId, version: 1 };
      const letter = { to: [{ characterId: bob.characterId }], subject: 'Also', body: 'yours', items: [{ itemId }] };
      const answers = await Promise.all([
        bargain.accept(bob),
        ana.send(sell, { params: { vendorId: VENDOR }, body }),
        ana.send(deposit, { params: { itemId }, body: {} }),
        ana.send(destroyItem, { params: { itemId }, body: {} }),
        ana.send(send, { body: letter }),
        ana.send(splitStack, { params: { itemId }, body: { count: 1 } }),
      ]);
      expect(brokenOf(answers)).toEqual([]);
      await world().audit();
      const isTraded = codeOf(answers[0]!) === '' && JSON.parse(answers[0]!.text).state === 'COMPLETED';
      const others = answers.slice(1).filter(isDone);
      // Splitting leaves most of it where it was: it alone may come beside one of the others.
      if (isTraded) expect(others).toEqual([]);
      else expect(others.length).toBeLessThanOrEqual(2);
      await bargain.end();
    });

    it('wrong phase (open-mt2, phase gate): nothing is accepted before it was seen and locked by both', async () => {
      const { ana, bob } = world();
      await Promise.all([standing(ana), standing(bob)]);
      const before = await goods();
      const bargain = await Bargain.open(ana, bob);
      await bargain.offer(ana, { items: [before.itemId] });
      const stale = (await ana.must(viewCurrent, {})).trade.offerHash;
      const params = { tradeId: bargain.tradeId };
      const hasty = await Promise.all(
        [ana, bob].flatMap((player) => player.rivals(8, accept, { params, body: { offerHash: stale } })),
      );
      expect(hasty.flat().filter(isDone)).toEqual([]);
      await bargain.offer(bob, { money: PRICE });
      for (const player of [ana, bob]) {
        expect(codeOf(await player.send(lock, { params, body: { offerHash: stale } }))).toBe('trade.offer_changed');
      }
      await bargain.lockBoth();
      expect(codeOf(await ana.send(accept, { params, body: { offerHash: stale } }))).toBe('trade.offer_changed');
      const late = await ana.send(setOffer, { params, body: { items: [], money: [] } });
      expect(isDone(late)).toBe(false);
      await bargain.end();
      const over = await Promise.all([ana, bob].map((player) => player.rivals(4, accept, bargain.seen)));
      expect(over.flat().filter(isDone)).toEqual([]);
      expect(await outcomeOf(before)).toBe('before');
    });

    it('fee not paid (L4G #3564): who has spent the money by then gets nothing', async () => {
      const { ana, bob, stores } = world();
      const before = await goods();
      const bargain = await agreed(before);
      const left = await stores.moneyOf(bob.characterId);
      await stores.takeMoney(bob.characterId, left - PRICE + 1n);
      await bargain.accept(ana);
      const answers = await bob.rivals(4, accept, bargain.seen);
      expect(answers.filter((one) => isDone(one) && JSON.parse(one.text).state === 'COMPLETED')).toEqual([]);
      expect(brokenOf(answers)).toEqual([]);
      expect(await ana.countOf('logic-wafer')).toBe(before.wafers[0]);
      expect(await stores.moneyOf(bob.characterId)).toBe(PRICE - 1n);
      await bargain.end();
    });

    it('stale handle (#849, steps withheld): an offer of something that has gone is refused', async () => {
      const { ana, bob } = world();
      await Promise.all([standing(ana), standing(bob)]);
      const before = await goods();
      const { itemId } = before;
      const { stores } = world();
      const [other] = await stores.giveItems(ana.characterId, ['logic-wafer', 5]);
      await ana.must(mergeStacks, { params: { itemId }, body: { into: other! } });
      const bargain = await Bargain.open(ana, bob);
      const params = { tradeId: bargain.tradeId };
      const answers = await ana.rivals(4, setOffer, { params, body: { items: [itemId], money: [] } });
      expect(answers.map(codeOf)).toEqual(Array(4).fill('inventory.item_not_found'));
      await bargain.end();
    });
  });
}
