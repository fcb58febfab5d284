import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { items as itemTemplates } from '#content/items.ts';
import { inventoryErrors } from '#functions/inventory/errors.ts';
import { itemsOf, transferItems } from '#functions/inventory/public.ts';
import { defineEndpoint } from '#shared/contract/endpoint.ts';
import { inboxWrite } from '#shared/events/inbox.ts';
import { createOperation } from '#shared/events/operation.ts';
import { MINUTE_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId, deriveId, type ItemId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { defineSettlement, type Settlement } from '#shared/settlement/define-settlement.ts';
import { sweep, sweepThese, TAKE_OVER_AFTER_MS } from '#shared/settlement/sweep.ts';
import { withConflictRetry } from '#shared/table/conflict-retry.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { getSettlement } from './contract.ts';
import { handler as getSettlementHandler } from './endpoints/get-settlement.ts';
import { settle, settlementPorts, settling } from './public.ts';

const single = itemTemplates.all.find(({ maxStack, bind }) => maxStack === 1 && bind === 'none')!;
const scrap = itemTemplates.all.find(({ maxStack, bind }) => maxStack >= 20 && bind === 'none')!;
const PRICE = 30n;

/** A sale between two players: an item for money, and a coupon that comes into being with it. */
const sale = defineSettlement({
  name: 'test-sale',
  context: z.strictObject({ note: z.string() }),
  delivered: ({ transactionId, context, items, balances }) => ({
    reply: {
      transactionId,
      note: context.note,
      itemIds: items.map(({ itemId }) => itemId),
      balances: balances.map(({ posted }) => posted.toString()).sort(),
    },
  }),
});

const buy = defineEndpoint({
  id: 'test.buy',
  method: 'POST',
  path: '/api/v1/test/buy',
  summary: 'Buy',
  auth: 'character',
  body: z.strictObject({ itemId: z.string(), seller: z.string(), count: z.int().optional(), note: z.string() }),
  success: 200,
  response: z.strictObject({
    transactionId: z.string(),
    note: z.string(),
    itemIds: z.array(z.string()),
    balances: z.array(z.string()),
  }),
  errors: [...Object.keys({ ...inventoryErrors, ...ledgerErrors }), 'settlement.aborted'],
  idempotency: 'key',
  settles: true,
  rate: 'write',
  needs: { table: 'write', ledger: true },
  impact: 'none: a sample',
  budget: { readUnits: 20, writeUnits: 80 },
});

let currency = 'eddies';

const buyHandler = endpointHandler(
  buy,
  ({ input, actor, operation }) =>
    withConflictRetry(() =>
      settle(operation, {
        settlement: sale,
        context: { note: input.body.note },
        reason: 'test-sale',
        items: [
          {
            kind: 'move',
            itemId: input.body.itemId as ItemId,
            count: input.body.count,
            from: input.body.seller,
            destination: { to: 'character', characterId: actor.characterId, overflow: 'refuse' },
          },
          {
            kind: 'mint',
            templateId: scrap.id,
            count: 2,
            origin: 'test',
            source: [operation.transactionId],
            destination: { to: 'character', characterId: actor.characterId, overflow: 'refuse' },
          },
        ],
        money: [{ currency, from: actor.characterId, to: input.body.seller as CharacterId, amount: PRICE }],
      }),
    ),
  settling(sale),
);

let world: TestWorld;
let undoHook: () => void = () => {};

beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(async () => {
  await world.stop();
});
afterEach(async () => {
  undoHook();
  undoHook = () => {};
  currency = 'eddies';
  expect(itemComplaints(await world.snapshot())).toEqual([]);
});

type Player = Actor & { readonly characterId: CharacterId };

async function player(money: bigint): Promise<Player> {
  const actor = await world.openSession(world.actor({ characterId: createId('chr') }));
  world.till.balances.set(actor.characterId!, money);
  return actor as Player;
}

async function stock(holder: CharacterId, templateId = single.id, count = 1): Promise<ItemId> {
  return withConflictRetry(async () => {
    const source = createId('opr');
    const { items, changes } = await transferItems(
      [
        {
          kind: 'mint',
          templateId,
          count,
          origin: 'test',
          source: [source],
          destination: { to: 'character', characterId: holder, overflow: 'refuse' },
        },
      ],
      { reason: 'test', cause: source, atMs: world.clock.nowMs() },
    );
    await createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }).commit(changes);
    return items[0]!.itemId;
  });
}

interface Deal {
  readonly buyer: Player;
  readonly seller: Player;
  readonly itemId: ItemId;
  readonly key: string;
}

let deals = 0;

async function deal(money = 100n): Promise<Deal> {
  const [buyer, seller] = [await player(money), await player(0n)];
  deals += 1;
  return { buyer, seller, itemId: await stock(seller.characterId), key: `deal-key-${String(deals).padStart(6, '0')}` };
}

function send({ buyer, seller, itemId, key }: Deal, note = 'as agreed', count?: number) {
  const body = { itemId, seller: seller.characterId, note, ...(count === undefined ? {} : { count }) };
  return world.call(buyHandler, buy, { actor: buyer, body, idempotencyKey: key });
}

const idOf = ({ buyer, key }: Deal) => deriveId('txn', buyer.characterId, buy.id, key);

/** Where the value is: all with the seller as before, or all changed hands. Anything between is a loss or a doubling. */
async function whoHas({ buyer, seller, itemId }: Deal): Promise<'seller' | 'buyer' | string> {
  const [bought, sold] = await Promise.all([itemsOf(buyer.characterId), itemsOf(seller.characterId)]);
  const money = [world.till.balances.get(buyer.characterId)!, world.till.balances.get(seller.characterId)!];
  const coupons = bought.filter(({ templateId }) => templateId === scrap.id);
  if (sold.some((item) => item.itemId === itemId) && bought.length === 0 && money[1] === 0n) return 'seller';
  const hasItem = bought.some((item) => item.itemId === itemId);
  if (hasItem && sold.length === 0 && coupons.length === 1 && money[1] === PRICE) return 'buyer';
  return `torn: ${bought.length} bought, ${sold.length} kept, ${money}`;
}

const kinds: readonly Settlement[] = [sale as unknown as Settlement];
const sweepNow = () => {
  world.clock.advance(TAKE_OVER_AFTER_MS + SECOND_MS);
  return sweep(settlementPorts, kinds, world.clock.nowMs());
};

/** Fails one occurrence of a step, before or after it has happened; `reached` tells whether it was come to. */
function failAt(step: string, moment: 'before' | 'after', times = 1) {
  const state = { left: times, reached: false };
  undoHook = useStepHook(async (name, run) => {
    if (name !== step || state.left === 0) return run();
    state.left -= 1;
    state.reached = true;
    if (moment === 'after') await run();
    throw new Error(`the line broke ${moment} ${step}`);
  });
  return state;
}

describe('a settlement of items and money', () => {
  it('delivers both, makes what it promised, and answers every repetition with the same bytes', async () => {
    const one = await deal();
    const first = await send(one);
    expect([first.status, first.body]).toEqual([
      200,
      {
        transactionId: idOf(one),
        note: 'as agreed',
        itemIds: [one.itemId, expect.stringMatching(/^itm_/)],
        balances: ['30', '70'],
      },
    ]);
    expect(await whoHas(one)).toBe('buyer');
    const before = await world.snapshot();
    const again = await send(one);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await world.snapshot()).toEqual(before);
  });

  it('gives everything back when there is not enough money, and a repetition cannot succeed later', async () => {
    const one = await deal(29n);
    const first = await send(one);
    expect([first.status, first.body.code]).toEqual([409, 'ledger.insufficient_funds']);
    expect(await whoHas(one)).toBe('seller');
    world.till.balances.set(one.buyer.characterId, 100n);
    const again = await send(one);
    expect([again.status, again.body.code]).toEqual([409, 'ledger.insufficient_funds']);
    expect(await whoHas(one)).toBe('seller');
    expect((await send({ ...one, key: `${one.key}-anew` })).status).toBe(200);
  });

  it('gives everything back when the ledger takes the request for none', async () => {
    const one = await deal();
    currency = 'doubloons';
    expect((await send(one)).body.code).toBe('ledger.unknown_currency');
    expect(await whoHas(one)).toBe('seller');
  });

  it('refuses another request under the same key', async () => {
    const one = await deal();
    await send(one);
    const before = await world.snapshot();
    const other = await send(one, 'another note');
    expect([other.status, other.body.code]).toEqual([409, 'request.idempotency_mismatch']);
    expect(await world.snapshot()).toEqual(before);
  });

  it('splits what is a part of a stack, and gives the part a slot of its own if it comes back', async () => {
    for (const money of [100n, 0n]) {
      const base = await deal(money);
      const one = { ...base, itemId: await stock(base.seller.characterId, scrap.id, 10) };
      const reply = await send(one, 'seven of them', 7);
      expect(reply.status).toBe(money === 0n ? 409 : 200);
      const bag = await itemsOf((money === 0n ? one.seller : one.buyer).characterId);
      expect(bag.map(({ count }) => count).sort()).toEqual(money === 0n ? [1, 3, 7] : [2, 7]);
    }
  });

  it('changes nothing for a session that has ended', async () => {
    const one = await deal();
    await world.endSession(one.buyer);
    expect((await send(one)).body.code).toBe('auth.session_ended');
    expect(await whoHas(one)).toBe('seller');
    expect(world.till.decisions.has(idOf(one))).toBe(false);
  });
});

describe('with one fault at any step', () => {
  const steps = [
    'settlement.prepare',
    'settlement.decide',
    'settlement.end',
    'settlement.read',
    'table.TransactWriteItems',
    'table.GetItem',
    'table.BatchGetItem',
  ];
  const faults = steps.flatMap((step) => (['before', 'after'] as const).map((moment) => [step, moment] as const));

  it.each(faults)('nothing is doubled or lost: %s, %s', async (step, moment) => {
    const one = await deal();
    failAt(step, moment);
    await send(one);
    undoHook();
    await sweepNow();
    const between = await whoHas(one);
    expect(['seller', 'buyer']).toContain(between);
    const again = await send(one);
    expect(['seller', 'buyer']).toContain(await whoHas(one));
    expect(again.status === 200 ? 'buyer' : 'seller').toBe(await whoHas(one));
    const third = await send(one);
    if (again.status === 200) expect([third.status, third.text]).toEqual([200, again.text]);
    else expect([third.status, third.body.code]).toEqual([again.status, again.body.code]);
  });

  it.each(['settlement.decide', 'settlement.end'])(
    'answers 202 while %s cannot be reached, and the sweeper ends it',
    async (step) => {
      const one = await deal();
      failAt(step, 'before', Number.POSITIVE_INFINITY);
      const reply = await send(one);
      expect([reply.status, reply.body]).toEqual([202, { transactionId: idOf(one), status: 'PENDING' }]);
      undoHook();
      const ask = (actor: Actor) =>
        world.call(getSettlementHandler, getSettlement, { actor, params: { transactionId: idOf(one) } });
      expect((await ask(one.buyer)).body).toMatchObject({ kind: 'test-sale', status: 'PENDING' });
      expect((await ask(one.seller)).body.code).toBe('settlement.not_found');
      expect(await sweepNow()).toMatchObject({ ended: 1, left: 0, oldestMs: TAKE_OVER_AFTER_MS + SECOND_MS });
      const isDone = step === 'settlement.end';
      const told = await ask(one.buyer);
      expect(told.body).toMatchObject(
        isDone
          ? { status: 'DELIVERED', reply: { note: 'as agreed' } }
          : { status: 'RETURNED', code: 'settlement.aborted' },
      );
      expect(await whoHas(one)).toBe(isDone ? 'buyer' : 'seller');
      const again = await send(one);
      expect(isDone ? again.body : again.body.code).toEqual(isDone ? told.body.reply : 'settlement.aborted');
      expect(await sweepNow()).toEqual({ ended: 0, left: 0, oldestMs: 0 });
    },
    20_000,
  );
});

describe('with several at the same settlement', () => {
  it('delivers once, whoever of many identical calls comes first', async () => {
    const one = await deal();
    const replies = await Promise.all(Array.from({ length: 8 }, () => send(one)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]!.status).toBe(200);
    expect(await whoHas(one)).toBe('buyer');
  });

  /** Stops the first that comes to a step until it is let go. */
  function pauseAt(step: string) {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    let stopped = false;
    undoHook = useStepHook(async (name, run) => {
      if (name !== step || stopped) return run();
      stopped = true;
      arrived.resolve();
      await gate.promise;
      return run();
    });
    return { arrived: arrived.promise, letGo: gate.resolve };
  }

  it('refuses a worker that wakes up after two sweepers have given its settlement up', async () => {
    const one = await deal();
    const pause = pauseAt('settlement.decide');
    const sleeping = send(one);
    await pause.arrived;
    await Promise.all([sweepNow(), sweepNow()]);
    expect(await whoHas(one)).toBe('seller');
    pause.letGo();
    const reply = await sleeping;
    expect([reply.status, reply.body.code]).toEqual([409, 'settlement.aborted']);
    expect(await whoHas(one)).toBe('seller');
  });

  it('lets sweepers deliver what the ledger has committed, and the worker that wakes up answer it', async () => {
    const one = await deal();
    const pause = pauseAt('settlement.end');
    const sleeping = send(one);
    await pause.arrived;
    await Promise.all([sweepNow(), sweepNow()]);
    expect(await whoHas(one)).toBe('buyer');
    pause.letGo();
    expect((await sleeping).status).toBe(200);
    expect((await send(one)).text).toBe((await sleeping).text);
    expect(await whoHas(one)).toBe('buyer');
  });

  it('ends by name what a worker has left, once, and leaves what has ended as it is', async () => {
    const [left, done, never] = [await deal(), await deal(), await deal()];
    expect((await send(done)).status).toBe(200);
    const pause = pauseAt('settlement.decide');
    const sleeping = send(left);
    await pause.arrived;
    undoHook();
    const named = [left, done, never, left].map(idOf);
    await Promise.all([sweepThese(settlementPorts, kinds, named), sweepThese(settlementPorts, kinds, named)]);
    expect([await whoHas(left), await whoHas(done), await whoHas(never)]).toEqual(['seller', 'buyer', 'seller']);
    pause.letGo();
    expect((await sleeping).body.code).toBe('settlement.aborted');
  });

  it('names what could not be ended, so that it is looked at again', async () => {
    const one = await deal();
    failAt('settlement.decide', 'before', Number.POSITIVE_INFINITY);
    expect((await send(one)).status).toBe(202);
    undoHook();
    failAt('settlement.decide-abort', 'before', Number.POSITIVE_INFINITY);
    expect(await sweepThese(settlementPorts, kinds, [idOf(one)])).toEqual(new Set([idOf(one)]));
    undoHook();
    expect(await sweepThese(settlementPorts, kinds, [idOf(one)])).toEqual(new Set());
    expect(await whoHas(one)).toBe('seller');
  }, 20_000);

  it('leaves alone what has just begun', async () => {
    const one = await deal();
    const pause = pauseAt('settlement.decide');
    const sleeping = send(one);
    await pause.arrived;
    expect((await sweep(settlementPorts, kinds, world.clock.nowMs())).ended).toBe(0);
    pause.letGo();
    expect((await sleeping).status).toBe(200);
  });

  it('asks the ledger after all, where the kind says that nobody would try again', async () => {
    const one = await deal();
    failAt('settlement.decide', 'before', Number.POSITIVE_INFINITY);
    expect((await send(one)).status).toBe(202);
    undoHook();
    world.clock.advance(MINUTE_MS);
    const completing = [{ ...sale, whenInDoubt: 'complete' } as unknown as Settlement];
    expect((await sweep(settlementPorts, completing, world.clock.nowMs())).ended).toBe(1);
    expect(await whoHas(one)).toBe('buyer');
  }, 20_000);
});

describe('the cheaper lanes', () => {
  const rows = async (entity: string) => (await world.snapshot()).filter((row) => row._et === entity).length;

  it('moves items alone in one transaction, without a row of its own', async () => {
    const one = await deal();
    const before = await rows('Settlement');
    const reply = await withConflictRetry(() =>
      settle(createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test' }), {
        settlement: sale,
        context: { note: 'a gift' },
        reason: 'test-gift',
        items: [
          {
            kind: 'move',
            itemId: one.itemId,
            from: one.seller.characterId,
            destination: { to: 'character', characterId: one.buyer.characterId, overflow: 'refuse' },
          },
        ],
        money: [],
      }),
    );
    expect(reply).toMatchObject({ note: 'a gift', itemIds: [one.itemId] });
    expect((await itemsOf(one.buyer.characterId)).map(({ itemId }) => itemId)).toEqual([one.itemId]);
    expect(await rows('Settlement')).toBe(before);
  });

  it('moves money alone by the ledger alone, once, however often the event comes that asks for it', async () => {
    const [from, to] = [await player(50n), await player(0n)];
    const before = await rows('Settlement');
    const eventId = createId('evt');
    const react = () =>
      settle(
        createOperation({
          id: deriveId('opr', eventId),
          actor: { origin: 'test' },
          correlationId: 'test',
          causationId: eventId,
          inbox: inboxWrite({ subscriberId: 'test.pay', eventId, nowMs: world.clock.nowMs() }),
        }),
        {
          settlement: sale,
          context: { note: 'a wage' },
          reason: 'test-wage',
          items: [],
          money: [{ currency: 'eddies', from: from.characterId, to: to.characterId, amount: PRICE }],
        },
      );
    failAt('table.TransactWriteItems', 'before');
    await expect(react()).rejects.toThrow('the line broke');
    undoHook();
    expect(await react()).toMatchObject({ note: 'a wage', balances: ['20', '30'] });
    await expect(react()).rejects.toMatchObject({ name: 'AlreadyHandledError' });
    expect(world.till.balances.get(to.characterId)).toBe(PRICE);
    expect(await rows('Settlement')).toBe(before);
  });

  it('lets no reaction to an event begin what would be given up with nobody to ask again', async () => {
    const one = await deal();
    const inbox = inboxWrite({ subscriberId: 'test.pay', eventId: createId('evt'), nowMs: world.clock.nowMs() });
    const operation = createOperation({ actor: { origin: 'test' }, correlationId: 'test', causationId: 'test', inbox });
    const destination = { to: 'character', characterId: one.buyer.characterId, overflow: 'refuse' } as const;
    const attempt = settle(operation, {
      settlement: sale,
      context: { note: 'a reward' },
      reason: 'test-reward',
      items: [{ kind: 'move', itemId: one.itemId, from: one.seller.characterId, destination }],
      money: [{ currency: 'credits', from: one.buyer.characterId, to: one.seller.characterId, amount: PRICE }],
    });
    await expect(attempt).rejects.toThrow('must be completed');
    expect(await whoHas(one)).toBe('seller');
  });
});
