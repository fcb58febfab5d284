import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SOFT_CURRENCY } from '#content/currencies.ts';
import { items as itemTemplates } from '#content/items.ts';
import { vendors } from '#content/vendors.ts';
import { zones } from '#content/zones.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { handler as sweepHandler } from '#functions/settlement/jobs/sweep-pending.ts';
import { leaveZone, type ZoneFence } from '#functions/zone/public.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, type ItemId, type Slug } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import {
  bagOf,
  freshKey,
  give,
  ownZone,
  placeOfVendor,
  standAt,
  type Trader,
  trader,
} from '#shared/testing/traders.ts';
import { buy, buyBack, listBuyBacks, listVendors, sell, sellJunk, viewGoods } from './contract.ts';
import { handler as buyHandler } from './endpoints/buy.ts';
import { handler as buyBackHandler } from './endpoints/buy-back.ts';
import { handler as listBuyBacksHandler } from './endpoints/list-buy-backs.ts';
import { handler as listVendorsHandler } from './endpoints/list-vendors.ts';
import { handler as sellHandler } from './endpoints/sell.ts';
import { handler as sellJunkHandler } from './endpoints/sell-junk.ts';
import { handler as viewGoodsHandler } from './endpoints/view-goods.ts';
import { VENDOR_FAUCET, VENDOR_SINK, vendorLimits } from './rules.ts';

const brine = vendors.all[0]!;
const counter = placeOfVendor(brine);
const priceOf = (templateId: Slug) => brine.stock.find(({ item }) => item === templateId)!.price;
const scarce = brine.stock.find(({ perDay, requiredLevel }) => perDay !== null && requiredLevel === 1)!;

let world: TestWorld;
let zone: ZoneFence;
let undoHook: () => void = () => {};

beforeAll(async () => {
  world = await startTestWorld({ store: 'memory' });
  zone = await ownZone(brine.zone);
});
afterAll(() => world.stop());
afterEach(async () => {
  undoHook();
  undoHook = () => {};
  expect(itemComplaints(await world.snapshot())).toEqual([]);
  // What players have is what tests have given them and vendors have paid, less what they have paid vendors.
  const { till } = world;
  const owned = [...customers].map((one) => till.balances.get(one));
  const spent = (await till.takenBy(VENDOR_SINK)) + (await till.takenBy(VENDOR_FAUCET));
  expect(owned.reduce((sum, amount) => sum + amount, 0n)).toBe(till.given - spent);
});

const customers = new Set<CharacterId>();

async function customer(funds = 0n, facts: Parameters<typeof trader>[2] = {}): Promise<Trader> {
  const one = await trader(world, zone, facts);
  await standAt(zone, one, counter);
  customers.add(one.characterId);
  world.till.balances.set(one.characterId, funds);
  return one;
}

const moneyOf = ({ characterId }: Trader) => world.till.balances.get(characterId);
const params = { vendorId: brine.id };
const purchase = (
  actor: Trader,
  templateId: Slug,
  count = 1,
  options: { readonly unitPrice?: number; readonly key?: string; readonly vendorId?: Slug } = {},
) =>
  world.call(buyHandler, buy, {
    actor,
    params: { vendorId: options.vendorId ?? brine.id },
    body: { templateId, count, unitPrice: String(options.unitPrice ?? priceOf(templateId)) },
    idempotencyKey: options.key ?? freshKey(),
  });
const sale = (actor: Trader, itemId: string, version = 1, key = freshKey(), vendorId: Slug = brine.id) =>
  world.call(sellHandler, sell, { actor, params: { vendorId }, body: { itemId, version }, idempotencyKey: key });
const junk = (actor: Trader, body: object = {}) =>
  world.call(sellJunkHandler, sellJunk, { actor, params, body, idempotencyKey: freshKey() });
const backs = async (actor: Trader) =>
  (await world.call(listBuyBacksHandler, listBuyBacks, { actor, params })).body.buyBacks;
const takeBack = (actor: Trader, itemId: string, key = freshKey()) =>
  world.call(buyBackHandler, buyBack, { actor, params: { ...params, itemId }, idempotencyKey: key });

describe('looking', () => {
  it('lists the vendors and where they stand', async () => {
    const { body } = await world.call(listVendorsHandler, listVendors, { actor: await customer() });
    expect(body.vendors).toHaveLength(vendors.all.length);
    expect(body.vendors).toContainEqual(
      expect.objectContaining({ vendorId: brine.id, name: 'Brine & Sons, general goods', zoneId: brine.zone }),
    );
  });

  it('shows goods with their prices, and how much of scarce ones is left', async () => {
    const one = await customer(10_000n);
    const view = async () => (await world.call(viewGoodsHandler, viewGoods, { actor: one, params })).body;
    const before = await view();
    expect(before.goods).toHaveLength(brine.stock.length);
    expect(before.goods).toContainEqual(
      expect.objectContaining({ templateId: 'stitch-spray', unitPrice: '12', maxCount: 20, requiredLevel: 1 }),
    );
    const leftOf = (body: typeof before) =>
      body.goods.find(({ templateId }: { templateId: string }) => templateId === scarce.item).left;
    await purchase(one, scarce.item, 3);
    expect(leftOf(await view())).toBe(leftOf(before) - 3);
    expect(Date.parse(before.resetsAt)).toBeGreaterThan(world.clock.nowMs());
    const missing = await world.call(viewGoodsHandler, viewGoods, {
      actor: one,
      params: { vendorId: 'no-such-vendor' },
    });
    expect(missing).toMatchObject({ status: 404, body: { code: 'vendor.not_found' } });
  });
});

describe('the distance', () => {
  const farAway = { x: counter.x + 300, y: counter.y };
  const tooFar = { status: 409, body: { code: 'vendor.out_of_reach' } };
  const deals = async (one: Trader, mine: string, sold: string) => [
    await purchase(one, 'stitch-spray'),
    await sale(one, mine),
    await junk(one),
    await takeBack(one, sold),
  ];

  it('is minded by every deal: from afar nothing changes hands', async () => {
    const one = await customer(100n);
    const [mine, sold] = await give(world, one, ['scrap-alloy', 3], ['scrap-alloy', 4], ['scrap-alloy', 5]);
    await sale(one, sold!);
    await standAt(zone, one, farAway);
    const before = [await bagOf(one), moneyOf(one)];
    for (const answer of await deals(one, mine!, sold!)) expect(answer).toMatchObject(tooFar);
    expect((await purchase(one, 'stitch-spray')).headers?.['retry-after']).toBe('30');
    expect([await bagOf(one), moneyOf(one)]).toEqual(before);
    await standAt(zone, one, counter);
    for (const answer of await deals(one, mine!, sold!)) expect(answer.status).toBe(200);
  });

  it('is that which one can have run since the zone has saved one’s place, and at most half a minute', async () => {
    const one = await customer(100n);
    await standAt(zone, one, { x: counter.x + 100, y: counter.y });
    expect(await purchase(one, 'stitch-spray')).toMatchObject(tooFar);
    world.clock.advance(20 * SECOND_MS);
    expect((await purchase(one, 'stitch-spray')).status).toBe(200);
    await standAt(zone, one, farAway);
    world.clock.advance(MINUTE_MS);
    expect(await purchase(one, 'stitch-spray')).toMatchObject(tooFar);
  });

  it('of somebody whom this zone has never saved is unknown', async () => {
    const one = await trader(world, zone);
    customers.add(one.characterId);
    world.till.balances.set(one.characterId, 100n);
    expect(await purchase(one, 'stitch-spray')).toMatchObject({ status: 409, body: { code: 'vendor.not_here' } });
  });

  it('is no help to somebody who has left the zone', async () => {
    const one = await customer(100n);
    await leaveZone(zone, one);
    expect(await purchase(one, 'stitch-spray')).toMatchObject({ status: 409, body: { code: 'vendor.not_here' } });
  });
});

describe('buying', () => {
  it('takes the money and makes the goods', async () => {
    const one = await customer(100n);
    const bought = await purchase(one, 'stitch-spray', 5);
    expect(bought).toMatchObject({
      status: 200,
      body: {
        items: [{ templateId: 'stitch-spray', quality: 'common', count: 5, slot: 0 }],
        currency: SOFT_CURRENCY,
        paid: '60',
        balance: '40',
      },
    });
    expect(await bagOf(one)).toEqual(['stitch-spray ×5']);
    expect(moneyOf(one)).toBe(40n);
    await world.deliver();
    const told = world.events.filter(
      ({ name, data }) => name === 'VENDOR_ITEM_BOUGHT' && (data as Trader).characterId === one.characterId,
    );
    expect(told.map(({ data }) => data)).toMatchObject([
      { vendorId: brine.id, paid: '60', unitPrice: '12', items: [{ count: 5 }] },
    ]);
  });

  it('again with the same key answers the same bytes and takes nothing more', async () => {
    const one = await customer(100n);
    const key = freshKey();
    const first = await purchase(one, 'stitch-spray', 2, { key });
    expect((await purchase(one, 'stitch-spray', 2, { key })).text).toBe(first.text);
    expect(moneyOf(one)).toBe(76n);
    expect(await purchase(one, 'stitch-spray', 3, { key })).toMatchObject({ status: 409 });
  });

  it('is refused without the money, for ever under that key, and nothing is made', async () => {
    const one = await customer(11n);
    const key = freshKey();
    const refused = await purchase(one, 'stitch-spray', 1, { key });
    expect(refused).toMatchObject({ status: 409, body: { code: 'ledger.insufficient_funds' } });
    expect(await bagOf(one)).toEqual([]);
    world.till.balances.set(one.characterId, 100n);
    expect(await purchase(one, 'stitch-spray', 1, { key })).toMatchObject({ status: 409 });
    expect((await purchase(one, 'stitch-spray')).status).toBe(200);
  });

  it.each([
    ['another price', 'stitch-spray', 1, { unitPrice: 11 }, 409, 'vendor.price_changed'],
    ['more than a stack', 'stitch-spray', 21, {}, 422, 'vendor.too_many'],
    ['two of what does not stack', 'tarpaulin-coat', 2, {}, 422, 'vendor.too_many'],
    ['what one is too weak for', 'weld-torch', 1, {}, 403, 'vendor.level_too_low'],
    ['what another class uses', 'splice-lead', 1, {}, 403, 'vendor.class_not_served'],
    ['what this vendor does not sell', 'fusion-bead', 1, { unitPrice: 1 }, 404, 'vendor.goods_not_found'],
    ['from nobody', 'stitch-spray', 1, { vendorId: 'no-such-vendor' }, 404, 'vendor.not_found'],
    ['none', 'stitch-spray', 0, {}, 400, 'request.invalid'],
    ['fewer than none', 'stitch-spray', -1, {}, 400, 'request.invalid'],
    ['half of one', 'stitch-spray', 0.5, {}, 400, 'request.invalid'],
    ['as many as there are numbers', 'stitch-spray', Number.MAX_SAFE_INTEGER, {}, 400, 'request.invalid'],
  ] as const)('is refused: %s', async (_what, templateId, count, options, status, code) => {
    const one = await customer(1_000n);
    expect(await purchase(one, templateId, count, options)).toMatchObject({ status, body: { code } });
    expect(moneyOf(one)).toBe(1_000n);
  });

  it('needs to be where the vendor is, and room in the bag', async () => {
    const elsewhere = await trader(world, await ownZone(zones.all[1]!.id));
    customers.add(elsewhere.characterId);
    world.till.balances.set(elsewhere.characterId, 100n);
    expect(await purchase(elsewhere, 'stitch-spray')).toMatchObject({ status: 409, body: { code: 'vendor.not_here' } });
    const one = await customer(100n);
    await give(world, one, ...Array.from({ length: 40 }, () => ['dockhand-boots'] as const));
    expect(await purchase(one, 'stitch-spray')).toMatchObject({ status: 409, body: { code: 'inventory.full' } });
    expect([moneyOf(elsewhere), moneyOf(one)]).toEqual([100n, 100n]);
  });

  it('of scarce goods ends with the day’s amount, whoever buys, and begins again the next day', async () => {
    const realmId = 'ember-coast';
    const buyers = await Promise.all(Array.from({ length: 12 }, () => customer(100_000n, { realmId })));
    const { perDay } = scarce;
    const replies = [];
    for (const buyer of buyers.slice(0, 6)) replies.push(await purchase(buyer, scarce.item, 90));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 409]);
    expect(replies[5]!.body).toMatchObject({ code: 'vendor.sold_out', facts: { perDay } });
    const rest = perDay! - 5 * 90;
    const racing = await Promise.all(buyers.slice(6).map((buyer) => purchase(buyer, scarce.item, rest)));
    expect(racing.filter(({ status }) => status === 200)).toHaveLength(1);
    world.clock.advance(DAY_MS);
    expect((await purchase(buyers[0]!, scarce.item, 1)).status).toBe(200);
  });

  it('that is not paid gives scarce goods back', async () => {
    const poor = await customer(1n);
    const left = async () => {
      const { body } = await world.call(viewGoodsHandler, viewGoods, { actor: poor, params });
      return body.goods.find(({ templateId }: { templateId: string }) => templateId === scarce.item).left;
    };
    const before = await left();
    expect((await purchase(poor, scarce.item, 2)).body.code).toBe('ledger.insufficient_funds');
    expect(await left()).toBe(before);
  });
});

describe('selling', () => {
  it('pays what it is worth, and keeps the thing to be bought back', async () => {
    const one = await customer();
    const [scrap] = await give(world, one, ['scrap-alloy', 40]);
    const sold = await sale(one, scrap!);
    expect(sold).toMatchObject({
      status: 200,
      body: {
        sold: [{ itemId: scrap, templateId: 'scrap-alloy', count: 40, price: '40' }],
        total: '40',
        balance: '40',
      },
    });
    expect(await bagOf(one)).toEqual([]);
    expect(moneyOf(one)).toBe(40n);
    expect(await backs(one)).toMatchObject([{ itemId: scrap, count: 40, price: '40', currency: SOFT_CURRENCY }]);
    await world.deliver();
    const told = world.events.find(
      ({ name, data }) => name === 'ITEM_SOLD' && (data as { itemId: string }).itemId === scrap,
    );
    expect(told!.data).toMatchObject({
      seller: { characterId: one.characterId },
      count: 40,
      unitPrice: '1',
      total: '40',
      fee: '0',
    });
  });

  it('again with the same key pays once, and the thing is gone for every other', async () => {
    const one = await customer();
    const [scrap] = await give(world, one, ['scrap-alloy', 10]);
    const key = freshKey();
    const first = await sale(one, scrap!, 1, key);
    expect((await sale(one, scrap!, 1, key)).text).toBe(first.text);
    expect(await sale(one, scrap!)).toMatchObject({ status: 404, body: { code: 'inventory.item_not_found' } });
    expect(moneyOf(one)).toBe(10n);
  });

  it('at once under many keys pays once', async () => {
    const one = await customer();
    const [scrap] = await give(world, one, ['scrap-alloy', 10]);
    const replies = await Promise.all(Array.from({ length: 8 }, () => sale(one, scrap!)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(moneyOf(one)).toBe(10n);
  });

  it('is refused of what belongs to a quest, to others or to nobody, of what was not seen, and elsewhere', async () => {
    const [one, other] = [await customer(), await customer()];
    const [core] = await give(world, one, ['drone-memory-core']);
    const [theirs] = await give(world, other, ['scrap-alloy', 3]);
    const [mine] = await give(world, one, ['scrap-alloy', 3]);
    expect(await sale(one, core!)).toMatchObject({ status: 422, body: { code: 'vendor.not_sellable' } });
    expect(await sale(one, theirs!)).toMatchObject({ status: 404, body: { code: 'inventory.item_not_found' } });
    expect(await sale(one, createId('itm'))).toMatchObject({ status: 404, body: { code: 'inventory.item_not_found' } });
    expect(await sale(one, mine!, 2)).toMatchObject({ status: 409, body: { code: 'inventory.item_changed' } });
    expect(await sale(one, mine!, 1, freshKey(), 'cinder-canteen')).toMatchObject({
      status: 409,
      body: { code: 'vendor.not_here' },
    });
    expect(moneyOf(one)).toBe(0n);
    expect(await bagOf(one)).toEqual(['drone-memory-core ×1', 'scrap-alloy ×3']);
  });

  it('minds no bind', async () => {
    const one = await customer();
    const [blade] = await give(world, one, ['first-light']);
    expect((await sale(one, blade!)).body).toMatchObject({ total: '1500' });
  });
});

describe('selling junk', () => {
  it('sells common materials and nothing else, unless more is said', async () => {
    const one = await customer();
    await give(
      world,
      one,
      ['scrap-alloy', 40],
      ['fusion-bead', 2],
      ['tarpaulin-coat'],
      ['salt-crystal', 7],
      ['drone-memory-core'],
    );
    expect((await junk(one)).body).toMatchObject({
      sold: [
        { templateId: 'scrap-alloy', price: '40' },
        { templateId: 'salt-crystal', price: '7' },
      ],
      total: '47',
    });
    expect(await bagOf(one)).toEqual(['drone-memory-core ×1', 'fusion-bead ×2', 'tarpaulin-coat ×1']);
    expect((await junk(one, { kinds: ['armour', 'weapon'] })).body.total).toBe('15');
    expect(await junk(one)).toMatchObject({ status: 409, body: { code: 'vendor.nothing_to_sell' } });
    expect(await junk(one, { kinds: ['quest'] })).toMatchObject({ status: 400 });
    expect(await junk(one, { kinds: [] })).toMatchObject({ status: 400 });
  });

  it('sells twenty stacks at once, and the rest with the next call', async () => {
    const one = await customer();
    await give(world, one, ...Array.from({ length: 23 }, () => ['scrap-alloy', 100] as const));
    expect((await junk(one)).body).toMatchObject({ total: '2000', sold: { length: vendorLimits.junkPerSale } });
    expect((await junk(one)).body).toMatchObject({ total: '300', sold: { length: 3 } });
    expect(await backs(one)).toHaveLength(vendorLimits.buyBacks);
  });
});

describe('buying back', () => {
  it('gives the very thing for what was paid, once', async () => {
    const one = await customer();
    const [blade] = await give(world, one, ['first-light']);
    await sale(one, blade!);
    const key = freshKey();
    const back = await takeBack(one, blade!, key);
    expect(back).toMatchObject({
      status: 200,
      body: { items: [{ itemId: blade, templateId: 'first-light', count: 1 }], paid: '1500', balance: '0' },
    });
    expect((await takeBack(one, blade!, key)).text).toBe(back.text);
    expect(await takeBack(one, blade!)).toMatchObject({ status: 404, body: { code: 'vendor.buy_back_not_found' } });
    expect((await itemsOf(one.characterId)).map(({ itemId, bind }) => [itemId, bind])).toEqual([[blade, 'character']]);
    expect(await backs(one)).toEqual([]);
    await world.deliver();
    expect(world.events.map(({ name }) => name)).toContain('VENDOR_ITEM_BOUGHT_BACK');
  });

  it('at once under many keys gives it once', async () => {
    const one = await customer(1_000n);
    const [scrap] = await give(world, one, ['scrap-alloy', 10]);
    await sale(one, scrap!);
    const replies = await Promise.all(Array.from({ length: 6 }, () => takeBack(one, scrap!)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect([moneyOf(one), await bagOf(one)]).toEqual([1_000n, ['scrap-alloy ×10']]);
  });

  it('needs the money and the room; then it can be tried again', async () => {
    const one = await customer();
    const [scrap] = await give(world, one, ['scrap-alloy', 100]);
    await sale(one, scrap!);
    await purchase(one, 'noodle-bowl', 1);
    expect((await takeBack(one, scrap!)).body.code).toBe('ledger.insufficient_funds');
    expect(await backs(one)).toMatchObject([{ itemId: scrap }]);
    world.till.balances.set(one.characterId, 100n);
    await give(world, one, ...Array.from({ length: 39 }, () => ['dockhand-boots'] as const));
    expect((await takeBack(one, scrap!)).body.code).toBe('inventory.full');
    expect(await backs(one)).toMatchObject([{ itemId: scrap }]);
  });

  it('is for who has sold, and for the last twelve: what is older has left the game', async () => {
    const [one, other] = [await customer(), await customer(1_000n)];
    const stacks = await give(
      world,
      one,
      ...Array.from({ length: 14 }, (_none, index) => ['scrap-alloy', index + 1] as const),
    );
    for (const itemId of stacks) {
      await sale(one, itemId);
      world.clock.advance(1_000);
    }
    const listed = (await backs(one)).map(({ itemId }: { itemId: ItemId }) => itemId);
    expect(listed).toEqual(stacks.slice(2).reverse());
    expect(await takeBack(other, listed[0]!)).toMatchObject({ status: 404 });
    expect(await takeBack(one, stacks[0]!)).toMatchObject({ status: 404, body: { code: 'vendor.buy_back_not_found' } });
    await world.deliver({ twice: true });
    const rows = await world.snapshot();
    const holderOf = (itemId: string) => rows.find((row) => row._et === 'Item' && row.itemId === itemId)!.holder;
    expect(stacks.slice(0, 3).map(holderOf)).toEqual(['sink.sold', 'sink.sold', `buyback.${one.characterId}`]);
    expect(rows.filter((row) => row._et === 'VendorSale' && row.characterId === one.characterId)).toHaveLength(12);
  });
});

describe('whatever breaks, and wherever', () => {
  const acts = [
    {
      what: 'buying',
      begin: async () => {
        const one = await customer(100n);
        return { one, act: (key: string) => purchase(one, 'stitch-spray', 5, { key }) };
      },
      before: [[], 100n],
      after: [['stitch-spray ×5'], 40n],
    },
    {
      what: 'selling',
      begin: async () => {
        const one = await customer(1n);
        const [scrap] = await give(world, one, ['scrap-alloy', 40]);
        return { one, act: (key: string) => sale(one, scrap!, 1, key) };
      },
      before: [['scrap-alloy ×40'], 1n],
      after: [[], 41n],
    },
    {
      what: 'buying back',
      begin: async () => {
        const one = await customer(1n);
        const [scrap] = await give(world, one, ['scrap-alloy', 40]);
        await sale(one, scrap!);
        return { one, act: (key: string) => takeBack(one, scrap!, key) };
      },
      before: [[], 41n],
      after: [['scrap-alloy ×40'], 1n],
    },
  ] as const;
  const steps = ['settlement.prepare', 'settlement.decide', 'settlement.end', 'table.TransactWriteItems'];
  const cases = acts.flatMap((act) =>
    steps.flatMap((step) =>
      (['before', 'after'] as const).flatMap((moment) => [1, 99].map((times) => ({ ...act, step, moment, times }))),
    ),
  );

  it.each(cases)(
    '$what, $step, $moment it has happened, $times times',
    async ({ begin, after, step, moment, times }) => {
      const { one, act } = await begin();
      let left: number = times;
      undoHook = useStepHook(async (name, run) => {
        if (name !== step || left === 0) return run();
        left -= 1;
        if (moment === 'after') await run();
        throw new Error(`the line broke ${moment} ${step}`);
      });
      const key = freshKey();
      await act(key);
      undoHook();
      undoHook = () => {};
      expect((await act(key)).status).toBe(200);
      expect([await bagOf(one), moneyOf(one)]).toEqual(after);
    },
  );

  it.each(acts)('$what: what a dead worker has left is given back by the sweeper', async ({ begin, before }) => {
    const { one, act } = await begin();
    undoHook = useStepHook(async (name, run) => {
      if (name === 'settlement.decide') throw new Error('the worker is dead');
      return run();
    });
    expect((await act(freshKey())).status).toBe(202);
    undoHook();
    undoHook = () => {};
    world.clock.advance(MINUTE_MS);
    await sweepHandler({}, lambdaContext());
    expect([await bagOf(one), moneyOf(one)]).toEqual(before);
  });
});

it('money comes from the vendors’ faucet and goes to their sink', async () => {
  expect((await world.till.takenBy(VENDOR_FAUCET)) < 0n).toBe(true);
  expect((await world.till.takenBy(VENDOR_SINK)) > 0n).toBe(true);
  expect(itemTemplates.get('stitch-spray').vendorValue).toBeLessThan(priceOf('stitch-spray'));
});
