import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { deposit, mergeStacks, moveItem, splitStack, withdraw } from '#functions/inventory/contract-arrange.ts';
import { destroyItem } from '#functions/inventory/contract-loss.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { send, takeAll } from '#functions/mail/contract.ts';
import { setOffer } from '#functions/trade/contract.ts';
import { buy, sell } from '#functions/vendor/contract.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { createId, ItemId } from '#shared/kernel/ids.ts';
import { eachInParallel } from '../hostile/valid-request.ts';
import { brokenOf, codeOf, isDone } from './patiently.ts';
import type { Duper } from './player.ts';
import { intoZoneOf } from './standing.ts';
import type { DupeWorld } from './world.ts';

const VENDOR = 'brine-and-sons';
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** No count of anything. */
const noCounts = [0, -1, -0.5, 1.5, 2 ** 31, -(2 ** 31), 2 ** 53, Number.MAX_VALUE, '1', true, null, [1], {}];
/** No amount of money. */
const noAmounts = ['0', '-1', '00', '01', '1.5', '1e3', '0x10', ' 1', '', '９', '9'.repeat(17), 12, -12, null, ['1']];

interface Numeric {
  readonly endpoint: EndpointBase;
  readonly field: string;
  readonly values: readonly unknown[];
  readonly input: (value: unknown) => { readonly params?: object; readonly body?: object };
}

/** Numbers that make things more or less than they are. */
export function describeAmounts(world: () => DupeWorld): void {
  /** Every field by which a player says how much, in calls that are otherwise flawless. */
  const numerics = (itemId: ItemId, other: ItemId): readonly Numeric[] => {
    const { cyds } = world();
    const params = { itemId };
    const vendor = { vendorId: VENDOR };
    const letter = { to: [{ characterId: cyds[1] }], subject: 'So much', body: 'for you' };
    const counts = (endpoint: EndpointBase, rest: object = {}): Numeric => ({
      endpoint,
      field: 'count',
      values: noCounts,
      input: (count) => ({ params, body: { ...rest, count } }),
    });
    return [
      counts(splitStack),
      counts(mergeStacks, { into: other }),
      counts(deposit),
      counts(withdraw),
      counts(destroyItem),
      counts(moveItem, { container: 'bag', slot: 30 }),
      {
        endpoint: moveItem,
        field: 'slot',
        values: [-1, 1.5, 40, 200, 2 ** 31, '3', null],
        input: (slot) => ({ params, body: { container: 'bag', slot } }),
      },
      {
        endpoint: buy,
        field: 'count',
        values: noCounts,
        input: (count) => ({ params: vendor, body: { templateId: 'stitch-spray', unitPrice: '12', count } }),
      },
      {
        endpoint: buy,
        field: 'unitPrice',
        values: [...noAmounts, '11', '1'],
        input: (unitPrice) => ({ params: vendor, body: { templateId: 'stitch-spray', unitPrice, count: 1 } }),
      },
      {
        endpoint: sell,
        field: 'version',
        values: noCounts,
        input: (version) => ({ params: vendor, body: { itemId, version } }),
      },
      {
        endpoint: send,
        field: 'items.count',
        values: noCounts,
        input: (count) => ({ body: { ...letter, items: [{ itemId, count }] } }),
      },
      { endpoint: send, field: 'money', values: noAmounts, input: (money) => ({ body: { ...letter, money } }) },
      {
        endpoint: send,
        field: 'cod',
        values: noAmounts,
        input: (cod) => ({ body: { ...letter, items: [{ itemId }], cod } }),
      },
      {
        endpoint: takeAll,
        field: 'cod',
        values: noAmounts,
        input: (cod) => ({ params: { mailId: createId('mal') }, body: { cod } }),
      },
      {
        endpoint: repairItems,
        field: 'maxPrice',
        values: noAmounts.filter((value) => value !== '0'),
        input: (maxPrice) => ({ body: { itemIds: [itemId], maxPrice } }),
      },
      {
        endpoint: setOffer,
        field: 'money.amount',
        values: noAmounts,
        input: (amount) => ({
          params: { tradeId: createId('trd') },
          body: { items: [], money: [{ currency: SOFT_CURRENCY, amount }] },
        }),
      },
    ];
  };

  const stateOf = async (player: Duper) => ({
    money: await world().stores.moneyOf(player.characterId),
    bag: await player.items('bag'),
    bank: await player.items('bank'),
  });

  describe('numbers and amounts', () => {
    beforeAll(async () => {
      await intoZoneOf(world().ana);
    });
    afterEach(() => world().audit());

    it('unchecked numbers (open-mt2 #69, WarEmu #17850, Vintage Story #1588): none is taken, nothing changes', async () => {
      const { ana, bob, stores } = world();
      const ids = await stores.giveItems(ana.characterId, ['copper-braid', 50], ['copper-braid', 50]);
      await stores.giveMoney(ana.characterId, 10_000n);
      const cases = numerics(ids[0]!, ids[1]!).flatMap((one) => one.values.map((value) => ({ ...one, value })));
      const before = [await stateOf(ana), await stateOf(bob)];
      const wrong: string[] = [];
      await eachInParallel(cases, 6, async ({ endpoint, field, input, value }) => {
        const answer = await ana.send(endpoint, input(value) as never);
        const isRefused = answer.status >= 400 && answer.status < 500;
        if (!isRefused) wrong.push(`${endpoint.id} ${field} ${JSON.stringify(value)}: ${answer.status} ${answer.text}`);
      });
      expect(wrong).toEqual([]);
      expect([await stateOf(ana), await stateOf(bob)]).toEqual(before);
    });

    it('more than there is (open-mt2 #69): no part of a stack is larger than the stack', async () => {
      const { ana, stores, cyds } = world();
      const [itemId] = await stores.giveItems(ana.characterId, ['salt-crystal', 7]);
      const before = await stateOf(ana);
      const params = { itemId: itemId! };
      const to = [{ characterId: cyds[0] }];
      const answers = await Promise.all(
        [8, 100, 1_000].flatMap((count) => [
          ana.send(splitStack, { params, body: { count } }),
          ana.send(deposit, { params, body: { count } }),
          ana.send(destroyItem, { params, body: { count } }),
          ana.send(send, { body: { to, subject: 'More', body: 'than I have', items: [{ itemId: itemId!, count }] } }),
        ]),
      );
      expect([...new Set(answers.map(codeOf))]).toEqual(['inventory.not_enough']);
      expect(await stateOf(ana)).toEqual(before);
    });

    it('mail to oneself not charged (AAEmu #174): it is refused, and costs nothing', async () => {
      const { ana, stores } = world();
      await stores.giveMoney(ana.characterId, 1_000n);
      const before = await stateOf(ana);
      const to = [{ characterId: ana.characterId }];
      const answers = await ana.rivals(4, send, { body: { to, subject: 'Me', body: 'again', money: '100' } });
      expect(answers.map(codeOf)).toEqual(Array(4).fill('mail.self'));
      expect(await stateOf(ana)).toEqual(before);
    });

    it('refund above what was paid (Trinity #23656): nothing sells for more than it costs', async () => {
      const { ana, stores } = world();
      await stores.giveMoney(ana.characterId, 1_000n);
      for (const [templateId, unitPrice] of [
        ['noodle-bowl', '9'],
        ['dockside-pistol', '80'],
        ['servo-joint', '40'],
      ] as const) {
        const before = await stores.moneyOf(ana.characterId);
        const body = { templateId, unitPrice, count: 1 };
        const { items } = await ana.must(buy, { params: { vendorId: VENDOR }, body });
        const sale = { itemId: items[0].itemId, version: 1 };
        await ana.must(sell, { params: { vendorId: VENDOR }, body: sale });
        expect(await stores.moneyOf(ana.characterId)).toBeLessThanOrEqual(before);
      }
    });

    it(`partial stack drop (open-mt2): parts in any order, at once, stay as many as they were (seed ${SEED})`, async () => {
      const { ana, stores } = world();
      const part = fc.record({ how: fc.constantFrom('split', 'bank', 'back', 'merge', 'destroy'), count: fc.nat(12) });
      const rounds = fc.sample(fc.array(part, { minLength: 6, maxLength: 16 }), { seed: SEED, numRuns: 4 });
      for (const round of rounds) {
        const ids = await stores.giveItems(ana.characterId, ['polymer-resin', 40], ['polymer-resin', 40]);
        const had = await amountOf(ana);
        const answers = await Promise.all(
          round.map(async ({ how, count: drawn }, index) => {
            const params = { itemId: ids[index % 2]! };
            const count = drawn + 1;
            if (how === 'split') return { how, count, answer: await ana.send(splitStack, { params, body: { count } }) };
            if (how === 'bank') return { how, count, answer: await ana.send(deposit, { params, body: { count } }) };
            if (how === 'back') return { how, count, answer: await ana.send(withdraw, { params, body: { count } }) };
            if (how === 'destroy')
              return { how, count, answer: await ana.send(destroyItem, { params, body: { count } }) };
            const body = { into: ids[(index + 1) % 2]!, count };
            return { how, count, answer: await ana.send(mergeStacks, { params, body }) };
          }),
        );
        expect(brokenOf(answers.map(({ answer }) => answer))).toEqual([]);
        const destroyed = answers
          .filter(({ how, answer }) => how === 'destroy' && isDone(answer))
          .reduce((sum, { count }) => sum + count, 0);
        expect(await amountOf(ana)).toBe(had - destroyed);
        const left = (await ana.items()).filter(({ templateId }) => templateId === 'polymer-resin');
        await stores.sinkItems(
          ana.characterId,
          left.map(({ itemId }) => ItemId.parse(itemId)),
        );
      }
    });

    it('two containers at once (OpenNos #460): of two places that want a thing one gets it', async () => {
      const { ana, bob, stores } = world();
      await stores.giveMoney(ana.characterId, 2_000n);
      const ways = {
        bank: (itemId: ItemId) => ana.send(deposit, { params: { itemId }, body: {} }),
        destroy: (itemId: ItemId) => ana.send(destroyItem, { params: { itemId }, body: {} }),
        sell: (itemId: ItemId) => ana.send(sell, { params: { vendorId: VENDOR }, body: { itemId, version: 1 } }),
        mail: (itemId: ItemId) => {
          const to = [{ characterId: bob.characterId }];
          return ana.send(send, { body: { to, subject: 'Here', body: 'and there', items: [{ itemId }] } });
        },
      };
      const names = Object.keys(ways) as (keyof typeof ways)[];
      const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
      const wrong: string[] = [];
      for (const [one, other] of pairs) {
        // A stack that is the only one of its kind in the bank joins nothing.
        const [itemId] = await stores.giveItems(ana.characterId, ['coolant-flask', 1]);
        const answers = await Promise.all([one, other, one, other].map((way) => ways[way](itemId!)));
        const done = answers.filter(isDone).length;
        if (done !== 1 || brokenOf(answers).length > 0) wrong.push(`${one} and ${other}: ${done} of 4 were done`);
      }
      expect(wrong).toEqual([]);
    });
  });
}

async function amountOf(player: Duper): Promise<number> {
  return (await player.countOf('polymer-resin', 'bag')) + (await player.countOf('polymer-resin', 'bank'));
}
