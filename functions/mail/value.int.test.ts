import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { mergeStacks } from '#functions/inventory/contract-arrange.ts';
import { handler as mergeHandler } from '#functions/inventory/endpoints/merge-stacks.ts';
import { itemsOf, transferItems } from '#functions/inventory/public.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { HOUR_MS } from '#shared/kernel/clock.ts';
import { createId, type ItemId } from '#shared/kernel/ids.ts';
import { MAX_AMOUNT } from '#shared/kernel/money.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { type Correspondent, commitAsTest, equip, type MailWorld, startMailWorld } from '#shared/testing/test-mail.ts';
import { send } from './contract.ts';
import { handler as sendHandler } from './endpoints/send.ts';
import { mailEscrow } from './public.ts';
import { mailRules } from './rules.ts';

const single = itemTemplates.all.find(({ maxStack, bind }) => maxStack === 1 && bind === 'none')!.id;
const stack = itemTemplates.all.find(({ maxStack, bind }) => maxStack >= 20 && bind === 'none')!.id;
const bound = itemTemplates.all.find(({ bind }) => bind === 'pickup')!.id;
const quest = itemTemplates.all.find(({ bind }) => bind === 'quest')!.id;

let post: MailWorld;
beforeAll(async () => {
  post = await startMailWorld();
});
afterAll(() => post.stop());
afterEach(async () => {
  expect(await post.complaints()).toEqual([]);
});

const pair = async (purses: readonly bigint[] = []): Promise<[Correspondent, Correspondent]> => [
  await post.player({ purse: purses[0] ?? 1_000n }),
  await post.player({ purse: purses[1] ?? 1_000n }),
];
const bag = async ({ characterId }: Correspondent) => (await itemsOf(characterId)).map(({ itemId }) => itemId);
const items = async (owner: Correspondent, count: number): Promise<ItemId[]> => {
  const made: ItemId[] = [];
  for (let index = 0; index < count; index += 1) made.push(await equip(post.world, owner.characterId, single));
  return made;
};
async function fill(owner: Correspondent, free: number) {
  await items(owner, BAG_SLOTS - free - (await bag(owner)).length);
}

const pushesTo = ({ accountId }: Correspondent) =>
  post.world.pushes
    .filter(({ destination }) => destination === `/topic/player/${accountId}/mail`)
    .map(({ body }) => body as { readonly type: string });

async function refuses(act: () => Promise<{ status: number; body: { code?: string } }>, code: string) {
  const [rows, balances] = [await post.world.snapshot(), new Map(post.till.balances)];
  const reply = await act();
  expect(reply.body?.code).toBe(code);
  expect(await post.world.snapshot()).toEqual(rows);
  expect(post.till.balances).toEqual(balances);
}

describe('items and money', () => {
  it('leave the sender at once, arrive after an hour, and are taken one by one', async () => {
    const [ana, bob] = await pair();
    const [first, second] = await items(ana, 2);
    const reply = await post.send(ana, { to: [bob.characterId], items: [first!, second!], money: 500n });
    expect(reply.status, reply.text).toBe(201);
    const { mailId, deliverAt } = reply.body.mails[0];
    expect(Date.parse(deliverAt)).toBe(post.world.clock.nowMs() + HOUR_MS);
    expect(await bag(ana)).toEqual([]);
    expect(post.till.of(ana.characterId)).toBe(1_000n - 60n - 500n);
    expect(post.till.of(mailEscrow)).toBeGreaterThanOrEqual(500n);
    expect(await post.box(bob)).toEqual([]);
    expect((await post.takeAll(bob, mailId)).body.code).toBe('mail.not_found');
    await post.world.deliver();
    expect(pushesTo(bob)).toEqual([]);

    post.world.clock.advance(HOUR_MS);
    expect(await post.runDue()).toEqual({ processed: 1 });
    await post.world.deliver();
    expect(pushesTo(bob)).toMatchObject([{ type: 'arrived', mail: { mailId, attachments: 2 } }]);
    expect(await post.runDue()).toEqual({ processed: 0 });

    const taken = await post.takeOne(bob, mailId, 1);
    expect(taken.body, taken.text).toMatchObject({ items: [{ index: 1, itemId: second }], money: '0', stayed: [] });
    expect(await bag(bob)).toEqual([second]);
    expect((await post.takeMoney(bob, mailId)).body).toMatchObject({ items: [], money: '500' });
    expect(post.till.of(bob.characterId)).toBe(1_500n);
    expect((await post.remove(bob, mailId)).body.code).toBe('mail.not_empty');
    expect((await post.takeAll(bob, mailId)).body).toMatchObject({ items: [{ index: 0, itemId: first }], money: '0' });
    expect((await post.remove(bob, mailId)).status).toBe(204);
    await post.world.deliver();
    expect(post.world.events.filter(({ name }) => name === 'MAIL_TAKEN')).toHaveLength(3);
  });

  it('are there at once between characters of one account', async () => {
    const ana = await post.player();
    const alt = await post.player({ accountId: ana.accountId, purse: 0n });
    const [item] = await items(ana, 1);
    const reply = await post.send(ana, { to: [alt.characterId], items: [item!], money: 5n });
    expect((await post.takeAll(alt, reply.body.mails[0].mailId)).body).toMatchObject({ items: [{ itemId: item }] });
    expect(post.till.of(alt.characterId)).toBe(5n);
  });

  it('may be a part of a stack', async () => {
    const [ana, bob] = await pair();
    const itemId = await equip(post.world, ana.characterId, stack, 20);
    const reply = await post.world.call(sendHandler, send, {
      actor: ana,
      idempotencyKey: createId('opr'),
      body: { to: [{ characterId: bob.characterId }], subject: 'Some', items: [{ itemId, count: 7 }] },
    });
    expect(reply.status, reply.text).toBe(201);
    post.world.clock.advance(HOUR_MS);
    await equip(post.world, bob.characterId, stack, 3);
    const taken = await post.takeAll(bob, reply.body.mails[0].mailId);
    expect(taken.body).toMatchObject({ items: [{ count: 7 }] });
    expect((await itemsOf(bob.characterId)).map(({ count }) => count)).toEqual([10]);
    expect((await itemsOf(ana.characterId)).map(({ count }) => count)).toEqual([13]);
  });

  it('are given once, however often and by whatever key they are asked for', async () => {
    const [ana, bob] = await pair();
    const [item] = await items(ana, 1);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: [item!], money: 10n });
    const idempotencyKey = createId('opr');
    const first = await post.takeOne(bob, mailId, 0, undefined, { idempotencyKey });
    expect((await post.takeOne(bob, mailId, 0, undefined, { idempotencyKey })).text).toBe(first.text);
    expect((await post.takeOne(bob, mailId, 0)).body).toEqual(first.body);
    const money = await post.takeMoney(bob, mailId);
    expect((await post.takeMoney(bob, mailId)).body).toEqual(money.body);
    expect(post.till.of(bob.characterId)).toBe(1_010n);
    expect(await bag(bob)).toEqual([item]);
  });

  it('are told of again by the same key, even when the mail has been deleted since', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], money: 10n });
    await post.takeMoney(bob, mailId);
    const idempotencyKey = createId('opr');
    const late = await post.takeMoney(bob, mailId, { idempotencyKey });
    expect(late.status, late.text).toBe(200);
    await post.remove(bob, mailId);
    expect((await post.takeMoney(bob, mailId, { idempotencyKey })).text).toBe(late.text);
    expect(post.till.of(bob.characterId)).toBe(1_010n);
  });

  it('of one attachment are given to one of eight who ask at once', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 2), money: 9n });
    const replies = await Promise.all(Array.from({ length: 8 }, () => post.takeOne(bob, mailId, 0)));
    expect(replies.every(({ status, body }) => status === 200 || body.code === 'request.conflict')).toBe(true);
    expect(await bag(bob)).toHaveLength(1);
    post.world.clock.advance(5_000);
    const more = await Promise.all(
      Array.from({ length: 8 }, (_none, index) =>
        index % 2 ? post.takeAll(bob, mailId) : post.takeMoney(bob, mailId),
      ),
    );
    for (const { status, body, text } of more) {
      expect(status === 200 || ['mail.busy', 'request.conflict'].includes(body.code), text).toBe(true);
    }
    await post.takeAll(bob, mailId);
    expect(await bag(bob)).toHaveLength(2);
    expect(post.till.of(bob.characterId)).toBe(1_009n);
  });

  it('stay in the mail as far as the bag has no room', async () => {
    const [ana, bob] = await pair([5_000n]);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 12), money: 3n });
    await fill(bob, 5);
    const some = await post.takeAll(bob, mailId);
    expect(some.body, some.text).toMatchObject({ items: { length: 5 }, money: '3', stayed: [5, 6, 7, 8, 9, 10, 11] });
    await refuses(() => post.takeAll(bob, mailId), 'inventory.full');
    await refuses(() => post.takeOne(bob, mailId, 7), 'inventory.full');
    expect((await post.box(bob))[0]).toMatchObject({ attachments: 7 });
  });
});

describe('sending much to others', () => {
  it('takes a step-up, above what the rules say', async () => {
    const [ana, bob] = await pair();
    post.till.give(ana.characterId, 200_000n);
    const letter = { to: [bob.characterId], money: mailRules.stepUpAboveMinor + 1n };
    const before = await post.world.snapshot();
    expect((await post.send(ana, letter)).body.code).toBe('auth.step_up_required');
    expect(await post.world.snapshot()).toEqual(before);
    expect((await post.send(ana, { ...letter, money: mailRules.stepUpAboveMinor })).status).toBe(201);
    await post.world.stepUp(ana, 'password');
    expect((await post.send(ana, letter)).status).toBe(201);
  });

  it.each([1, 2, 3])('counts a stack as it is when it goes: it grows after look %i at rows', async (when) => {
    const [ana, bob] = await pair();
    const value = BigInt(itemTemplates.get(stack).vendorValue);
    const item = await equip(post.world, ana.characterId, stack, 1);
    post.till.give(ana.characterId, 200_000n);
    const letter = { to: [bob.characterId], items: [item], money: mailRules.stepUpAboveMinor - value };
    const grow = async () => {
      const params = { itemId: await equip(post.world, ana.characterId, stack, 1) };
      const merge = { actor: ana, params, body: { into: item }, idempotencyKey: createId('opr') };
      expect((await post.world.call(mergeHandler, mergeStacks, merge)).status).toBe(200);
    };
    let looks = 0;
    const undo = useStepHook(async (name, run) => {
      const result = await run();
      if (name !== 'table.BatchGetItem') return result;
      looks += 1;
      if (looks === when) await grow();
      return result;
    });
    const refused = await post.send(ana, letter).finally(undo);
    expect(looks).toBeGreaterThanOrEqual(when);
    expect(refused.body.code).toBe('auth.step_up_required');
    expect(await bag(ana)).toEqual([item]);
  });
});

describe('sending value is refused', () => {
  it('for items that are not the sender’s to give', async () => {
    const [ana, bob] = await pair();
    const [mine] = await items(ana, 1);
    const [theirs] = await items(bob, 1);
    const to = [bob.characterId];
    await refuses(() => post.send(ana, { to, items: [mine!, mine!] }), 'mail.duplicate_item');
    await refuses(() => post.send(ana, { to, items: [mine!, theirs!] }), 'inventory.item_not_found');
    await refuses(() => post.send(ana, { to, items: [createId('itm')] }), 'inventory.item_not_found');
    for (const template of [bound, quest]) {
      const item = await equip(post.world, ana.characterId, template);
      await refuses(() => post.send(ana, { to, items: [item] }), 'inventory.item_bound');
    }
    await post.delivered(ana, { to, items: [mine!] });
    await refuses(() => post.send(ana, { to, items: [mine!] }), 'inventory.item_not_found');
  });

  it('for items bound to the account, but not to own characters', async () => {
    const [ana, bob] = await pair();
    const alt = await post.player({ accountId: ana.accountId });
    const [item] = await items(ana, 1);
    await post.changeItem(item!, { bind: 'account' });
    await refuses(() => post.send(ana, { to: [bob.characterId], items: [item!] }), 'inventory.item_bound');
    expect((await post.send(ana, { to: [alt.characterId], items: [item!] })).status).toBe(201);
  });

  it('for items that do not last', async () => {
    const [ana, bob] = await pair();
    const [item] = await items(ana, 1);
    await post.changeItem(item!, { expiresAtMs: post.world.clock.nowMs() + HOUR_MS });
    await refuses(() => post.send(ana, { to: [bob.characterId], items: [item!] }), 'inventory.item_timed');
  });

  it('to more than one, and for payment that makes no sense', async () => {
    const [ana, bob] = await pair();
    const third = await post.player();
    const [item] = await items(ana, 1);
    const both = [bob.characterId, third.characterId];
    await refuses(() => post.send(ana, { to: both, items: [item!] }), 'mail.value_to_many');
    await refuses(() => post.send(ana, { to: both, money: 1n }), 'mail.value_to_many');
    await refuses(() => post.send(ana, { to: [bob.characterId], cod: 1n }), 'mail.cod_without_items');
    await refuses(
      () => post.send(ana, { to: [bob.characterId], items: [item!], cod: 1n, money: 1n }),
      'mail.cod_with_money',
    );
  });

  it('for more money than there is, with everything back where it was', async () => {
    const [ana, bob] = await pair([89n]);
    await post.world.stepUp(ana);
    const [item] = await items(ana, 1);
    for (const money of [60n, MAX_AMOUNT]) {
      const reply = await post.send(ana, { to: [bob.characterId], items: [item!], money });
      expect(reply.body.code).toBe('ledger.insufficient_funds');
      expect(await bag(ana)).toEqual([item]);
      expect(post.till.of(ana.characterId)).toBe(89n);
    }
    expect((await post.send(ana, { to: [bob.characterId], items: [item!], money: 59n })).status).toBe(201);
    expect(post.till.of(ana.characterId)).toBe(0n);
  });

  it.each(['0', '-1', '1.5', '01', '9000000000000001', '1e3', '', ' 1'])('for %j of money', async (money) => {
    const [ana, bob] = await pair();
    const [item] = await items(ana, 1);
    for (const field of ['money', 'cod']) {
      const body = {
        to: [{ characterId: bob.characterId }],
        subject: 'x',
        items: [{ itemId: item }],
        [field]: money,
      };
      const request = { actor: ana, idempotencyKey: createId('opr'), body };
      await refuses(() => post.world.call(sendHandler, send, request), 'request.invalid');
    }
  });

  it('for more than 12 attachments', async () => {
    const [ana, bob] = await pair();
    const many = Array.from({ length: mailRules.attachments + 1 }, () => createId('itm'));
    await refuses(() => post.send(ana, { to: [bob.characterId], items: many }), 'request.invalid');
  });
});

describe('payment on delivery', () => {
  it('is paid whole by the first attachment that is taken, and mailed to the sender at once', async () => {
    const [ana, bob] = await pair();
    const parts = await items(ana, 3);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: parts, cod: 700n });
    expect((await post.view(bob, mailId)).body).toMatchObject({ cod: '700', money: '0' });
    await refuses(() => post.takeOne(bob, mailId, 0), 'mail.cod_unpaid');
    await refuses(() => post.takeOne(bob, mailId, 0, 699n), 'mail.cod_unpaid');
    await refuses(() => post.takeAll(bob, mailId), 'mail.cod_unpaid');
    await refuses(() => post.remove(bob, mailId), 'mail.not_empty');

    const paid = await post.takeOne(bob, mailId, 1, 700n);
    expect(paid.body, paid.text).toMatchObject({ items: [{ index: 1 }], codPaid: '700' });
    expect(post.till.of(bob.characterId)).toBe(300n);
    const [payment] = await post.box(ana);
    expect(payment).toMatchObject({ template: 'mail.cod_paid', subject: 'Paid: Parts', money: '700' });
    expect((await post.view(ana, payment!.mailId)).body.body).toContain(bob.name);
    expect((await post.takeAll(ana, payment!.mailId)).body).toMatchObject({ money: '700' });
    expect(post.till.of(ana.characterId)).toBe(1_000n - 90n + 700n);
    expect((await post.takeAll(bob, mailId)).body).toMatchObject({ items: { length: 2 }, codPaid: '0' });
    expect(post.till.of(bob.characterId)).toBe(300n);
  });

  it('is paid once by eight who take at once', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 4), cod: 400n });
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_none, index) => post.takeOne(bob, mailId, index % 4, 400n)),
    );
    for (const { status, body, text } of replies) {
      expect(status === 200 || ['mail.busy', 'request.conflict'].includes(body.code), text).toBe(true);
    }
    expect(post.till.of(bob.characterId)).toBe(600n);
    expect(await post.box(ana)).toHaveLength(1);
  });

  it('gives nothing to who cannot pay, and lets them try again when they can', async () => {
    const [ana, bob] = await pair([1_000n, 99n]);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), cod: 100n });
    const idempotencyKey = createId('opr');
    const refused = await post.takeAll(bob, mailId, 100n, { idempotencyKey });
    expect(refused.body.code).toBe('ledger.insufficient_funds');
    expect(await bag(bob)).toEqual([]);
    expect((await post.view(bob, mailId)).body).toMatchObject({ cod: '100', attachments: [{ taken: false }] });
    post.till.give(bob.characterId, 1n);
    expect((await post.takeAll(bob, mailId, 100n, { idempotencyKey })).body.code).toBe('ledger.insufficient_funds');
    expect((await post.takeAll(bob, mailId, 100n)).body).toMatchObject({ codPaid: '100' });
    expect(post.till.of(bob.characterId)).toBe(0n);
  });

  it('does not hold up for a full bag: nothing is paid then', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 2), cod: 10n });
    await fill(bob, 0);
    await refuses(() => post.takeOne(bob, mailId, 0, 10n), 'inventory.full');
    await refuses(() => post.takeAll(bob, mailId, 10n), 'inventory.full');
  });

  it('can be the largest amount there is', async () => {
    const [ana, bob] = await pair([1_000n, MAX_AMOUNT]);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), cod: MAX_AMOUNT });
    expect((await post.takeAll(bob, mailId, MAX_AMOUNT)).body.codPaid).toBe(MAX_AMOUNT.toString());
    const [payment] = await post.box(ana);
    const full = await post.takeMoney(ana, payment!.mailId);
    expect(full.body.code).toBe('ledger.balance_limit');
    const poor = await post.player({ purse: 30n });
    post.till.give(poor.characterId, 0n);
    await post.send(ana, { to: [poor.characterId], money: post.till.of(ana.characterId) - 30n });
    expect((await post.takeMoney(ana, payment!.mailId)).body.money).toBe(MAX_AMOUNT.toString());
  });
});

describe('a return', () => {
  it('brings back what is left, costs nothing, and happens once', async () => {
    const [ana, bob] = await pair();
    const parts = await items(ana, 3);
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: parts, money: 50n });
    await post.takeOne(bob, mailId, 0);
    const spent = post.till.of(ana.characterId);
    expect((await post.sendBack(bob, mailId)).status).toBe(204);
    expect(await post.box(bob)).toEqual([]);
    expect(await post.box(ana)).toMatchObject([{ mailId, returned: true, attachments: 2, money: '50', cod: '0' }]);
    await refuses(() => post.sendBack(ana, mailId), 'mail.not_returnable');
    await refuses(() => post.sendBack(bob, mailId), 'mail.not_found');
    expect((await post.takeAll(ana, mailId)).body).toMatchObject({ items: { length: 2 }, money: '50' });
    expect(post.till.of(ana.characterId)).toBe(spent + 50n);
    await post.world.deliver();
    expect(post.world.events.findLast(({ name }) => name === 'MAIL_RETURNED')).toMatchObject({
      data: { mailId, reason: 'declined', items: { length: 2 }, money: { amount: '50' } },
    });
    const [pushed] = pushesTo(ana).filter(({ type }) => type === 'returned');
    expect(pushed).toMatchObject({ characterId: ana.characterId, mail: { mailId } });
  });

  it('ends payment on delivery, and refunds no more than was paid', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), cod: 900n });
    await post.sendBack(bob, mailId);
    expect((await post.takeAll(ana, mailId)).body).toMatchObject({ codPaid: '0', money: '0' });
    expect(post.till.of(ana.characterId)).toBe(970n);
    expect(post.till.of(bob.characterId)).toBe(1_000n);
  });

  it('or a taking: of those who race, one wins', async () => {
    const [ana, bob] = await pair();
    const mailId = await post.delivered(ana, { to: [bob.characterId], items: await items(ana, 1), money: 5n });
    const [taken, back] = await Promise.all([post.takeAll(bob, mailId), post.sendBack(bob, mailId)]);
    expect([taken.status === 200, back.status === 204].filter(Boolean).length).toBeGreaterThanOrEqual(1);
    const [mine, theirs] = [await bag(bob), await post.box(ana)];
    expect(mine.length === 1 || theirs.length === 1).toBe(true);
  });
});

describe('what finds no room in a bag', () => {
  it('follows by mail, whole, and touches nobody’s box limit', async () => {
    const ana = await post.player();
    await fill(ana, 2);
    const legs = Array.from({ length: 16 }, (_none, index) => ({
      kind: 'mint' as const,
      templateId: single,
      count: 1,
      origin: 'quest',
      source: [ana.characterId, index],
      destination: {
        to: 'character' as const,
        characterId: ana.characterId,
        accountId: ana.accountId,
        overflow: 'mail' as const,
      },
    }));
    const cause = { reason: 'quest', cause: createId('opr'), atMs: post.world.clock.nowMs() };
    await commitAsTest((await transferItems(legs, cause)).changes);
    const letters = await post.box(ana);
    expect(letters.map((letter) => (letter as { attachments?: number }).attachments).sort()).toEqual([12, 2]);
    expect(letters[0]).toMatchObject({ template: 'inventory.overflow', subject: 'Your bag was full' });
    await post.world.deliver();
    expect(pushesTo(ana)).toMatchObject([{ type: 'arrived' }, { type: 'arrived' }]);
    await refuses(() => post.sendBack(ana, letters[0]!.mailId), 'mail.not_returnable');
  });
});
